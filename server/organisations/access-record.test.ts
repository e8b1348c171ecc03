import { createHash } from "node:crypto";
import { expect, test } from "vitest";
import { canonical, hashOf, isDecided, recordOf, seenOf, signedToDo } from "./access-record.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import type { Reviewed } from "./access-record.ts";

const facts = { holder: "Priya", scopes: ["a", "b"] };
const decided = {
  choice: "keep",
  note: "",
  facts,
  decidedBy: "u-1",
  decidedAt: new Date("2026-11-20T10:00:00Z"),
} as const;
const row: Reviewed = { kind: "grant", id: "g-1", facts, use: { lastUsedAt: null }, decided };

test("the same is written the same, in whatever order it came from the database", () => {
  expect(canonical({ b: [1, { d: null, c: "é" }], a: true })).toBe('{"a":true,"b":[1,{"c":"é","d":null}]}');
  expect(canonical({ a: true, b: [1, { c: "é", d: null }] })).toBe(canonical({ b: [1, { d: null, c: "é" }], a: true }));
  expect(hashOf("é")).toBe(createHash("sha256").update(Buffer.from("é", "utf8")).digest("hex"));
});

test("what changed since it was decided is decided no longer; what is used each hour is", () => {
  expect(isDecided({ facts, decided: null })).toBe(false);
  expect(isDecided(row)).toBe(true);
  expect(isDecided({ ...row, decided: { ...decided, facts: { scopes: ["a", "b"], holder: "Priya" } } })).toBe(true);
  expect(isDecided({ ...row, facts: { ...facts, scopes: ["a", "b", "c"] } })).toBe(false);
  const usedSince: Reviewed = { ...row, use: { lastUsedAt: "2026-11-20T11:00:00.000Z" } };
  expect(isDecided(usedSince)).toBe(true);
});

test("a review that looks otherwise is another one: its rows, their facts, what was decided and by whom", () => {
  const others: readonly (readonly Reviewed[])[] = [
    [],
    [row, { ...row, id: "g-2" }],
    [{ ...row, facts: { ...facts, holder: "Arjun" } }],
    [{ ...row, decided: null }],
    [{ ...row, decided: { ...decided, choice: "revoke" } }],
    [{ ...row, decided: { ...decided, note: "why" } }],
    [{ ...row, decided: { ...decided, decidedBy: "u-2" } }],
  ];
  expect(new Set([[row], ...others].map(seenOf)).size).toBe(1 + others.length);
  expect(seenOf([{ ...row, use: { lastUsedAt: "later" } }])).toBe(seenOf([row]));
});

test("a record says of each what it was, what was decided, by whom and when, and what has gone since", () => {
  const gone: Reviewed = { ...row, id: "g-0", use: {}, decided: { ...decided, choice: "revoke", note: "left" } };
  const record = recordOf({
    organisation: { id: "o-1", name: "Monsoon & Moss" },
    dueAt: new Date("2026-12-01T10:00:00Z"),
    signedAt: new Date("2026-11-23T10:00:00Z"),
    signedBy: "u-1",
    names: { "u-1": "Ananya Das" },
    rows: [row],
    gone: [gone],
  });
  const at = "2026-11-20T10:00:00.000Z";
  expect(JSON.parse(record)).toEqual({
    version: 1,
    organisation: { id: "o-1", name: "Monsoon & Moss" },
    dueAt: "2026-12-01T10:00:00.000Z",
    signedAt: "2026-11-23T10:00:00.000Z",
    signedBy: "u-1",
    names: { "u-1": "Ananya Das" },
    rows: [
      { kind: "grant", id: "g-1", ...facts, lastUsedAt: null, decision: { choice: "keep", note: "", by: "u-1", at } },
    ],
    gone: [{ kind: "grant", id: "g-0", ...facts, decision: { choice: "revoke", note: "left", by: "u-1", at } }],
  });
  expect(canonical(JSON.parse(record)), "hashed as it is read back").toBe(record);
});

test("what was signed to be done is to do for as long as it stands as it was signed, and no longer", () => {
  const key = { ...facts, givenAt: "2026-11-01T10:00:00.000Z", lastFour: "ab12" };
  const signed = (choice: "keep" | "reduce" | "rotate" | "revoke") => {
    const rows: Reviewed[] = [{ ...row, facts: key, decided: { ...decided, facts: key, choice } }];
    const at = new Date("2026-11-23T10:00:00Z");
    const organisation = { id: "o-1", name: "Monsoon & Moss" };
    return signedToDo(
      recordOf({ organisation, dueAt: null, signedAt: at, signedBy: "u-1", names: {}, rows, gone: [] }),
    );
  };
  const now = (more: JsonObject) => ({ kind: "grant" as const, id: "g-1", facts: { ...key, ...more } });
  const toDo = (more: JsonObject) =>
    (["keep", "reduce", "rotate", "revoke"] as const).map((choice) => signed(choice)(now(more)));
  expect(toDo({}), "as it was").toEqual([null, "reduce", "rotate", "revoke"]);
  expect(toDo({ holder: "Arjun", scopes: ["a", "b", "c"] }), "more").toEqual([null, "reduce", "rotate", "revoke"]);
  expect(toDo({ scopes: ["a"] }), "less").toEqual([null, null, "rotate", "revoke"]);
  expect(toDo({ lastFour: "cd34" }), "another key").toEqual([null, "reduce", null, "revoke"]);
  expect(toDo({ givenAt: "2026-11-24T10:00:00.000Z" }), "given anew").toEqual([null, "reduce", null, "revoke"]);
  expect(signed("revoke")({ ...now({}), id: "g-2" }), "of another one nothing was signed").toBeNull();
});
