// A ledger's figures for each of its days, by the dossier's definitions, in whole minor units: what the product's days of
// costs must equal to the cent. A span is spread evenly, and what does not divide falls on its last day.
import { amountOf, dayText, type Cost } from "./ledger-seed.ts";

interface Share {
  readonly day: number;
  readonly minor: number;
}

/** An even share of a whole, the last one with what is left over. */
function share(minor: number, days: number, isLast: boolean): number {
  const even = Math.trunc(minor / days);
  return isLast ? minor - even * (days - 1) : even;
}

const dateOf = (day: number): Date => new Date(day * 86_400_000);
const daysOfMonth = (day: number): number => {
  const date = dateOf(day);
  return new Date(Date.UTC(date.getUTCFullYear(), date.getUTCMonth() + 1, 0)).getUTCDate();
};
const daysOfYear = (day: number): number => {
  const year = dateOf(day).getUTCFullYear();
  return (Date.UTC(year + 1, 0, 1) - Date.UTC(year, 0, 1)) / 86_400_000;
};
const isYearsEnd = (day: number): boolean => dateOf(day + 1).getUTCFullYear() !== dateOf(day).getUTCFullYear();

function recurringShare(cost: Cost, day: number): number {
  switch (cost.recurrence) {
    case "weekly":
      return share(cost.minor, 7, (day - cost.first) % 7 === 6);
    case "monthly":
      return share(cost.minor, daysOfMonth(day), dateOf(day + 1).getUTCDate() === 1);
    case "yearly":
      return share(cost.minor, daysOfYear(day), isYearsEnd(day));
    case "daily":
    case "none":
      return cost.minor;
  }
}

function* sharesOf(cost: Cost, until: number): Generator<Share> {
  const isSpread = cost.recurrence === "none";
  const last = cost.last ?? (isSpread ? cost.first : until);
  const days = last - cost.first + 1;
  for (let day = cost.first; day <= Math.min(last, until); day += 1)
    yield { day, minor: isSpread ? share(cost.minor, days, day === last) : recurringShare(cost, day) };
}

/** By day and currency, up to and with a day; what comes to nothing is left out. */
export function figuresByDay(costs: readonly Cost[], until: number): Readonly<Record<string, string>>[] {
  const sums = new Map<string, Map<string, number>>();
  for (const cost of costs)
    for (const { day, minor } of sharesOf(cost, until)) {
      const key = `${dayText(day)} ${cost.currency}`;
      const figures = sums.get(key) ?? new Map<string, number>();
      sums.set(key, figures);
      for (const metric of [`cost_${cost.type}`, ...(cost.isAdSpend ? ["cost_ad_spend"] : [])])
        figures.set(metric, (figures.get(metric) ?? 0) + minor);
    }
  return [...sums]
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([key, figures]) => {
      const [day = "", currency = ""] = key.split(" ");
      const amounts = [...figures].map(([metric, minor]) => [metric, amountOf({ minor, currency })]);
      return { day, currency, ...Object.fromEntries(amounts) };
    });
}
