import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createContext, type ReactNode, use, useLayoutEffect, useMemo } from "react";
import { createFormat, type Format, sentenceLocales } from "./format/format.ts";
import { browserRegion } from "./format/region.ts";
import type { Language } from "./format/words.ts";
import { arrivalOf, NotLoaded, withNeeded } from "./parts/arrival.ts";
import { setPreferences, usePreferences } from "./preferences.ts";

type Messages = Parameters<typeof i18n.load>[1];

/** Those of a first visit, and in a folder for each kind those that come with a part: `build/word-kinds.ts` says which. */
const catalogs = new Map(
  Object.entries(import.meta.glob<{ messages: Messages }>("./locales/**/*.po")).map(([path, load]) => [
    path,
    arrivalOf(load),
  ]),
);

let wanted: Language | null = null;
let shown: Language | null = null;
/** As the browser has it until an organisation is open. */
let region = browserRegion();
/** Folders of catalogs: the first words stand in none. */
const needed = new Set([""]);

/** Loads a language's messages and makes it the one on screen, unless another was asked for meanwhile. */
export async function activate(language: Language): Promise<void> {
  wanted = language;
  const folders = [...needed];
  const messages = await Promise.all(folders.map((folder) => arrived(`${folder}${language}`))).catch(
    (error: unknown) => {
      if (wanted === language) wanted = shown;
      throw error;
    },
  );
  if (wanted !== language) return;
  // More of them was asked for meanwhile.
  if (folders.length < needed.size) return activate(language);
  const locales = sentenceLocales(language, region);
  i18n.loadAndActivate({ locale: language, locales, messages: Object.assign({}, ...messages) });
  document.documentElement.lang = language;
  shown = language;
}

async function arrived(name: string): Promise<Messages> {
  const catalog = catalogs.get(`./locales/${name}.po`);
  if (!catalog) throw new Error(`There is no catalog ${name}.`);
  const { messages } = await catalog.promise().catch((error: unknown) => {
    if (error instanceof NotLoaded) error.forget();
    throw error;
  });
  return messages;
}

/** A part that comes with the words of its kind. */
export const withLateWords =
  <Module,>(load: () => Promise<Module>, kind = "late") =>
  async (): Promise<Module> => {
    needed.add(`${kind}/`);
    return withNeeded(load(), activate(wanted ?? "en"));
  };

/** For the gallery, which shows a part of everything. */
export const withAllWords =
  <Module,>(load: () => Promise<Module>) =>
  async (): Promise<Module> => {
    for (const path of catalogs.keys()) needed.add(path.replaceAll(/^\.\/locales\/|\w+\.po$/gu, ""));
    return withNeeded(load(), activate(wanted ?? "en"));
  };

/** Needs no reload: what is typed stays where it is. A language that does not come leaves the one on screen whole. */
export async function chooseLanguage(language: Language): Promise<void> {
  await activate(language);
  if (shown === language) setPreferences({ language });
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  return <I18nProvider i18n={i18n}>{children}</I18nProvider>;
}

const FormatContext = createContext<Format | null>(null);

interface FormatProps {
  zone: string;
  region: string;
  now?: () => Date;
  children: ReactNode;
}

export function FormatProvider({ zone, region: here, now, children }: FormatProps) {
  const { language } = usePreferences();
  const format = useMemo(() => createFormat({ language, zone, region: here, now }), [language, zone, here, now]);
  useLayoutEffect(() => {
    region = here;
    if (shown) i18n.activate(shown, sentenceLocales(shown, here));
  }, [here]);
  return <FormatContext value={format}>{children}</FormatContext>;
}

export function useFormat(): Format {
  const format = use(FormatContext);
  if (!format) throw new Error("A number or time is written outside FormatProvider.");
  return format;
}
