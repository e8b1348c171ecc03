// What the gallery shows of a file is what the app says of one.
import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { review } from "./file-reviews.ts";

const catalog = readFileSync(new URL("../../workflows/connectors/custom-costs/locales/en.po", import.meta.url), "utf8");

function says(id: string, value: string): string | undefined {
  const [, words] = new RegExp(`msgid "${id.replaceAll(".", "\\.")}"\nmsgstr "(.*)"\n`).exec(catalog) ?? [];
  return words?.replaceAll("{value}", value);
}

test.each(review.findings.nodes)("of $code", ({ code, value, message, hint }) => {
  expect([message, hint]).toEqual([says(`finding.${code}`, value), says(`finding.${code}.hint`, value)]);
});
