// What can be made from the code is made from it. `npm test -- style -u` writes it anew; CI fails on a difference.
import { join } from "node:path";
import { catalog } from "@headwater/connectors/catalog.ts";
import { handedOver, settings } from "@headwater/server/start/config.mjs";
import { checkout } from "@headwater/server/start/places.mjs";
import { codesOfProgram, hintFamilies } from "@headwater/server/words/hints.ts";
import { describe, expect, test } from "vitest";
import { codeFiles, isTest } from "./tree.ts";

const readers = codeFiles.filter(
  ({ path }) => /(^|\/)([\w-]+-)?config\.(ts|mjs)$/u.test(path) && !/^(web|test\/(setup|run))\//u.test(path),
);
const keysIn = (text: string) =>
  [...text.matchAll(/^\s+(?:'|")?([A-Z][A-Z0-9]*(?:_[A-Z0-9]+)*)(?:'|")?: /gmu)].map(([, key = ""]) => key);

function settingsTable(): string {
  const rows = Object.entries(settings).map(([key, meaning]) => {
    const by = readers
      .filter(({ text, path }) => path !== "server/start/config.mjs" && keysIn(text).includes(key))
      .map(({ path }) => path);
    return `| \`${key}\` | ${meaning} | ${["server/start", ...by].map((path) => `\`${path}\``).join(" ")} |`;
  });
  return [
    "# Settings",
    "",
    "Nothing set: everything runs embedded. Each one set: that part is yours. Made from the code that reads them by",
    "`npm test -- style -u`.",
    "",
    "| setting | what it is | read by |",
    "| --- | --- | --- |",
    ...rows,
    "| `<PLATFORM>_CLIENT_ID`, `<PLATFORM>_CLIENT_SECRET` | your app at that provider, such as `SHOPIFY_CLIENT_ID`; else one made up for the sandbox | `server/start` |",
    "",
  ].join("\n");
}

const states = { ready: "yes", inPreparation: "in preparation", comingSoon: "coming soon" } as const;

function platformTable(): string {
  const rows = catalog.map(({ name, category, state, methods, scopes, cadenceMinutes, historyDays, restatedDays }) => {
    const history = historyDays === null ? "all there is" : `${historyDays} days`;
    const cells = [
      category,
      name,
      states[state],
      methods.join(", "),
      scopes.map(({ scope, required }) => `\`${scope}\`${required ? "" : " (optional)"}`).join(" "),
      cadenceMinutes === null ? "" : `${cadenceMinutes} min`,
      history,
      restatedDays === 0 ? "" : `${restatedDays} days`,
    ];
    return `| ${cells.join(" | ")} |`;
  });
  return [
    "# Platforms",
    "",
    "Made from the catalog by `npm test -- style -u`.",
    "",
    "| category | platform | can be connected | by | scopes, all read-only | cadence | history | restated |",
    "| --- | --- | --- | --- | --- | --- | --- | --- |",
    ...rows,
    "",
  ].join("\n");
}

const cell = (text: string) => text.replaceAll("|", "\\|").replaceAll(/\s+/gu, " ").trim();

function hintTable(): string {
  const families = hintFamilies().map(({ title, told, hints }) =>
    [
      `## ${title}`,
      "",
      `Told by ${told}.`,
      "",
      "| code | says | means for the data | what to do |",
      "| --- | --- | --- | --- |",
      ...hints.map(({ code, says, means, todo }) => `| \`${code}\` | ${[says, means, todo].map(cell).join(" | ")} |`),
      "",
    ].join("\n"),
  );
  return [
    "# What Headwater can say went wrong",
    "",
    "Every code that a person or a program can meet. `{name}` stands for a value. Made from the code and the English",
    "catalogues by `npm test -- style -u`; Hindi and Assamese say the same.",
    "",
    ...families,
  ].join("\n");
}

describe("generated", () => {
  test("the table of error hints", async () => {
    await expect(hintTable()).toMatchFileSnapshot(join(checkout, "server/words/hints.md"));
  });

  test("every code that the program can say is in that table, with what it means and what to do", () => {
    const hints = hintFamilies().flatMap((family) => family.hints);
    const said = new Set(hints.map(({ code }) => code));
    expect(codesOfProgram.filter((code) => !said.has(code))).toEqual([]);
    const literal = /\bcode: "([A-Z][A-Z_]{3,})"|\bfailure\([^)]*?"([A-Z][A-Z_]{3,})"/gu;
    const told = codeFiles
      .filter(({ path }) => path.startsWith("server/") && !isTest(path))
      .flatMap(({ text }) => [...text.matchAll(literal)].map(([, one, other]) => one ?? other ?? ""));
    expect([...new Set(told)].filter((code) => !said.has(code))).toEqual([]);
    expect(hints.filter(({ says, means, todo }) => [says, means, todo].some((part) => part.length < 4))).toEqual([]);
  });

  test("the table of platforms", async () => {
    expect(catalog).toHaveLength(27);
    await expect(platformTable()).toMatchFileSnapshot(join(checkout, "workflows/connectors/platforms.md"));
  });

  test("the table of settings", async () => {
    await expect(settingsTable()).toMatchFileSnapshot(join(checkout, "server/start/settings.md"));
  });

  test("every setting that a process reads is in that table or handed over by the starter", () => {
    const known = new Set([...Object.keys(settings), ...handedOver]);
    const unknown = readers.flatMap(({ path, text }) =>
      keysIn(text)
        .filter((key) => !known.has(key))
        .map((key) => `${path}: ${key}`),
    );
    expect(unknown).toEqual([]);
  });
});
