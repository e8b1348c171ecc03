// The append-only ledger: every request, and every record version that it served. What a version held is not copied
// here: it follows from the seed and the first `version` events, and is told again whenever the auditor asks.
import type { Store } from "./store.ts";

export interface RequestEntry {
  readonly requestId: string;
  readonly atMs: number;
  readonly shop: number | null;
  /** At the other platforms: the account by its own id. */
  readonly account: string | null;
  readonly surface: string;
  readonly operation: string;
  readonly status: number;
  readonly bytes: number;
  readonly tookMs: number;
  readonly fault: string | null;
  /** Whether the whole answer left the process. */
  readonly isWhole: boolean;
}

export interface Ledger {
  request(entry: RequestEntry): void;
  served(
    requestId: string,
    shop: number,
    records: readonly (readonly [kind: string, n: number, version: number])[],
  ): void;
}

export function openLedger(store: Store): Ledger {
  const numberOf = (requestId: string): number => {
    const row = store.first("select id from requests where request_id = ? order by id desc limit 1", requestId);
    return Number(row?.["id"] ?? 0);
  };
  return {
    request(entry) {
      store.run(
        "insert into requests (request_id, at_ms, shop, account, surface, operation, status, bytes, took_ms, fault, whole) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        entry.requestId,
        entry.atMs,
        entry.shop,
        entry.account,
        entry.surface,
        entry.operation,
        entry.status,
        entry.bytes,
        entry.tookMs,
        entry.fault,
        entry.isWhole ? 1 : 0,
      );
    },
    served(requestId, shop, records) {
      if (records.length === 0) return;
      store.transaction(() => {
        const request = numberOf(requestId);
        for (const [kind, n, version] of records) {
          store.run(
            "insert into served (request, shop, kind, n, version) values (?, ?, ?, ?, ?)",
            request,
            shop,
            kind,
            n,
            version,
          );
        }
      });
    },
  };
}
