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
  "requested",
  "platformOpened",
] as const;

const LOCALES = ["en", "hi", "as"] as const;

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
  const say = (code: string): string => fill(inNumber(words.get(code) ?? code, values, locale), values);
  return {
    subject: say(`mail.${kind}.subject`).replaceAll(/\s+/g, " "),
    body: [say(`mail.${kind}.body`), ...(link === null ? [] : [link]), say("mail.foot")].join("\n\n"),
  };
}

const inOneLine = (value: unknown): string => (typeof value === "string" ? value.replaceAll(/\s+/g, " ") : "");

type Values = Readonly<Record<string, string | number>>;

/** As the catalogues of the app have it: `{days, plural, one {# day} other {# days}}`. */
const inNumber = (sentence: string, values: Values, locale: string): string =>
  sentence.replaceAll(
    /\{(\w+), plural, one \{([^{}]*)\} other \{([^{}]*)\}\}/g,
    (_, name: string, one: string, other: string) => {
      const count = Number(values[name]);
      return (new Intl.PluralRules(locale).select(count) === "one" ? one : other).replace("#", String(count));
    },
  );

/** An instant's day is the organisation's, written as where it is: `zone` and `region` stand beside it. */
function dayOf(instant: Date, locale: string, { zone, region }: JsonObject): string {
  const timeZone = typeof zone === "string" ? zone : "UTC";
  const place = typeof region === "string" ? region : "IN";
  const format = { day: "numeric", month: "long", year: "numeric", timeZone } as const;
  return new Intl.DateTimeFormat(`${locale}-${place}-u-nu-latn`, format).format(instant);
}

/** With its time, and what its zone is called: of what ends within days, and for somebody who may be elsewhere. */
function momentOf(instant: Date, locale: string, place: JsonObject): string {
  const timeZone = typeof place["zone"] === "string" ? place["zone"] : "UTC";
  const clock = { hour: "2-digit", minute: "2-digit", hourCycle: "h23", timeZoneName: "long", timeZone } as const;
  const parts = new Intl.DateTimeFormat(`${locale}-u-nu-latn`, clock).formatToParts(instant);
  const [hour, minute, zone] = (["hour", "minute", "timeZoneName"] as const).map(
    (name) => parts.find(({ type }) => type === name)?.value ?? "",
  );
  return `${dayOf(instant, locale, place)}, ${hour}:${minute} (${zone})`;
}

/** An instant is named `...At` and told as its day, that of a link to the minute; of a list, each stands on a line of its own. */
const valuesOf = (details: JsonObject, locale: (typeof LOCALES)[number]): Values =>
  Object.fromEntries(
    Object.entries(details).flatMap(([name, value]): [string, string | number][] => {
      if (typeof value === "number") return [[name, value]];
      if (Array.isArray(value)) return [[name, value.map(inOneLine).join("\n")]];
      if (typeof value !== "string") return [];
      if (!name.endsWith("At")) return [[name, value]];
      const tell = name === "expiresAt" ? momentOf : dayOf;
      return [[name, tell(new Date(value), locale, details)]];
    }),
  );
