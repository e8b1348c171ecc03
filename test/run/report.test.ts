// What `npm test` finds and says: the reporter over a real run of tests that fail in every way, and the lines at the end.
import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, relative } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { testConfig } from "../setup/config.ts";
import { countOf, failing, joined, lastLine, report } from "./report.mjs";
import type { Findings } from "./reporter.mjs";
import { shortError, shortText } from "./short.mjs";

const MIXED = `
test("holds", () => expect(1).toBe(1));
describe("a group", () => test("differs", () => expect({ cents: 100 }).toEqual({ cents: 99 })));
test("has no browser", ({ skip }) => skip("there is no browser here"));
test("differs in much", () => {
  const rows = (from) => Array.from({ length: 400 }, (_, n) => ({ n: from + n }));
  expect(rows(0)).toEqual(rows(1000));
});
`;
const UNREADY = `
beforeAll(() => { throw new Error("the database is away"); });
test("stands on a database", () => expect(1).toBe(1));
`;
const UNREADABLE = `throw new Error("cannot be loaded");`;
const ESCAPED = `
test("leaves a promise to itself", async () => {
  void Promise.reject(new Error("nobody waited for this"));
  await new Promise(setImmediate);
});
`;

let folder: string;
let findings: Findings;
let code: number | null;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-reporter-"));
  const files = { mixed: MIXED, unready: UNREADY, unreadable: UNREADABLE, escaped: ESCAPED };
  for (const [name, text] of Object.entries(files)) writeFileSync(join(folder, `${name}.test.js`), text);
  writeFileSync(join(folder, "vitest.config.js"), "export default {};");
  const file = join(folder, "findings.json");
  const vitest = join(checkout, "node_modules/vitest/vitest.mjs");
  const args = ["run", "--root", folder, "--globals", "--reporter"];
  const ended = spawnSync(process.execPath, [vitest, ...args, join(checkout, "test/run/reporter.mjs")], {
    // As on a forge: its log shows no colours, and asks for them.
    env: { ...testConfig.environment, TEST_FINDINGS: file, CI: "1", FORCE_COLOR: "1" },
    encoding: "utf8",
  });
  code = ended.status;
  findings = JSON.parse(readFileSync(file, "utf8"));
});
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const inFolder = (name: string) => join(relative(checkout, folder), name);
const failuresIn = (name: string) => findings.failures.filter(({ file }) => file === inFolder(name));

describe("the reporter", () => {
  test("counts each test once, and whatever went wrong outside of one", () => {
    expect(code).toBe(1);
    expect(findings.passed).toBe(2);
    expect(findings.failures.map(({ name }) => name).toSorted()).toEqual(
      ["", "", "a group > differs", "an error outside of any test", "differs in much"].toSorted(),
    );
    expect(findings.failed).toBe(findings.failures.length);
  });

  test("keeps what a failure said, with what differed, and no frame of the packages", () => {
    const differs = failuresIn("mixed.test.js").find(({ name }) => name.endsWith("differs"));
    expect(differs?.said).toMatch(/- +"cents": 99[\s\S]*\+ +"cents": 100[\s\S]*mixed\.test\.js:3/u);
    expect(differs?.said).not.toContain("node_modules");
    expect(failuresIn("unready.test.js")[0]?.said).toContain("the database is away");
    expect(failuresIn("unreadable.test.js")[0]?.said).toContain("cannot be loaded");
    expect(findings.failures.find(({ file }) => file === "")?.said).toContain("nobody waited for this");
  });

  test("keeps so little of each that several stand on one screen, and none of it in colour", () => {
    expect(JSON.stringify(findings)).not.toContain("u001b");
    for (const { said } of findings.failures) expect(said.split("\n").length).toBeLessThanOrEqual(55);
    const much = findings.failures.find(({ name }) => name === "differs in much")?.said ?? "";
    expect(much).toMatch(/- +"n": 1000,\n\+ +"n": 0,[\s\S]*\.\.\. \d+ more lines[\s\S]*mixed\.test\.js:\d+/u);
    expect(much.split("\n").length).toBeLessThanOrEqual(35);
  });

  test("keeps the reason of what was skipped, and null where it never had its turn", () => {
    expect(findings.skipped).toEqual(
      expect.arrayContaining([
        { file: inFolder("mixed.test.js"), name: "has no browser", why: "there is no browser here" },
        { file: inFolder("unready.test.js"), name: "stands on a database", why: null },
      ]),
    );
    expect(findings.skipped.length).toBe(2);
  });
});

