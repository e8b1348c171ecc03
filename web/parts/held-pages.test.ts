import { expect, test } from "vitest";
import { continued, holdAnew, refreshed, rowsOf } from "./held-pages.ts";

const page = (ids: string, hasNextPage = true) => ({
  nodes: Array.from(ids).map((id) => ({ id })),
  pageInfo: { endCursor: ids.at(-1) ?? null, hasNextPage },
});
const shown = (held: ReturnType<typeof holdAnew<{ id: string }>>) =>
  rowsOf(held)
    .map(({ id }) => id)
    .join("");

test("older pages follow the newest to the very end, and rows that come meanwhile lose none between them", () => {
  const first = continued(holdAnew(page("zyx")), page("wvu"));
  expect([shown(first), first.end.endCursor]).toEqual(["zyxwvu", "u"]);
  const moved = refreshed(first, page("BAz"));
  expect([shown(moved), moved.end.endCursor]).toEqual(["BAzyxwvu", "u"]);
  const whole = continued(moved, page("ts", false));
  expect([shown(whole), whole.end.hasNextPage]).toEqual(["BAzyxwvuts", false]);
});

test("a row that is read again is shown as it is now, once", () => {
  const old = { ...page("zy"), nodes: [{ id: "z", state: "running" }, { id: "y" }] };
  const now = { ...page("zy"), nodes: [{ id: "z", state: "done" }, { id: "y" }] };
  expect(rowsOf(refreshed(continued(holdAnew(old), page("xy")), now))).toEqual([
    { id: "z", state: "done" },
    { id: "y" },
    { id: "x" },
  ]);
});

test("where nobody asked for more, or more came than a page holds, the newest page stands alone", () => {
  expect(shown(refreshed(holdAnew(page("zyx")), page("Azy")))).toBe("Azy");
  const jumped = refreshed(continued(holdAnew(page("zyx")), page("wvu")), page("CBA"));
  expect([shown(jumped), jumped.end.endCursor]).toEqual(["CBA", "A"]);
});
