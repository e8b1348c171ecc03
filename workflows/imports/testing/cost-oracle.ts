/**
 * For tests: what costs come to by day, worked out by another way than the product's: one order, one line, one day after
 * the other, in whole numbers of a millionth of a millionth. Slow, and plain enough to be believed.
 */

export interface OracleCost {
  readonly id: string;
  readonly type: string;
  readonly basis: "total" | "per_unit" | "per_order" | "percent";
  readonly amount: string;
  readonly currency: string;
  readonly start: string;
  readonly end: string | null;
  readonly recurrence: "none" | "daily" | "weekly" | "monthly" | "yearly";
  readonly sku?: string;
  readonly variant?: string;
  readonly product?: string;
  readonly order?: string;
  readonly gateway?: string;
  readonly country?: string;
  readonly campaign?: string;
  readonly channel?: string;
  /** A share of ad spend; no shop has any. */
  readonly isOfAdSpend?: boolean;
  readonly name?: string;
  readonly isAdSpend?: boolean;
  /** Which file brought it as it stands, and on which line. */
  readonly since: number;
  readonly line: number;
}

export interface OracleLine {
  readonly id: string;
  readonly sku: string;
  readonly variant: string;
  readonly product: string;
  readonly quantity: number;
}
export interface OracleRefund {
  readonly id: string;
  readonly at: string;
  readonly returned: string;
  readonly lines: readonly { line: string; units: number }[];
}
export interface OracleOrder {
  readonly id: string;
  readonly name: string;
  readonly day: string;
  readonly net: string;
  readonly channel: string;
  readonly isTest: boolean;
  readonly isGone: boolean;
  readonly lines: readonly OracleLine[];
  readonly refunds: readonly OracleRefund[];
  readonly payments: readonly { gateway: string; amount: string; fee: string | null }[];
}
export interface OracleShop {
  readonly currency: string;
  readonly orders: readonly OracleOrder[];
  /** By variant. */
  readonly ownCosts: Readonly<Record<string, string>>;
}

const ONE = 10n ** 12n;
function toParts(text: string): bigint {
  const [whole = "0", rest = ""] = text.replace("-", "").split(".");
  const parts = BigInt(whole) * ONE + BigInt(rest.padEnd(12, "0").slice(0, 12));
  return text.startsWith("-") ? -parts : parts;
}
function fromParts(parts: bigint): string {
  const size = parts < 0n ? -parts : parts;
  const rest = String(size % ONE)
    .padStart(12, "0")
    .replace(/0+$/, "");
  return `${parts < 0n ? "-" : ""}${size / ONE}${rest === "" ? "" : `.${rest}`}`;
}

const times = (a: bigint, b: bigint): bigint => (a * b) / ONE;
export const nextDay = (day: string, by = 1): string =>
  new Date(Date.parse(`${day}T00:00:00Z`) + by * 86_400_000).toISOString().slice(0, 10);
const daysBetween = (a: string, b: string): number => Math.round((Date.parse(b) - Date.parse(a)) / 86_400_000);
const coins: Readonly<Record<string, bigint>> = { JPY: 1n, KWD: 1_000n, BHD: 1_000n, CLF: 10_000n };
const coin = (currency: string): bigint => ONE / (coins[currency] ?? 100n);

/** The n-th of so many even shares, counted from 0: whole coins, what is left over with the last. */
function shareOf(amount: bigint, currency: string, count: number, n: number): bigint {
  const even = (amount / coin(currency) / BigInt(count)) * coin(currency);
  return n === count - 1 ? amount - even * BigInt(count - 1) : even;
}

/** Which share of its period a day is. */
function placeOf(cost: OracleCost, day: string): { count: number; n: number } {
  const [year = 0, month = 1, date = 1] = day.split("-").map(Number);
  switch (cost.recurrence) {
    case "daily":
      return { count: 1, n: 0 };
    case "weekly":
      return { count: 7, n: daysBetween(cost.start, day) % 7 };
    case "monthly":
      return { count: new Date(Date.UTC(year, month, 0)).getUTCDate(), n: date - 1 };
    case "yearly":
      return {
        count: daysBetween(`${year}-01-01`, `${year + 1}-01-01`),
        n: daysBetween(`${year}-01-01`, day),
      };
    case "none":
      return { count: daysBetween(cost.start, cost.end ?? cost.start) + 1, n: daysBetween(cost.start, day) };
  }
}

