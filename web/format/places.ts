/** What a browser knows of zones and currencies; guesses that the person may change. */
export function guessZone(): string {
  return presentName(new Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Kolkata");
}

/** Places that have been called otherwise for decades; some browsers still give the name of before. */
const presentNames: Readonly<Record<string, string>> = {
  "Africa/Asmera": "Africa/Asmara",
  "America/Godthab": "America/Nuuk",
  "Asia/Calcutta": "Asia/Kolkata",
  "Asia/Katmandu": "Asia/Kathmandu",
  "Asia/Rangoon": "Asia/Yangon",
  "Asia/Saigon": "Asia/Ho_Chi_Minh",
  "Atlantic/Faeroe": "Atlantic/Faroe",
  "Europe/Kiev": "Europe/Kyiv",
  "Pacific/Ponape": "Pacific/Pohnpei",
  "Pacific/Truk": "Pacific/Chuuk",
};

const presentName = (zone: string): string => presentNames[zone] ?? zone;

export function knownZones(): string[] {
  const zones = [...new Set(Intl.supportedValuesOf("timeZone").map(presentName))].toSorted();
  const guess = guessZone();
  return zones.includes(guess) ? zones : [guess, ...zones];
}

export function knownCurrencies(): string[] {
  return Intl.supportedValuesOf("currency");
}

const currencies: readonly (readonly [RegExp, string])[] = [
  [/^Asia\/Kolkata$/, "INR"],
  [/^Asia\/Kathmandu$/, "NPR"],
  [/^Asia\/Dhaka$/, "BDT"],
  [/^Asia\/Dubai$/, "AED"],
  [/^Asia\/Kuwait$/, "KWD"],
  [/^Asia\/Tokyo$/, "JPY"],
  [/^Asia\/Singapore$/, "SGD"],
  [/^Australia\//, "AUD"],
  [/^Europe\/(London|Belfast)$/, "GBP"],
  [/^Europe\/(Berlin|Paris|Madrid|Rome|Amsterdam|Brussels|Vienna|Dublin|Lisbon|Athens|Helsinki)$/, "EUR"],
];

export function currencyOfZone(zone: string): string {
  return currencies.find(([pattern]) => pattern.test(zone))?.[1] ?? "USD";
}
