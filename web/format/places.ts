/** What a browser knows of zones and currencies; guesses that the person may change. */
export function guessZone(): string {
  return new Intl.DateTimeFormat().resolvedOptions().timeZone || "Asia/Kolkata";
}

export function knownZones(): string[] {
  const zones = Intl.supportedValuesOf("timeZone");
  const guess = guessZone();
  return zones.includes(guess) ? zones : [guess, ...zones];
}

export function knownCurrencies(): string[] {
  return Intl.supportedValuesOf("currency");
}

const currencies: readonly (readonly [RegExp, string])[] = [
  [/^Asia\/(Kolkata|Calcutta)$/, "INR"],
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
