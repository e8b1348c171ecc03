import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, test } from "vitest";
import { catalog, catalogEntry } from "./catalog.ts";
import { connectorByPlatform } from "./connectors.ts";
import { PLATFORMS } from "./platforms.ts";
import { LANGUAGES, placeholdersIn, wordsIn } from "./testing/words.ts";

describe("the catalog", () => {
  test("lists all 27 platforms, each once", () => {
    expect(catalog).toHaveLength(27);
    expect(catalog.map((entry) => entry.platform)).toEqual([...PLATFORMS]);
    expect(new Set(catalog.map((entry) => entry.name)).size).toBe(27);
  });

  test("offers only what has a connector; Mountain is coming soon", () => {
    for (const entry of catalog)
      expect(entry.state === "ready", entry.platform).toBe(connectorByPlatform.has(entry.platform));
    expect(catalog.filter((entry) => entry.state === "comingSoon").map((entry) => entry.platform)).toEqual([
      "mountain",
    ]);
  });

  test("takes a slot for every platform but the native source", () => {
    expect(catalog.filter((entry) => !entry.takesSlot).map((entry) => entry.platform)).toEqual(["custom-costs"]);
  });

  test("excludes both ways, and requires what exists", () => {
    for (const { platform, excludes, requiresOneOf } of catalog) {
      for (const other of excludes)
        expect(catalogEntry(other).excludes, `${other} and ${platform}`).toContain(platform);
      for (const other of requiresOneOf) expect(catalogEntry(other).category).toBe("ecommerce");
    }
  });

  test("names for every OAuth platform the app that an operator must give", () => {
    for (const { platform, methods, settings, state } of catalog) {
      if (methods[0] !== "oauth" || state !== "ready") continue;
      const prefix = platform.toUpperCase().replaceAll("-", "_");
      expect(settings, platform).toEqual(expect.arrayContaining([`${prefix}_CLIENT_ID`, `${prefix}_CLIENT_SECRET`]));
    }
  });
});

describe("words", () => {
  test.each(LANGUAGES)("tell all that the catalog shows, in %s", (language) => {
    const shared = wordsIn(null, language);
    const codes = catalog.flatMap((entry) => [
      `summary.${entry.platform}`,
      `search.${entry.platform}`,
      ...entry.scopes.map(({ purpose }) => `scope.${purpose}`),
      ...entry.prerequisites.map((code) => `prerequisite.${code}`),
      ...entry.powers.map((code) => `power.${code}`),
    ]);
    expect([...new Set(codes)].filter((code) => !shared.has(code))).toEqual([]);
  });

  test.each(LANGUAGES)("tell all that the shared code can fail with, in %s", (language) => {
    const shared = wordsIn(null, language);
    expect(sharedCodes().filter((code) => !shared.has(`failure.${code}`))).toEqual([]);
  });

  test.each([null, ...connectorByPlatform.keys()])(
    "of %s are the same codes, with the same values, in every language",
    (folder) => {
      const english = wordsIn(folder, "en");
      for (const language of LANGUAGES) {
        const words = wordsIn(folder, language);
        expect([...words.keys()]).toEqual([...english.keys()]);
        for (const [code, text] of words) {
          expect(text, `${code} in ${language}`).not.toBe("");
          expect(placeholdersIn(text), `${code} in ${language}`).toEqual(placeholdersIn(english.get(code) ?? ""));
        }
      }
    },
  );
});

/** `refusal("port", …)`, `cutShort("idle", …)` and whole codes, as they stand in the code that all connectors share. */
function sharedCodes(): string[] {
  const text = ["outbound", "protocol"]
    .flatMap((folder) => readdirSync(new URL(`${folder}/`, import.meta.url)).map((name) => `${folder}/${name}`))
    .filter((name) => name.endsWith(".ts") && !name.endsWith(".test.ts"))
    .map((name) => readFileSync(new URL(name, import.meta.url), "utf8"))
    .join("\n");
  const short = [...text.matchAll(/(?:refusal|cutShort)\("([a-zA-Z]+)"/g)].map(([, code = ""]) => `outbound.${code}`);
  const whole = [...text.matchAll(/code: "((?:outbound|pages|oauth)\.[a-zA-Z]+)"/g)].map(([, code = ""]) => code);
  const codes = [...new Set([...short, ...whole])];
  expect(codes.length).toBeGreaterThan(15);
  return codes;
}
