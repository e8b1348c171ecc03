import { expect, test } from "vitest";
import { partByPart } from "./part-by-part.ts";

interface Decided {
  choice: string;
  note: string;
}
const stood: Decided = { choice: "KEEP", note: "" };

function desk() {
  const decide = partByPart<Decided>();
  const sent: Decided[] = [];
  const ask = (part: Partial<Decided>, { from = stood, ok = true } = {}) =>
    decide(from, part, (whole) => {
      sent.push(whole);
      return Promise.resolve({ ok });
    });
  return { ask, sent };
}

test("a choice that is pressed while the note is being saved keeps the note, and a note the choice", async () => {
  const { ask, sent } = desk();
  await Promise.all([ask({ note: "until May" }), ask({ choice: "REVOKE" }), ask({ note: "until June" })]);
  expect(sent).toEqual([
    { choice: "KEEP", note: "until May" },
    { choice: "REVOKE", note: "until May" },
    { choice: "REVOKE", note: "until June" },
  ]);
});

test("what was refused is not kept, and what has ended is not held against what stands since", async () => {
  const { ask, sent } = desk();
  await Promise.all([ask({ note: "until May" }, { ok: false }), ask({ choice: "REVOKE" })]);
  expect(sent.at(-1)).toEqual({ choice: "REVOKE", note: "" });
  await ask({ choice: "KEEP" }, { from: { choice: "ROTATE", note: "of another" } });
  expect(sent.at(-1)).toEqual({ choice: "KEEP", note: "of another" });
});
