import { i18n } from "@lingui/core";
import { I18nProvider } from "@lingui/react";
import { createContext, type ReactNode, use, useEffect, useMemo, useState } from "react";
import { createFormat, type Format } from "./format/format.ts";
import type { Language } from "./format/words.ts";
import { usePreferences } from "./preferences.ts";

const catalogs: Record<Language, () => Promise<{ messages: Parameters<typeof i18n.load>[1] }>> = {
  en: () => import("./locales/en.po"),
  hi: () => import("./locales/hi.po"),
  as: () => import("./locales/as.po"),
};

/** Loads a language's messages and makes it the one on screen. */
export async function activate(language: Language): Promise<void> {
  const { messages } = await catalogs[language]();
  i18n.loadAndActivate({ locale: language, messages });
  document.documentElement.lang = language;
}

/** Switching needs no reload: what is typed stays where it is. */
export function LanguageProvider({ children }: { children: ReactNode }) {
  const { language } = usePreferences();
  const [, setActive] = useState(i18n.locale);
  useEffect(() => {
    if (i18n.locale !== language) void activate(language).then(() => setActive(language));
  }, [language]);
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
