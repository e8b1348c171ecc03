/** Reads `locales/<language>.po`: our codes on the left, the sentence on the right. `{name}` stands for a value. */
import { readFileSync } from "node:fs";

export type Catalog = ReadonlyMap<string, string>;
export type Values = Readonly<Record<string, string | number | null | undefined>>;

export function parsePo(text: string): Catalog {
  const messages = new Map<string, string>();
  let id: string | null = null;
  let current: "id" | "str" | null = null;
  let words = "";
  const finish = () => {
    if (id !== null && id !== "" && current === "str") messages.set(id, words);
  };
  for (const line of text.split(/\r?\n/)) {
    const [, keyword, quoted] = /^(msgid|msgstr)?\s*(".*")\s*$/.exec(line) ?? [];
    if (quoted === undefined) continue;
    const piece: unknown = JSON.parse(quoted);
    if (typeof piece !== "string") continue;
    if (keyword === "msgid") {
      finish();
      id = piece;
      current = "id";
    } else if (keyword === "msgstr") {
      words = piece;
      current = "str";
    } else if (current === "str") words += piece;
    else if (id !== null) id += piece;
  }
  finish();
  return messages;
}

export const readCatalog = (file: URL): Catalog => parsePo(readFileSync(file, "utf8"));

export const fill = (sentence: string, values: Values = {}): string =>
  sentence.replaceAll(/\{(\w+)\}/g, (whole, name: string) => String(values[name] ?? whole));
