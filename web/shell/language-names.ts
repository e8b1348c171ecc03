import type { Language } from "../format/words.ts";

/** Each language by its own name, so that a person who reads only that one finds it. */
export const languageNames: readonly { value: Language; label: string; lang: string }[] = [
  { value: "en", label: "English", lang: "en" },
  { value: "hi", label: "हिन्दी", lang: "hi" },
  { value: "as", label: "অসমীয়া", lang: "as" },
];
