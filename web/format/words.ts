/** Words that Intl lacks in some browser (Assamese) or writes longer than our tables allow. Native readers confirm them before release. */
export const languages = ["en", "hi", "as"] as const;
export type Language = (typeof languages)[number];

export type ListJoin = "conjunction" | "disjunction";

export interface TimeWords {
  /** Short month names, January first; null leaves them to Intl. */
  readonly months: readonly string[] | null;
  readonly longMonths: readonly string[] | null;
  /** Short weekday names, Sunday first; null leaves them to Intl. */
  readonly weekdays: readonly string[] | null;
  readonly today: string;
  readonly yesterday: string;
  readonly tomorrow: string;
  readonly justNow: string;
  readonly ago: (span: string) => string;
  readonly upTo: (span: string) => string;
  readonly units: Readonly<Record<"second" | "minute" | "hour", string>>;
  /** For a headline, where there is room. */
  readonly longUnits: Readonly<Record<"second" | "minute" | "hour", (one: boolean) => string>>;
  /** Day and month take the plural form that the category names. */
  readonly day: (one: boolean) => string;
  readonly month: (one: boolean) => string;
  readonly hourly: string;
  readonly daily: string;
  readonly every: (span: string) => string;
  /** What stands before the last of a list; null leaves lists to Intl. */
  readonly joins: Readonly<Record<ListJoin, string>> | null;
  readonly times: string;
  readonly points: string;
}

const en: TimeWords = {
  months: null,
  longMonths: null,
  weekdays: null,
  today: "Today",
  yesterday: "Yesterday",
  tomorrow: "Tomorrow",
  justNow: "just now",
  ago: (span) => `${span} ago`,
  upTo: (span) => `up to ${span}`,
  units: { second: "s", minute: "min", hour: "h" },
  longUnits: {
    second: (one) => (one ? "second" : "seconds"),
    minute: (one) => (one ? "minute" : "minutes"),
    hour: (one) => (one ? "hour" : "hours"),
  },
  day: (one) => (one ? "day" : "days"),
  month: (one) => (one ? "month" : "months"),
  hourly: "hourly",
  daily: "daily",
  every: (span) => `every ${span}`,
  joins: null,
  times: "×",
  points: "pt",
};

const hi: TimeWords = {
  months: null,
  longMonths: null,
  weekdays: null,
  today: "आज",
  yesterday: "कल",
  tomorrow: "आने वाले कल",
  justNow: "अभी",
  ago: (span) => `${span} पहले`,
  upTo: (span) => `${span} तक`,
  units: { second: "सेकंड", minute: "मिनट", hour: "घंटे" },
  longUnits: { second: () => "सेकंड", minute: () => "मिनट", hour: (one) => (one ? "घंटा" : "घंटे") },
  day: () => "दिन",
  month: (one) => (one ? "महीना" : "महीने"),
  hourly: "हर घंटे",
  daily: "रोज़",
  every: (span) => `हर ${span} में`,
  joins: null,
  times: "×",
  points: "अंक",
};

const assamese: TimeWords = {
  months: ["জানু", "ফেব্ৰু", "মাৰ্চ", "এপ্ৰিল", "মে’", "জুন", "জুলাই", "আগ", "ছেপ্তে", "অক্টো", "নৱে", "ডিচে"],
  longMonths: [
    "জানুৱাৰী",
    "ফেব্ৰুৱাৰী",
    "মাৰ্চ",
    "এপ্ৰিল",
    "মে’",
    "জুন",
    "জুলাই",
    "আগষ্ট",
    "ছেপ্তেম্বৰ",
    "অক্টোবৰ",
    "নৱেম্বৰ",
    "ডিচেম্বৰ",
  ],
  weekdays: ["দেও", "সোম", "মঙ্গল", "বুধ", "বৃহ", "শুক্ৰ", "শনি"],
  today: "আজি",
  yesterday: "কালি",
  tomorrow: "কাইলৈ",
  justNow: "এইমাত্ৰ",
  ago: (span) => `${span} আগতে`,
  upTo: (span) => `${span}লৈকে`,
  units: { second: "ছেকেণ্ড", minute: "মিনিট", hour: "ঘণ্টা" },
  longUnits: { second: () => "ছেকেণ্ড", minute: () => "মিনিট", hour: () => "ঘণ্টা" },
  day: () => "দিন",
  month: () => "মাহ",
  hourly: "প্ৰতি ঘণ্টাত",
  daily: "প্ৰতিদিনে",
  every: (span) => `প্ৰতি ${span}ত`,
  joins: { conjunction: "আৰু", disjunction: "বা" },
  times: "×",
  points: "পইণ্ট",
};

export const timeWords: Readonly<Record<Language, TimeWords>> = { en, hi, as: assamese };
