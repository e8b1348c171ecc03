import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createContext, type ReactNode, use, useMemo } from "react";
import { createFormat, type Format } from "./format/format.ts";
import type { Language } from "./format/words.ts";
import { type Arrival, arrivalOf, NotLoaded } from "./parts/arrival.ts";
import { setPreferences, usePreferences } from "./preferences.ts";

const catalogs: Record<Language, Arrival<{ messages: Parameters<typeof i18n.load>[1] }>> = {
  en: arrivalOf(() => import("./locales/en.po")),
  hi: arrivalOf(() => import("./locales/hi.po")),
  as: arrivalOf(() => import("./locales/as.po")),
};

let wanted: Language | null = null;

/** Loads a language's messages and makes it the one on screen, unless another was asked for meanwhile. */
export async function activate(language: Language): Promise<void> {
  wanted = language;
  const { messages } = await catalogs[language].promise().catch((error: unknown) => {
    if (error instanceof NotLoaded) error.forget();
    throw error;
  });
  if (wanted !== language) return;
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
}

/** Needs no reload: what is typed stays where it is. A language that does not come leaves the one on screen whole. */
export async function chooseLanguage(language: Language): Promise<void> {
  await activate(language);
  if (wanted === language) setPreferences({ language });
}

export function LanguageProvider({ children }: { children: ReactNode }) {
  return <I18nProvider i18n={i18n}>{children}</I18nProvider>;
}

const FormatContext = createContext<Format | null>(null);

export function FormatProvider({ zone, now, children }: { zone: string; now?: () => Date; children: ReactNode }) {
  const { language } = usePreferences();
  const format = useMemo(() => createFormat(now ? { language, zone, now } : { language, zone }), [language, zone, now]);
  return <FormatContext value={format}>{children}</FormatContext>;
}

export function useFormat(): Format {
  const format = use(FormatContext);
  if (!format) throw new Error("A number or time is written outside FormatProvider.");
  return format;
}