const isValid = (cost: OracleCost, day: string): boolean => cost.start <= day && (cost.end === null || day <= cost.end);
/** However it is written; and the name that people know a channel by. */
const word = (text: string): string => text.toLowerCase().replaceAll(/[ _.-]/g, "");
const channelOf = (text: string): string => ({ onlinestore: "web", pointofsale: "pos" })[word(text)] ?? word(text);
const isSum = (cost: OracleCost): boolean =>
  cost.recurrence === "none" && (cost.basis === "total" || cost.basis === "per_order");
const names = (cost: OracleCost, order: OracleOrder): boolean =>
  cost.order !== undefined && [order.name.replace("#", ""), tail(order.id)].includes(cost.order);
const namesProduct = ({ sku, variant, product }: OracleCost): boolean => (sku ?? variant ?? product) !== undefined;
const tail = (id: string): string => id.split("/").at(-1) ?? id;

export class CostOracle {
  readonly #sums = new Map<string, bigint>();
  readonly #costs: readonly OracleCost[];
  readonly #shop: OracleShop;

  constructor(costs: readonly OracleCost[], shop: OracleShop) {
    this.#costs = costs;
    this.#shop = shop;
  }

  /** `metric day currency value`, without zeros. */
  between(first: string, last: string): string[] {
    for (let day = first; day <= last; day = nextDay(day)) this.#totals(day);
    for (const order of this.#shop.orders) if (!order.isTest && !order.isGone) this.#order(order);
    return [...this.#sums]
      .filter(([key, value]) => value !== 0n && (key.split(" ")[1] ?? "") >= first && (key.split(" ")[1] ?? "") <= last)
      .map(([key, value]) => `${key} ${fromParts(value)}`)
      .toSorted();
  }

  #add(day: string, cost: { type: string; isAdSpend?: boolean }, currency: string, value: bigint): void {
    for (const metric of [`cost_${cost.type}`, ...(cost.isAdSpend === true ? ["cost_ad_spend"] : [])]) {
      const key = `${metric} ${day} ${currency}`;
      this.#sums.set(key, (this.#sums.get(key) ?? 0n) + value);
    }
  }

  #totals(day: string): void {
    for (const cost of this.#costs) {
      if (cost.basis !== "total" || cost.order !== undefined || !isValid(cost, day)) continue;
      if (cost.recurrence === "none" && cost.end === null && day !== cost.start) continue;
      const { count, n } = placeOf(cost, day);
      this.#add(day, cost, cost.currency, shareOf(toParts(cost.amount), cost.currency, count, n));
    }
  }

  #order(order: OracleOrder): void {
    const isActual = order.payments.some(({ fee }) => fee !== null);
    const filed = this.#costs.filter((cost) => isSum(cost) && names(cost, order));
    const settled = new Set([...filed.map(({ type }) => type), ...(isActual ? ["payment_fee"] : [])]);
    for (const cost of filed)
      if (cost.type !== "payment_fee" || !isActual) this.#add(order.day, cost, cost.currency, toParts(cost.amount));
    for (const type of ["shipping", "handling", "payment_fee", "other"]) {
      if (settled.has(type)) continue;
      for (const line of order.lines) {
        const rule = this.#unitRule(line, order, type);
        if (rule) this.#add(order.day, rule, rule.currency, toParts(rule.amount) * BigInt(line.quantity));
      }
    }
    for (const rule of this.#orderRules(order)) if (!settled.has(rule.type)) this.#applyRule(order, rule);
    this.#goods(order, filed);
  }

