/** What was found in a cell of a file, and how to mend it: of a word that a column does not take, in those that it does. */
import type { UploadRow } from "../reading/uploads.ts";
import type { Words } from "../words/words.ts";

interface Found {
  readonly code: string;
  readonly columnName: string | null;
  readonly value: string;
}

type Survey = Pick<UploadRow, "survey">;

const listIn = (value: unknown, name: string): readonly unknown[] => {
  const list: unknown =
    typeof value === "object" && value !== null ? Object.getOwnPropertyDescriptor(value, name)?.value : null;
  return Array.isArray(list) ? list : [];
};

/** What the column means; one that the file does not have is named by that itself. */
function meaningOf({ survey }: Survey, header: string): string {
  const at = listIn(survey, "headers").indexOf(header);
  const target = listIn(survey?.["mapping"], "targets")[at];
  return typeof target === "string" ? target : header;
}

export function hintInWords(words: Words, upload: Survey, { code, columnName, value }: Found): string {
  const own = columnName === null ? "" : `finding.${code}.${meaningOf(upload, columnName)}.hint`;
  return words.say(words.has(own) ? own : `finding.${code}.hint`, { value });
}
