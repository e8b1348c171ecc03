// The seeded ledgers as files, and what they come to: rows, figures by day and control totals, straight from the costs
// themselves and never from the text that was served.
import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import { DeskRefusal } from "../desk/shop-actions.ts";
import type { Store } from "../store.ts";
import type { Given } from "../twin.ts";
import { figuresByDay } from "./figures.ts";
import { amountOf, costsOn, dayNumber, dayText, ledgerSeeds, type Cost, type LedgerSeed } from "./ledger-seed.ts";
import type { ServedFile } from "./files.ts";

const DAY_MS = 86_400_000;
const columns =
  "cost_id,start_date,end_date,cost_type,basis,amount,currency,name,recurrence,is_ad_spend,action" as const;

export interface Ledgers {
  all(): ServedFile[];
  find(name: string): ServedFile | null;
  /** `rows`, `figures` or `control`; null where there is no such ledger. */
  look(what: string, name: string, query: URLSearchParams): object | null;
  /** `asOf`: the moment at which the ledgers stand still; empty lets them follow the clock again. */
  change(given: Given): object;
}

const cell = (text: string): string => (/[",]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text);

function lineOf(cost: Cost): string {
  const { id, first, last, type, currency, name, recurrence, isAdSpend, isGone } = cost;
  const ends = last === null ? "" : dayText(last);
  const flag = type === "marketing" ? (isAdSpend ? "yes" : "no") : "";
  const cells = [id, dayText(first), ends, type, "total", amountOf(cost), currency, name, recurrence, flag];
  return [...cells, isGone ? "delete" : "upsert"].map(cell).join(",");
}

export function openLedgers(store: Store, clock: Clock): Ledgers {
  store.exec(
    "create table if not exists cost_ledgers_told (sha256 text primary key, name text not null, day integer not null) strict",
  );
  const today = (): number => {
    const asOf = store.readSetting("costsAsOf");
    return Math.floor((asOf === undefined || asOf === "" ? clock.nowMs() : Number(asOf)) / DAY_MS);
  };
  const kept = store.readSetting("costsFirstDay");
  const anchor = kept === undefined ? Math.floor(clock.nowMs() / DAY_MS) : Number(kept);
  if (kept === undefined) store.writeSetting("costsFirstDay", String(anchor));
  const made = new Map<string, { readonly day: number; readonly file: ServedFile }>();
  const costs = (seed: LedgerSeed, day: number) => [...costsOn(seed, anchor - seed.days, day)];
  const fileOn = (seed: LedgerSeed, day: number): ServedFile => {
    const text = [columns, ...costs(seed, day).map(lineOf)].join("\n");
    const sha256 = createHash("sha256").update(text).digest("hex");
    store.run("insert into cost_ledgers_told values (?, ?, ?) on conflict do nothing", sha256, seed.name, day);
    return { name: seed.name, text, modifiedMs: day * DAY_MS, etag: `"${sha256.slice(0, 20)}"` };
  };
  const seedOf = (name: string) => ledgerSeeds.find((seed) => seed.name === name) ?? null;
  /** As of now, or as of the file of these bytes. */
  const dayOf = (seed: LedgerSeed, sha256: string | null): number => {
    if (sha256 === null) return today();
    const told = store.first("select day from cost_ledgers_told where sha256 = ? and name = ?", sha256, seed.name);
    if (told === undefined) throw new DeskRefusal(`${seed.name} was never a file of these bytes`);
    return Number(told["day"]);
  };
  const fileNow = (seed: LedgerSeed): ServedFile => {
    const day = today();
    const known = made.get(seed.name);
    if (known?.day === day) return known.file;
    const file = fileOn(seed, day);
    made.set(seed.name, { day, file });
    return file;
  };
  return {
    all: () => ledgerSeeds.map(fileNow),
    find(name) {
      const seed = seedOf(name);
      return seed === null ? null : fileNow(seed);
    },
    look(what, name, query) {
      const seed = seedOf(name);
      if (seed === null) return null;
      const day = dayOf(seed, query.get("sha256"));
      const all = costs(seed, day);
      const living = all.filter(({ isGone }) => !isGone);
      if (what === "rows") return living.map(toldRow);
      if (what === "figures") return figuresByDay(living, day);
      return what === "control" ? { day: dayText(day), rows: all.length, file: sums(all), stands: sums(living) } : null;
    },
    change({ asOf }) {
      const text = typeof asOf === "string" ? asOf : "";
      if (text !== "" && Number.isNaN(Date.parse(text))) throw new DeskRefusal("asOf is a moment, or empty");
      store.writeSetting("costsAsOf", text === "" ? "" : String(dayNumber(text) * DAY_MS));
      return { asOf: dayText(today()) };
    },
  };
}

const toldRow = (cost: Cost) => ({
  id: cost.id,
  first: dayText(cost.first),
  last: cost.last === null ? null : dayText(cost.last),
  type: cost.type,
  amount: amountOf(cost),
  currency: cost.currency,
  recurrence: cost.recurrence,
  isAdSpend: cost.isAdSpend,
});

const byKey = ([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number => (a < b ? -1 : 1);

/** Control totals: count and sum by type and currency. */
function sums(costs: readonly Cost[]): object[] {
  const bySort = Map.groupBy(costs, ({ type, currency }) => `${type} ${currency}`);
  return [...bySort].toSorted(byKey).map(([sort, of]) => {
    const [costType = "", currency = ""] = sort.split(" ");
    const minor = of.reduce((sum, cost) => sum + cost.minor, 0);
    return { costType, currency, count: of.length, amount: amountOf({ minor, currency }) };
  });
}
