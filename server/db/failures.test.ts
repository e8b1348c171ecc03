import { describe, expect, test } from "vitest";
import { failureInWords, isWorthAnotherTry } from "./failures.ts";
import { refuseOldServer } from "./migrate.ts";
import { parseMigration } from "./migrations.ts";

const withCode = (code: string, message = "said") => Object.assign(new Error(message), { code });

describe("what the database said comes with what to do", () => {
  test.each([
    ["53100", /the disk under PostgreSQL is full: free some space.*nothing was changed/],
    ["53300", /no connection left/],
    ["55P03", /another transaction holds a lock.*pg_stat_activity/],
    ["57P03", /still starting/],
    ["25006", /read-only.*primary/],
    ["ECONNREFUSED", /nothing listens/],
    ["CONNECT_TIMEOUT", /did not answer in time/],
  ])("%s", (code, words) => {
    expect(failureInWords(withCode(code))).toMatch(words);
    expect(failureInWords(withCode(code))).toMatch(/^said/);
  });

  test("an unknown code says what the database said, and no more", () => {
    expect(failureInWords(withCode("XX999", "something odd"))).toBe("something odd");
    expect(failureInWords("a text")).toBe("a text");
  });

  test("every address that refused is one line", () => {
    const refused = Object.assign(new AggregateError([new Error("connect ECONNREFUSED ::1:1")], ""), {
      code: "ECONNREFUSED",
    });
    expect(failureInWords(refused)).toMatch(/^connect ECONNREFUSED ::1:1: nothing listens/);
  });
});

test.each([
  ["40001", true],
  ["40P01", true],
  ["57P01", true],
  ["57P03", true],
  ["53300", true],
  ["08006", true],
  ["55P03", true],
  ["CONNECTION_CLOSED", true],
  ["CONNECT_TIMEOUT", true],
  ["ECONNRESET", true],
  ["EPIPE", true],
  ["23505", false],
  ["42501", false],
  ["22P02", false],
  ["53100", false],
  ["28P01", false],
])("%s is worth another try: %s", (code, expected) => {
  expect(isWorthAnotherTry(withCode(code))).toBe(expected);
});

test("what is no error with a code is not worth another try", () => {
  for (const other of [null, undefined, "40001", { code: "40001" }, new Error("40001")])
    expect(isWorthAnotherTry(other)).toBe(false);
});

test("a server older than 18 is refused with what to do", () => {
  expect(() => refuseOldServer(170_006)).toThrow("this server is PostgreSQL 17, and Headwater needs 18 or newer");
  refuseOldServer(180_000);
});

describe("a migration file", () => {
  const head = "-- Why: a test.\n-- Locks: none.\n";
  const index = "create index concurrently x_y on x (y)";
  test.each([
    ["without its reason", "0009_x.sql", "-- Locks: none.\nselect 1", /does not say why/],
    ["without its lock", "0009_x.sql", "-- Why: a test.\nselect 1", /does not say what it locks/],
    ["without a number", "x.sql", `${head}select 1`, /is named 0001_what_it_does.sql/],
    ["that would run half", "0009_x.sql", `${head}-- Transaction: none\nselect 1`, /is for one index/],
    ["that needs no transaction and does not say so", "0009_x.sql", `${head}${index}`, /is for one index/],
  ])("%s is refused", (_what, name, text, words) => {
    expect(() => parseMigration(name, text)).toThrow(words);
  });

  test("runs as the owner in a transaction, unless its head says otherwise", () => {
    expect(parseMigration("0009_x.sql", head)).toMatchObject({ runsAs: "owner", index: null });
    const other = `${head}-- Runs as: administrator\n-- Transaction: none\n${index}`;
    expect(parseMigration("0009_x.sql", other)).toMatchObject({ runsAs: "administrator", index: "x_y" });
  });
});
