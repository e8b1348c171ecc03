// The common tongue of both sides of an audit: every record by kind and id, with its version and what it says.

export const auditedKinds = ["orders", "order_lines", "refunds", "transactions", "fulfilments"] as const;
export type AuditedKind = (typeof auditedKinds)[number];

export interface Fact {
  readonly kind: AuditedKind;
  /** The source's own number, without `gid://…`. */
  readonly id: string;
  readonly versionAt: string;
  readonly isDeleted: boolean;
  /** Amounts as decimals without trailing noughts, times as ISO seconds, the rest as text. */
  readonly says: Readonly<Record<string, string | null>>;
}

export type Facts = ReadonlyMap<string, Fact>;

export const factKey = (kind: AuditedKind, id: string): string => `${kind} ${id}`;

/** `55.00`, `55.0` and `55` are one amount; `-0` is none. */
export function plainAmount(text: string | null): string | null {
  if (text === null) return null;
  const bare = text.includes(".") ? text.replace(/0+$/, "").replace(/\.$/, "") : text;
  return bare === "-0" || bare === "" ? "0" : bare;
}

export const isoSecond = (time: Date | string | null): string | null =>
  time === null ? null : new Date(time).toISOString().replace(/\.000Z$/, "Z");