  #applyRule(order: OracleOrder, rule: OracleCost): void {
    if (rule.basis === "per_order") return this.#add(order.day, rule, rule.currency, toParts(rule.amount));
    const rate = toParts(rule.amount) / 100n;
    this.#add(order.day, rule, this.#shop.currency, times(rate, toParts(order.net)));
    for (const refund of order.refunds)
      this.#add(refund.at.slice(0, 10), rule, this.#shop.currency, -times(rate, toParts(refund.returned)));
  }

  /** A file may speak of some orders only; not of some countries or campaigns, which no order tells. */
  #holdsFor(cost: OracleCost, order: OracleOrder): boolean {
    if (cost.country !== undefined || cost.campaign !== undefined || cost.order !== undefined) return false;
    if (cost.channel !== undefined && channelOf(cost.channel) !== channelOf(order.channel)) return false;
    return cost.gateway === undefined || word(cost.gateway) === word(paidBy(order));
  }

  #unitRule(line: OracleLine, order: OracleOrder, type: string): OracleCost | undefined {
    const rank = (cost: OracleCost): number => {
      if (cost.variant !== undefined) return cost.variant === tail(line.variant) ? 1 : 9;
      if (cost.sku !== undefined) return cost.sku.toLowerCase() === line.sku.toLowerCase() ? 2 : 9;
      if (cost.product !== undefined) return cost.product === tail(line.product) ? 3 : 9;
      return 4;
    };
    return this.#costs
      .filter((cost) => cost.basis === "per_unit" && cost.type === type && this.#holdsFor(cost, order))
      .filter((cost) => isValid(cost, order.day) && rank(cost) < 9)
      .toSorted((a, b) => rank(a) - rank(b) || narrowerFirst(a, b) || newerFirst(a, b))[0];
  }

  /** Of each name the one that began last. */
  #orderRules(order: OracleOrder): OracleCost[] {
    const rules = this.#costs.filter(
      (cost) =>
        (cost.basis === "per_order" || cost.basis === "percent") &&
        cost.type !== "cogs" &&
        cost.isOfAdSpend !== true &&
        cost.country === undefined &&
        cost.campaign === undefined &&
        cost.order === undefined &&
        !namesProduct(cost) &&
        isValid(cost, order.day),
    );
    const byName = Map.groupBy(rules, (cost) =>
      [cost.type, cost.basis, word(cost.gateway ?? ""), channelOf(cost.channel ?? ""), cost.name ?? ""].join("|"),
    );
    return [...byName.values()]
      .flatMap((same) => same.toSorted(newerFirst).slice(0, 1))
      .filter((cost) => this.#holdsFor(cost, order));
  }

  #goods(order: OracleOrder, filed: readonly OracleCost[]): void {
    const refunds = order.refunds.toSorted((a, b) => a.at.localeCompare(b.at) || a.id.localeCompare(b.id));
    const said = filed.filter(({ type }) => type === "cogs");
    if (said.length > 0) return this.#filedGoods(order, refunds, said);
    const isTold = this.#tells(order.day);
    for (const line of order.lines) {
      const rule = this.#unitRule(line, order, "cogs");
      const own = this.#shop.ownCosts[line.variant];
      const amount = rule?.amount ?? (isTold ? undefined : own);
      this.#count(order.day, "cost_units", line.quantity);
      if (amount === undefined) {
        if (!isTold) this.#count(order.day, "cost_units_without", line.quantity);
        continue;
      }
      const currency = rule?.currency ?? this.#shop.currency;
      this.#add(order.day, { type: "cogs" }, currency, toParts(amount) * BigInt(line.quantity));
      for (const { at, lines } of refunds)
        for (const back of lines)
          if (back.line === line.id)
            this.#add(at.slice(0, 10), { type: "cogs" }, currency, -toParts(amount) * BigInt(back.units));
    }
  }

  /** A file speaks of the day's goods as a whole. */
  #tells(day: string): boolean {
    const totals = this.#costs.filter(
      (cost) => cost.type === "cogs" && cost.basis === "total" && cost.order === undefined && isValid(cost, day),
    );
    if (totals.some(({ recurrence }) => recurrence !== "none")) return true;
    return [...Map.groupBy(totals, ({ currency }) => currency)].some(([currency, costs]) => {
      const parts = costs.map((cost) => {
        const { count, n } = placeOf(cost, day);
        return shareOf(toParts(cost.amount), currency, count, n);
      });
      return parts.reduce((sum, part) => sum + part, 0n) !== 0n;
    });
  }

  /** What came back takes its part of an order's cost in whole coins, the last of it all that is left. */
  #filedGoods(order: OracleOrder, refunds: readonly OracleRefund[], said: readonly OracleCost[]): void {
    const units = order.lines.reduce((sum, { quantity }) => sum + quantity, 0);
    if (units > 0) this.#count(order.day, "cost_units", units);
    for (const [currency, costs] of Map.groupBy(said, (cost) => cost.currency)) {
      const amount = costs.reduce((sum, cost) => sum + toParts(cost.amount), 0n);
      const until = (count: number): bigint =>
        count >= units ? amount : ((amount * BigInt(count)) / BigInt(units) / coin(currency)) * coin(currency);
      let soFar = 0;
      for (const { at, lines } of refunds) {
        const back = lines
          .filter(({ line }) => order.lines.some(({ id }) => id === line))
          .reduce((sum, line) => sum + line.units, 0);
        if (back === 0) continue;
        this.#add(at.slice(0, 10), { type: "cogs" }, currency, until(soFar) - until(soFar + back));
        soFar += back;
      }
    }
  }

  /** `reason currency rows money`: what these days would hold of it, and cannot. */
  leftOut(first: string, last: string): string[] {
    const found = new Map<string, { rows: number; money: bigint | null }>();
    for (const cost of this.#costs) {
      const reason = this.#whyLeftOut(cost);
      const isUndated = cost.order !== undefined && cost.start === "2000-01-01";
      if (reason === null || cost.start > last || (cost.end !== null && !isUndated && cost.end < first)) continue;
      const key = `${reason} ${cost.currency}`;
      const { rows, money } = found.get(key) ?? { rows: 0, money: null };
      found.set(key, { rows: rows + 1, money: reason === "order" ? (money ?? 0n) + toParts(cost.amount) : null });
    }
    return [...found]
      .map(([key, { rows, money }]) => `${key} ${rows} ${money === null ? "-" : fromParts(money)}`)
      .toSorted();
  }

  #whyLeftOut(cost: OracleCost): string | null {
    const { orders } = this.#shop;
    if (cost.order !== undefined) {
      if (!isSum(cost)) return "oneOrder";
      return orders.some((order) => !order.isTest && !order.isGone && names(cost, order)) ? null : "order";
    }
    if (cost.basis === "total") return null;
    if (cost.country !== undefined) return "country";
    if (cost.campaign !== undefined) return "campaign";
    if (cost.basis !== "per_unit" && namesProduct(cost)) return "product";
    // The shop has no ad account: no channel of ads is known, and ads have no gateway.
    if (cost.isOfAdSpend === true) return cost.channel === undefined ? null : "channel";
    if (cost.basis !== "per_unit" && cost.type === "cogs") return "goods";
    const { channel, gateway } = cost;
    if (channel !== undefined && orders.every((order) => channelOf(order.channel) !== channelOf(channel)))
      return "channel";
    const payments = orders.flatMap((order) => order.payments);
    return gateway !== undefined && payments.every((paid) => word(paid.gateway) !== word(gateway)) ? "gateway" : null;
  }

  #count(day: string, metric: string, units: number): void {
    const key = `${metric} ${day} PCS`;
    this.#sums.set(key, (this.#sums.get(key) ?? 0n) + BigInt(units) * ONE);
  }
}

const paidBy = ({ payments }: OracleOrder): string =>
  payments.toSorted((a, b) => (toParts(b.amount) > toParts(a.amount) ? 1 : -1))[0]?.gateway ?? "";
const narrowerFirst = (a: OracleCost, b: OracleCost): number =>
  Number(a.channel === undefined) - Number(b.channel === undefined) ||
  Number(a.gateway === undefined) - Number(b.gateway === undefined);
const newerFirst = (a: OracleCost, b: OracleCost): number =>
  b.start.localeCompare(a.start) || b.since - a.since || b.line - a.line;
