/** Words a mail in the language of whoever gets it. Rows hold a kind and values; the sentences are in `workflows/locales`. */
import { fill, readCatalog } from "@headwater/connectors/po.ts";
import type { JsonObject } from "@headwater/db";

export const MAIL_KINDS = [
  "confirmSignUp",
  "addressTaken",
  "grantEnding",
  "grantEnded",
  "loginEnded",
  "reauthorizeLink",
  "reauthorizeDone",
  "planSmaller",
  "passwordChanged",
  "recover",
] as const;

const LOCALES = ["en", "hi", "as"] as const;
const INTL = { en: "en-IN-u-nu-latn", hi: "hi-IN-u-nu-latn", as: "as-IN-u-nu-latn" } as const;

const catalogs = new Map(
  LOCALES.map((locale) => [locale, readCatalog(new URL(`../locales/${locale}.po`, import.meta.url))] as const),
);

export interface Letter {
  readonly subject: string;
  readonly body: string;
}

export interface Wording {
  readonly kind: string;
  readonly locale: string;
  readonly details: JsonObject;
  /** Opened by the worker that sends it: addresses that only the receiver may know. */
  readonly link: string | null;
}

export function compose({ kind, locale: asked, details, link }: Wording): Letter {
  const locale = LOCALES.find((one) => one === asked) ?? "en";
  const words = catalogs.get(locale) ?? new Map<string, string>();
  const values = valuesOf(details, locale);
  const say = (code: string): string => fill(words.get(code) ?? code, values);
  return {
    subject: say(`mail.${kind}.subject`).replaceAll(/\s+/g, " "),
    body: [say(`mail.${kind}.body`), ...(link === null ? [] : [link]), say("mail.foot")].join("\n\n"),
  };
}

const inOneLine = (value: unknown): string => (typeof value === "string" ? value.replaceAll(/\s+/g, " ") : "");

const DAY: Intl.DateTimeFormatOptions = { day: "numeric", month: "long", year: "numeric", timeZone: "UTC" };

/** An instant is named `...At` and told as its day; of a list, each stands on a line of its own. */
const valuesOf = (details: JsonObject, locale: (typeof LOCALES)[number]): Record<string, string | number> =>
  Object.fromEntries(
    Object.entries(details).flatMap(([name, value]): [string, string | number][] => {
      if (typeof value === "number") return [[name, value]];
      if (Array.isArray(value)) return [[name, value.map(inOneLine).join("\n")]];
      if (typeof value !== "string") return [];
      const told = name.endsWith("At") ? new Intl.DateTimeFormat(INTL[locale], DAY).format(new Date(value)) : value;
      return [[name, told]];
    }),
  );
