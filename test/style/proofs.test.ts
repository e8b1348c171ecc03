// Tables that name what proves a rule: each test that they name is there, by its file and a part of its title.
import { describe, expect, test } from "vitest";
import { allPaths, read } from "./tree.ts";

const tables = allPaths.filter((path) => path.endsWith(".md") && /^\| .*`[^`]+\.test\.ts`: "/mu.test(read(path)));

interface Proof {
  readonly file: string;
  readonly title: string;
}

/** `` `file.test.ts`: "part of a title" ``, as often as one likes in a cell. */
const proofsIn = (line: string): Proof[] =>
  [...line.matchAll(/`([\w/.-]+\.test\.ts)`: "([^"\n]+)"/gu)].map(([, file = "", title = ""]) => ({ file, title }));

const isThere = ({ file, title }: Proof): boolean => allPaths.includes(file) && read(file).includes(title);

describe("what proves a rule", () => {
  test.each(["test/faults/faults.md", "test/browser/proofs.md", "server/oauth/rules.md"])("stands in %s", (path) =>
    expect(tables).toContain(path),
  );

  test.each(tables)("%s names only tests that there are, and for each rule at least one", (path) => {
    const rows = read(path)
      .split("\n")
      .filter((line) => /^\| [A-Z]\d+ /u.test(line));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.filter((row) => proofsIn(row).length === 0)).toEqual([]);
    expect(rows.flatMap(proofsIn).filter((proof) => !isThere(proof))).toEqual([]);
  });
});
