import { readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { compareReleased, withoutNotes } from "./schema-changes.ts";
import { schemaText } from "./schema.ts";

const read = (name: string) => readFileSync(new URL(name, import.meta.url), "utf8");
const released = read("schema.released.graphql");
const notes = read("schema-changes.md");
const replaced = (part: string | RegExp, by: string) => {
  const changed = released.replace(part, by);
  expect(changed, `${part} is in the schema`).not.toBe(released);
  return changed;
};

describe("what callers were promised", () => {
  test("every breaking or dangerous difference from the last release has its note in schema-changes.md", () => {
    const { untold, idle } = compareReleased(released, schemaText(), notes);
    const copy = untold.map((difference) => `- ${difference} Note: <what a caller has to do>`);
    expect(copy, "lines that schema-changes.md lacks").toEqual([]);
    expect(idle, "lines of schema-changes.md that tell of no difference").toEqual([]);
  });

  test.each([
    [
      "a field that went",
      () => replaced(/^ {2}"""[^"]*"""\n {2}rowsTotal: .*\n/mu, ""),
      "Breaking: Field Datasource.rowsTotal was removed",
    ],
    [
      "a kind that changed",
      () => replaced(/^ {2}rowsTotal: .*$/mu, "  rowsTotal: String"),
      "Breaking: Field Datasource.rowsTotal changed type",
    ],
    ["an enum value that went", () => replaced(/^ {2}VIEWER\n/mu, ""), "Breaking: Enum value Role.VIEWER was removed"],
    [
      "an enum value that came",
      () => replaced(/^ {2}VIEWER\n/mu, "  VIEWER\n  GUEST\n"),
      "Dangerous: Enum value Role.GUEST was added",
    ],
    [
      "an input that must be given",
      () => replaced("input PauseDatasourceInput {", "input PauseDatasourceInput {\n  why: String!"),
      "Breaking: ",
    ],
    [
      "an input that may be given",
      () => replaced("input PauseDatasourceInput {", "input PauseDatasourceInput {\n  why: String"),
      "Dangerous: ",
    ],
  ])("%s is told of until it has a note", (_, change, told) => {
    const { untold } = compareReleased(released, change(), "");
    expect(untold).toHaveLength(1);
    expect(untold[0]).toContain(told);
    const noted = `# Head\n\n- ${untold[0]} Note: Ask for what took its place.\n`;
    expect(compareReleased(released, change(), noted)).toEqual({ untold: [], idle: [] });
  });

  test("a field that came, and words that changed, need no note", () => {
    const grown = replaced("type Datasource implements Node {", "type Datasource implements Node {\n  colour: String");
    expect(compareReleased(released, grown, "")).toEqual({ untold: [], idle: [] });
  });

  test("a line without a note, said twice or about nothing is told of", () => {
    const gone = replaced(/^ {2}VIEWER\n/mu, "");
    const difference = "- Breaking: Enum value Role.VIEWER was removed.";
    const bare = `${difference} Note: ok`;
    const full = `${difference} Note: Nobody is a viewer any more.`;
    expect(compareReleased(released, gone, bare).untold).toHaveLength(1);
    expect(compareReleased(released, gone, `${full}\n${full}`)).toEqual({ untold: [], idle: [full] });
    expect(compareReleased(released, released, full)).toEqual({ untold: [], idle: [full] });
  });

  test("a release empties the list and keeps its head", () => {
    expect(withoutNotes("# Head\n\nText.\n\n- Breaking: x Note: y\n")).toBe("# Head\n\nText.\n\n");
  });
});
