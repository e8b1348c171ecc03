/** What is done to every text before it is kept, and what a spreadsheet program could take for a formula. */

// oxlint-disable-next-line no-control-regex -- control characters are what is taken out
const CONTROLS = /[\u0000-\u0008\u000b\u000c\u000e-\u001f\u007f]/g;
const BIDI = /[\u202a-\u202e\u2066-\u2069]/g;
const ZERO_WIDTH = /[\u200b-\u200d\u2060\ufeff]/g;
const FORMULA = /^[\s"'\u201c\u201d]*[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/;

/** Line breaks and tabs inside a note stay; what hides or turns text goes. */
export const cleanText = (text: string): string =>
  // Most cells are short and plain: one test spares them four passes.
  /^[\x20-\x7e]*$/.test(text) ? text.trim() : text.replace(CONTROLS, "").replace(BIDI, "").normalize("NFC").trim();

/** Keys carry nothing that cannot be seen. */
export const cleanKey = (text: string): string => cleanText(text).replace(ZERO_WIDTH, "");

export const looksLikeFormula = (text: string): boolean => FORMULA.test(text);

/** `1.23457E+12`: digits that a spreadsheet program has thrown away already. */
export const looksScientific = (text: string): boolean => /^\d+(?:[.,]\d+)?e[+-]?\d+$/i.test(text.trim());

const isRisky = (text: string): boolean =>
  /^[=+\-@\uff1d\uff0b\uff0d\uff20\t\r]/.test(text) || /[,;"'\t|\n][\s]*[=+\-@\uff1d\uff0b\uff0d\uff20]/.test(text);

/** A field of any CSV that leaves the house: quoted, and nothing in it runs. */
export const safeField = (text: string): string => `"${(isRisky(text) ? `'${text}` : text).replaceAll('"', '""')}"`;

/** A cell of such a file that has come back, as it was. */
export const withoutGuard = (text: string): string =>
  text.startsWith("'") && isRisky(text.slice(1)) ? text.slice(1) : text;

/** Never a path, never a storage key. */
export function safeFileName(text: string): string {
  const base = text.split(/[/\\]/).at(-1) ?? "";
  const plain = base
    .replace(CONTROLS, "")
    .replace(BIDI, "")
    .replace(ZERO_WIDTH, "")
    .replace(/[\t\r\n]/g, " ");
  const name = Array.from(plain.normalize("NFC").trim()).slice(0, 120).join("");
  return name === "" || /^\.+$/.test(name) ? "costs.csv" : name;
}