describe("the end of the run", () => {
  const pg = { name: "pg", says: "on PostgreSQL" };
  const lint = { name: "lint", says: "lint" };
  const nothing: Findings = { passed: 0, failed: 0, skipped: [], failures: [] };
  const failure = { file: "server/db/tenant.pg.test.ts", name: "a tenant > sees (only) its own", said: "expected 1" };
  const told = [
    { section: lint, findings: { ...nothing, passed: 1 } },
    {
      section: pg,
      findings: {
        passed: 40,
        failed: 1,
        failures: [failure],
        skipped: [
          { file: "a.test.ts", name: "with a browser", why: "there is none" },
          { file: "b.test.ts", name: "with a database", why: null },
        ],
      },
    },
  ];

  test("is one line of figures over all sections", () => {
    expect(lastLine(countOf(told))).toBe("41 passed, 1 failed, 2 skipped");
    expect(lastLine(countOf([]))).toBe("0 passed, 0 failed, 0 skipped");
  });

  test("names each failure and what repeats exactly it", () => {
    const lines = report(told, { filtered: false });
    expect(lines.slice(0, 3)).toEqual([
      "\n--- pg: server/db/tenant.pg.test.ts > a tenant > sees (only) its own",
      "expected 1",
      'again: npm test -- pg server/db/tenant.pg.test.ts -t "sees .only. its own"',
    ]);
    const whole = { file: "", name: "", said: "2 warnings" };
    const ofLint = report([{ section: lint, findings: { ...nothing, failed: 1, failures: [whole] } }], {
      filtered: false,
    });
    expect(ofLint).toEqual(["\n--- lint: lint", "2 warnings", "again: npm test -- lint"]);
  });

  test("is told before it comes: under a section's line, which of its tests failed", () => {
    const whole = { file: "", name: "", said: "a.ts(1,2): error TS1\nb.ts(3,4): error TS2" };
    expect(failing({ failures: [failure, whole] })).toEqual([
      "      server/db/tenant.pg.test.ts > a tenant > sees (only) its own",
      "      a.ts(1,2): error TS1",
    ]);
    expect(failing(nothing)).toEqual([]);
  });

  test("names every skipped test with its reason, and none that was not asked for", () => {
    const reason = "  a.test.ts > with a browser: there is none";
    expect(report(told, { filtered: false }).at(-1)).toBe(
      `\nSkipped:\n${reason}\n  b.test.ts > with a database: what it stands on failed`,
    );
    expect(report(told, { filtered: true }).at(-1)).toBe(`\nSkipped:\n${reason}`);
    expect(report([{ section: lint, findings: nothing }], { filtered: false })).toEqual([]);
  });
});

test("a text is kept as it is while it is short, and by its beginning and its end when it is long", () => {
  const lines = Array.from({ length: 100 }, (_, n) => `line ${n}`);
  expect(shortText("one\ntwo")).toBe("one\ntwo");
  expect(shortText(lines.join("\n"), 4)).toBe("line 0\nline 1\n  ... 96 more lines\nline 98\nline 99");
  expect(shortText("\u001b[32m- Expected\u001b[39m")).toBe("- Expected");
  expect(shortText("x".repeat(5_000)).length).toBeLessThan(500);
  expect(shortError({ message: "no stack" })).toBe("no stack");
});

test("what two lanes found is told as one: nothing of either is lost", () => {
  const quiet: Findings = { passed: 3, failed: 0, skipped: [], failures: [] };
  const whole = joined([quiet, findings]);
  expect(whole).toEqual({ ...findings, passed: findings.passed + 3 });
  expect(joined([findings, quiet])).toEqual(whole);
});
