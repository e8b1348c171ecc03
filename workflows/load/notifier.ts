/**
 * Says that a datasource's rows moved: ids only, alone in its statement, at most twice a second each. NOTIFY takes a
 * database-wide lock at commit, so it never rides in a batch.
 */
import type { DatasourceId, OrganisationId } from "@headwater/db";
import type { Sql } from "postgres";

const LEAST_MS = 500;

interface Pending {
  lastAt: number;
  timer: NodeJS.Timeout | null;
}

const pendingByPayload = new Map<string, Pending>();

export function announce(sql: Sql, ref: { organisationId: OrganisationId; datasourceId: DatasourceId }): void {
  const payload = `${ref.organisationId}:${ref.datasourceId}`;
  let pending = pendingByPayload.get(payload);
  if (pending === undefined) {
    pending = { lastAt: 0, timer: null };
    if (pendingByPayload.size > 10_000) pendingByPayload.clear();
    pendingByPayload.set(payload, pending);
  }
  if (pending.timer !== null) return;
  const waitMs = Math.max(0, pending.lastAt + LEAST_MS - Date.now());
  const mine = pending;
  pending.timer = setTimeout(() => {
    mine.timer = null;
    mine.lastAt = Date.now();
    // Lost when the database is away: whoever listens reads everything again on coming back.
    sql.unsafe("select pg_notify('changed', $1)", [payload], { prepare: true }).catch(() => undefined);
  }, waitMs);
  pending.timer.unref();
}
