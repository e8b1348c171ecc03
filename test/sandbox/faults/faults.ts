// The rules in force, and which one the next request meets. Kept in the sandbox's file, so a restart breaks the same things.
import { storageHost } from "../shopify/bulk/links.ts";
import type { Store } from "../store.ts";
import type { FaultKind, FaultRule, Surface } from "./rule.ts";

export interface Fault {
  readonly id: number;
  readonly rule: FaultRule;
  readonly passed: number;
  readonly hits: number;
}

export interface FaultTarget {
  readonly host: string;
  readonly path: string;
  readonly body: string;
  readonly query: URLSearchParams;
}

export interface Faults {
  add(rule: FaultRule): number;
  end(id: number): void;
  endAll(): void;
  list(): readonly Fault[];
  /** The first rule that fits, counted as hit. */
  next(target: FaultTarget): Fault | null;
  /** For work that is no request: a bulk operation about to run. */
  nextBulk(shop: string): FaultRule | null;
  /** The same for a twin's work: `words` name it as a request's do. */
  nextOf(kinds: readonly FaultKind[], words: string): FaultRule | null;
}

function surfaceOf(target: FaultTarget): Surface {
  if (target.host === storageHost) return "download";
  if (target.path.endsWith("/graphql.json")) return "graphql";
  if (target.path === "/admin/oauth/access_token") return "token";
  return "authorize";
}

/** What breaks work, not requests. */
const workKinds: ReadonlySet<FaultKind> = new Set<FaultKind>(["bulkFailed", "reportFailed", "reportStuck"]);

const storedRule = (text: string): FaultRule => JSON.parse(text);

export function openFaults(store: Store): Faults {
  const active = new Map<number, { rule: FaultRule; passed: number; hits: number }>();
  // Written by `add` below.
  for (const row of store.all("select id, rule from faults where ended_at_ms is null"))
    active.set(Number(row["id"]), { rule: storedRule(String(row["rule"])), passed: 0, hits: 0 });

  const end = (id: number): void => {
    active.delete(id);
    store.run("update faults set ended_at_ms = ? where id = ? and ended_at_ms is null", Date.now(), id);
  };

  function meets(rule: FaultRule, target: FaultTarget): boolean {
    if (workKinds.has(rule.kind)) return false;
    if (rule.surface !== "any" && rule.surface !== surfaceOf(target)) return false;
    if (rule.shop !== null && rule.shop !== target.host && surfaceOf(target) !== "download") return false;
    const { match } = rule;
    if (match === null || target.body.includes(match) || target.path.includes(match)) return true;
    return target.query.toString().includes(match);
  }

  /** Spread evenly, not by chance: with 0.2 every fifth, and never more in a row than the share makes needful. */
  const isHit = (nth: number, share: number): boolean =>
    nth > 0 && Math.floor(nth * share) > Math.floor((nth - 1) * share);

  function take(id: number, entry: { rule: FaultRule; passed: number; hits: number }): Fault | null {
    const { rule } = entry;
    if (rule.untilMs !== null && rule.untilMs < Date.now()) {
      end(id);
      return null;
    }
    entry.passed += 1;
    if (!isHit(entry.passed - rule.skip, rule.share)) return null;
    entry.hits += 1;
    const fault = { id, ...entry };
    if (rule.count !== null && entry.hits >= rule.count) end(id);
    return fault;
  }

  return {
    add(rule) {
      store.run("insert into faults (rule, made_at_ms) values (?, ?)", JSON.stringify(rule), Date.now());
      const id = Number(store.first("select last_insert_rowid() as id")?.["id"]);
      active.set(id, { rule, passed: 0, hits: 0 });
      return id;
    },
    end,
    endAll: () => [...active.keys()].forEach(end),
    list: () => [...active].map(([id, entry]) => ({ id, ...entry })),
    next(target) {
      for (const [id, entry] of active) {
        const fault = meets(entry.rule, target) ? take(id, entry) : null;
        if (fault) return fault;
      }
      return null;
    },
    nextOf(kinds, words) {
      for (const [id, entry] of active) {
        const { kind, match } = entry.rule;
        if (!kinds.includes(kind) || (match !== null && !words.includes(match))) continue;
        const fault = take(id, entry);
        if (fault) return fault.rule;
      }
      return null;
    },
    nextBulk(shop) {
      for (const [id, entry] of active) {
        if (entry.rule.kind !== "bulkFailed" || (entry.rule.shop !== null && entry.rule.shop !== shop)) continue;
        const fault = take(id, entry);
        if (fault) return fault.rule;
      }
      return null;
    },
  };
}
