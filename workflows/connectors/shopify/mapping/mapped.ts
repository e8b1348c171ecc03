import type { RejectedRecord, SourceRecord } from "../../records.ts";

export type Mapped = { readonly records: readonly SourceRecord[]; readonly rejected: readonly RejectedRecord[] };

/** What a child needs of its order: whose it is, the version that it was read at, and whether its prices hold their tax. */
export type Parent = { readonly orderId: string; readonly versionAt: string; readonly taxesIncluded: boolean };
