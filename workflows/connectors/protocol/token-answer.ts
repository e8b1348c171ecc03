// What a token endpoint answers: JSON, or a form as before there was a standard.
import { parseExactly, type Json } from "../json.ts";
import { isFields, type Fields } from "../read-fields.ts";

const FORM = /^[\w.-]+=[^\s<>{}]*$/;

export function formIn(text: string): Fields | null {
  const form = text.trim();
  return FORM.test(form) ? Object.fromEntries(new URLSearchParams(form)) : null;
}

export function objectIn(text: string): Fields | null {
  try {
    const value: Json = parseExactly(text);
    return isFields(value) ? value : null;
  } catch {
    return null; // HTML and the like: said by the caller
  }
}
