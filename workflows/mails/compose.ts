/** Words a mail in the language of whoever gets it. Rows hold a kind and values; the sentences are in `workflows/locales`. */
import { fill, readCatalog } from "@headwater/connectors/po.ts";
import { clockFormat, localeOf, numberLocale } from "@headwater/connectors/writing.ts";
import type { JsonObject } from "@headwater/db";
import { NO_REGION } from "@headwater/db/region.ts";

export const MAIL_KINDS = [
  "confirmSignUp",
  "addressTaken",
  "grantEnding",
  "grantEnded",
  "loginEnded",
  "disconnectUndone",
  "pausedByUs",
  "frozenAtSource",
  "accountGone",
  "streamsFailed",
  "historyIncomplete",
  "recovered",
  "loginRecovered",
  "historyDone",
  "reauthorizeLink",
  "reauthorizeDone",
  "planSmaller",
  "passwordChanged",
  "recover",
  "requested",
  "platformOpened",
  "reviewDue",
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
  const place = placeOf(locale, details);
  const values = valuesOf(details, place);
  const say = (code: string): string => fill(inNumber(words.get(code) ?? code, details, place), values);
  // A source whose key was pasted has nowhere to sign in.
  const ofKey = `mail.${kind}.key`;
  const family = details["login"] === "key" && words.has(`${ofKey}.body`) ? ofKey : `mail.${kind}`;
  return {
    subject: say(`${family}.subject`).replaceAll(/\s+/g, " "),
    body: [say(`${family}.body`), ...(link === null ? [] : [link]), say("mail.foot")].join("\n\n"),
  };
}

const inOneLine = (value: unknown): string => (typeof value === "string" ? value.replaceAll(/\s+/g, " ") : "");

/** The organisation's, as `zone` and `region` beside the values have it. */
interface Place {
  readonly language: string;
  readonly region: string;
  readonly timeZone: string;
}

const placeOf = (language: string, { zone, region }: JsonObject): Place => ({
  language,
  region: typeof region === "string" ? region : NO_REGION,
  timeZone: typeof zone === "string" ? zone : "UTC",
});

const countOf = (count: number, { language, region }: Place): string =>
  new Intl.NumberFormat(numberLocale(language, region)).format(count);

/** As the catalogues of the app have it: `{days, plural, one {# day} other {# days}}`. */
const inNumber = (sentence: string, details: JsonObject, place: Place): string =>
  sentence.replaceAll(
    /\{(\w+), plural, one \{([^{}]*)\} other \{([^{}]*)\}\}/g,
    (_, name: string, one: string, other: string) => {
      const count = Number(details[name]);
      const isOne = new Intl.PluralRules(place.language).select(count) === "one";
      return (isOne ? one : other).replace("#", countOf(count, place));
    },
  );

/** An instant's day is the organisation's, written as where it is. */
const dayOf = (instant: Date, { language, region, timeZone }: Place): string =>
  new Intl.DateTimeFormat(localeOf(language, region), {
    day: "numeric",
    month: "long",
    year: "numeric",
    timeZone,
  }).format(instant);

/** With its time, and what its zone is called: of what ends within days, and for somebody who may be elsewhere. */
function momentOf(instant: Date, place: Place): string {
  const { language, region, timeZone } = place;
  const zone = new Intl.DateTimeFormat(language, { timeZoneName: "long", timeZone })
    .formatToParts(instant)
    .find(({ type }) => type === "timeZoneName");
  return `${dayOf(instant, place)}, ${clockFormat(language, region, timeZone)(instant)} (${zone?.value ?? timeZone})`;
}

/** An instant is named `...At` and told as its day, that of a link to the minute; of a list, each stands on a line of its own. */
const valuesOf = (details: JsonObject, place: Place): Readonly<Record<string, string>> =>
  Object.fromEntries(
    Object.entries(details).flatMap(([name, value]): [string, string][] => {
      if (typeof value === "number") return [[name, countOf(value, place)]];
      if (Array.isArray(value)) return [[name, value.map(inOneLine).join("\n")]];
      if (typeof value !== "string") return [];
      if (!name.endsWith("At")) return [[name, value]];
      return [[name, (name === "expiresAt" ? momentOf : dayOf)(new Date(value), place)]];
    }),
  );
