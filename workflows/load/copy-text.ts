/** COPY's text form, and the two kinds of text that Postgres cannot hold: U+0000 and lone surrogates. */

const NULL_FIELD = "\\N";
/** Anything that must be escaped or replaced; most text has none of it and goes through untouched. */
const needsCare = /[\\\t\n\r\0\ud800-\udfff]/;
const escapedInJson = /\\(?:u0000|u[dD][89a-fA-F])/;

export interface CleanText {
  text: string;
  /** Something was replaced by U+FFFD. */
  replaced: boolean;
}

/** Text as Postgres can hold it. */
export function cleanText(text: string): CleanText {
  if (!text.includes("\0") && text.isWellFormed()) return { text, replaced: false };
  return { text: text.replaceAll("\0", "\ufffd").toWellFormed(), replaced: true };
}

const jsonEscape =
  /\\(?:u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|u[dD][89a-fA-F][0-9a-fA-F]{2}|u0000|[\s\S])/g;

/** JSON text as jsonb can hold it: also what is written as `\u0000` or as half of a pair inside its strings. */
export function cleanJson(json: string): CleanText {
  const { text, replaced } = cleanText(json);
  if (!escapedInJson.test(text)) return { text, replaced };
  let escapes = 0;
  const cleaned = text.replace(jsonEscape, (escape) => {
    const isNul = escape === "\\u0000";
    const isHalf = escape.length === 6 && /^\\u[dD][89a-fA-F]/.test(escape);
    if (!isNul && !isHalf) return escape;
    escapes += 1;
    return "\\ufffd";
  });
  return { text: cleaned, replaced: replaced || escapes > 0 };
}

/** The bytes to keep aside, exactly: half pairs become JSON escapes, since UTF-8 has no form for them. */
export function exactBytes(json: string): Buffer {
  const text = json.replace(/[\ud800-\udbff](?![\udc00-\udfff])|(?<![\ud800-\udbff])[\udc00-\udfff]/g, (half) => {
    return `\\u${half.charCodeAt(0).toString(16)}`;
  });
  return Buffer.from(text, "utf8");
}

const escapeByCharacter: Record<string, string> = { "\\": "\\\\", "\t": "\\t", "\n": "\\n", "\r": "\\r" };

/** One field of a COPY line; the text is already clean. */
export function copyField(text: string | null): string {
  if (text === null) return NULL_FIELD;
  return needsCare.test(text)
    ? text.replace(/[\\\t\n\r]/g, (character) => escapeByCharacter[character] ?? character)
    : text;
}

/** A document's field. JSON text seldom has anything to escape but backslashes, so they are looked for first. */
export function copyJson(json: string): string {
  return /[\\\n\r\t]/.test(json) ? copyField(json) : json;
}
