/** Which scopes of a grant are of use: asked and granted side by side, and when each was used last. Decided here alone. */
import type { ScopeUse } from "@headwater/connectors/catalog-entry.ts";
import type { Connector } from "@headwater/connectors/contract.ts";

/** How far back the ledger of calls is looked through. */
export const LOOKED_BACK_DAYS = 90;
/** What was not used while calls were made for so long is of no use. */
export const UNUSED_DAYS = 30;
const DAY_MS = 86_400_000;

/** Calls by their names in the ledger, with the newest hour of each. */
export type CallHours = ReadonlyMap<string, Date>;

export interface ScopeStanding {
  readonly name: string;
  /** Null where it was not asked for. */
  readonly purpose: string | null;
  readonly isGranted: boolean;
  readonly isRequired: boolean;
  /** The hour in which it was used last. */
  readonly lastUsedAt: Date | null;
  readonly isUnused: boolean;
}

interface Granted {
  readonly scopes: readonly string[];
  readonly createdAt: Date;
}

export function scopesInUse(
  asked: readonly ScopeUse[],
  uses: Connector["uses"],
  grant: Granted,
  hours: CallHours,
): ScopeStanding[] {
  const granted = new Set(grant.scopes);
  const names = new Set(asked.map(({ scope }) => scope));
  const lastCallAt = newest([...hours.values()]);
  const standing = ({ scope, purpose, required }: Omit<ScopeUse, "purpose"> & { purpose: string | null }) => {
    const isGranted = granted.has(scope);
    const used = [...hours].filter(([call]) => scopesOfCall(uses, call).includes(scope)).map(([, hour]) => hour);
    const lastUsedAt = isGranted ? newest(used) : null;
    const isRead = Object.values(uses ?? {}).some((scopes) => scopes.includes(scope));
    const idleMs = (lastCallAt?.getTime() ?? 0) - (lastUsedAt ?? grant.createdAt).getTime();
    const isUnused = isGranted && !required && (!isRead || idleMs >= UNUSED_DAYS * DAY_MS);
    return { name: scope, purpose, isGranted, isRequired: required, lastUsedAt, isUnused };
  };
  const more = grant.scopes.filter((scope) => !names.has(scope));
  return [...asked, ...more.map((scope) => ({ scope, purpose: null, required: false }))].map(standing);
}

/** By its own name, else by the longest beginning that is known. */
function scopesOfCall(uses: Connector["uses"] = {}, call: string): readonly string[] {
  const known = Object.keys(uses).filter((name) => name === call || (name.endsWith(".") && call.startsWith(name)));
  const [closest] = known.toSorted((a, b) => b.length - a.length);
  return (closest === undefined ? null : uses[closest]) ?? [];
}

const newest = (hours: readonly Date[]): Date | null =>
  hours.length === 0 ? null : new Date(Math.max(...hours.map((hour) => hour.getTime())));
