import type { RejectedRecord, SourceRecord } from "../../records.ts";

export type Mapped = { readonly records: readonly SourceRecord[]; readonly rejected: readonly RejectedRecord[] };

/** What a child needs of its order: whose it is, and the version that it was read at. */
export type Parent = { readonly orderId: string; readonly versionAt: string };
