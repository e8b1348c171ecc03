// Two years of a merchant's costs, from a seed: nothing is stored. A cost is written down late, is put right days later
// (its amount, sometimes its day), and one in twelve is taken back; so days that have passed go on changing as the clock moves.
import { seededRandom, type Random } from "../random.ts";

const costTypes = ["fixed", "marketing", "shipping", "other"] as const;
export type CostType = (typeof costTypes)[number];
const recurrences = ["none", "daily", "weekly", "monthly", "yearly"] as const;
export type Recurrence = (typeof recurrences)[number];

export interface LedgerSeed {
  readonly name: string;
  /** About so many costs a day. */
  readonly perDay: number;
  readonly days: number;
}

/** `ledger.csv` is small enough to be pulled beside everything else; `large-ledger.csv` takes an importer a while. */
export const ledgerSeeds: readonly LedgerSeed[] = [
  { name: "ledger.csv", perDay: 8, days: 730 },
  { name: "large-ledger.csv", perDay: 40, days: 730 },
];

/** As it stands on some day. Days are whole numbers since 1970; money is in minor units of its currency. */
export interface Cost {
  readonly id: string;
  readonly name: string;
  readonly type: CostType;
  readonly currency: string;
  readonly minor: number;
  readonly first: number;
  /** Null: that one day, or for ever where it recurs. */
  readonly last: number | null;
  readonly recurrence: Recurrence;
  readonly isAdSpend: boolean;
  /** Taken back: the file says so, and it counts no more. */
  readonly isGone: boolean;
}

const DAY_MS = 86_400_000;
export const dayText = (day: number): string => new Date(day * DAY_MS).toISOString().slice(0, 10);
export const dayNumber = (text: string): number => Math.floor(Date.parse(text) / DAY_MS);

const currencies = ["INR", "INR", "INR", "USD", "JPY", "KWD", "BHD", "CLF"] as const;
const digits: Readonly<Record<string, number>> = { JPY: 0, KWD: 3, BHD: 3, CLF: 4 };
const digitsOf = (currency: string): number => digits[currency] ?? 2;

export function amountOf({ minor, currency }: Pick<Cost, "minor" | "currency">): string {
  const places = digitsOf(currency);
  const text = String(Math.abs(minor)).padStart(places + 1, "0");
  const whole = text.slice(0, text.length - places);
  return `${minor < 0 ? "-" : ""}${whole}${places === 0 ? "" : `.${text.slice(text.length - places)}`}`;
}

const names = [
  "Warehouse",
  "Packaging",
  'Poster "Monsoon", large',
  "Studio, north",
  "Courier",
  "Freelancer 🪷",
  "Rent",
];

/** All that is written down by a day, what was taken back included. */
export function* costsOn(seed: LedgerSeed, born: number, today: number): Generator<Cost> {
  for (let day = born; day <= today; day += 1) {
    const random = seededRandom("costs", seed.name, day);
    const count = random.whole(1, 2 * seed.perDay - 1);
    for (let n = 0; n < count; n += 1) {
      const cost = costOf(random, { day, n }, today);
      if (cost !== null) yield cost;
    }
    if ((day - born) % 60 === 0) yield recurring(random, `r-${day}`, day);
  }
}

/** Every draw is made whatever today is, so that a cost stays the same one. The first of each day comes on that day. */
function costOf(random: Random, { day, n }: { day: number; n: number }, today: number): Cost | null {
  const late = random.isChosen(0.8) ? 0 : random.whole(1, 3);
  const knownOn = day + (n === 0 ? 0 : late);
  const type = random.pick(costTypes);
  const currency = random.pick(currencies);
  const minor = random.whole(1, 900_000) * (random.isChosen(0.05) ? -1 : 1);
  const spread = random.isChosen(0.08) ? random.whole(2, 45) : 0;
  const name = random.pick(names);
  const isAdSpend = random.isChosen(0.5) && type === "marketing";
  const rightedOn = random.isChosen(0.12) ? knownOn + random.whole(1, 20) : null;
  const righted = { minor: random.whole(1, 900_000), by: random.isChosen(0.3) ? random.whole(-3, 3) : 0 };
  const goneOn = random.isChosen(1 / 12) ? knownOn + random.whole(2, 15) : null;
  if (today < knownOn) return null;
  const isRighted = rightedOn !== null && today >= rightedOn;
  const first = isRighted ? day + righted.by : day;
  return {
    id: `c-${day}-${n}`,
    name,
    type,
    currency,
    minor: isRighted ? righted.minor : minor,
    first,
    last: spread === 0 ? null : first + spread,
    recurrence: "none",
    isAdSpend,
    isGone: goneOn !== null && today >= goneOn,
  };
}

/** From then on, some for half a year and some for ever. */
function recurring(random: Random, id: string, day: number): Cost {
  const recurrence = random.pick(recurrences.slice(1));
  const last = random.isChosen(0.5) ? null : day + random.whole(30, 200);
  const minor = random.whole(1_000, 9_000_000);
  const currency = random.pick(currencies);
  return {
    id,
    name: "Rent",
    type: "fixed",
    currency,
    minor,
    first: day,
    last,
    recurrence,
    isAdSpend: false,
    isGone: false,
  };
}
