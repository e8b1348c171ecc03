import { expect, test } from "vitest";
import { makePageGuard } from "./page-guard.ts";

/** `ab>1 cd>2 e.`: pages of one-letter ids; `>1` is a link to the next place, `>` always to the same, `.` the end. */
function walk(pages: string, guard = makePageGuard()): string {
  const verdicts: string[] = [];
  for (const page of pages.split(" ")) {
    const [ids = "", next = ""] = page.split(/(?=[>.])/);
    const isBare = ids.startsWith(">");
    try {
      const link = isBare ? ids : next;
      const given = { ids: isBare ? [] : ids.split(""), next: link === "." ? null : `next${link.slice(1)}` };
      verdicts.push(guard(given));
    } catch {
      verdicts.push("failed");
      break;
    }
  }
  return verdicts.join(" ");
}

test.each([
  ["that follow one another are taken", "ab> cd> e.", "take take take"],
  ["that repeat are asked for again, then taken", "ab> ab> cd.", "take again take"],
  ["that repeat at the end are asked for again", "ab> ab. c.", "take again take"],
  ["that never change fail at the third", "ab> ab> ab>", "take again failed"],
  ["without rows but with a next link are asked for again, then followed", "> > a.", "again take take"],
  ["without rows that lead nowhere else fail at the third", "> > >", "again take failed"],
  ["without rows that lead on fail at the third as well", ">1 >1 >2", "again take failed"],
  ["that come back after others are taken: rows may move", "ab> cd> ab.", "take take take"],
  ["that overlap are taken", "ab> bc> cd.", "take take take"],
])("pages %s", (_what, pages, verdicts) => {
  expect(walk(pages)).toBe(verdicts);
});

test.each([
  ["that lead on are followed", ">1 >1 >2 >3 a.", "again take take take take"],
  ["that come to stand still fail", ">1 >1 >2 >2", "again take take failed"],
])("of a source that filters, empty pages %s", (_what, pages, verdicts) => {
  expect(walk(pages, makePageGuard({ isFiltered: true }))).toBe(verdicts);
});

test("of a source that filters, empty pages that never end fail as well", () => {
  const guard = makePageGuard({ isFiltered: true });
  const walked = () => {
    for (let place = 0; ; place += 1) guard({ ids: [], next: String(place) });
  };
  expect(walked).toThrow(/same page/);
});

test("a page with nothing to give is taken when it ends the walk", () => {
  expect(makePageGuard()({ ids: [], next: null })).toBe("take");
});

test.each([null, "2"])("a page that led to itself once is taken again when it leads to %j", (next) => {
  const guard = makePageGuard();
  expect(guard({ ids: ["a"], next: "1", asked: null })).toBe("take");
  expect(guard({ ids: ["b"], next: "1", asked: "1" })).toBe("take");
  expect(guard({ ids: ["b"], next, asked: "1" })).toBe("take");
});

test("a page that leads to itself for ever fails at the third, though it knows by what it was asked", () => {
  const guard = makePageGuard();
  const page = { ids: ["b"], next: "1", asked: "1" };
  expect([guard(page), guard(page)]).toEqual(["take", "again"]);
  expect(() => guard(page)).toThrow(/same page 3 times/);
});
