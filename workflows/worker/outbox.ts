/** Sends the rings that stayed behind: Temporal was away, or the API died between its commit and its ring. */
import { inTenant } from "@headwater/db";
import type { Database } from "@headwater/db";
import type { Counter } from "prom-client";
import type { Ringer } from "../client.ts";
import type { SourceLog } from "../source/contract.ts";
import { repeat } from "./repeat.ts";
import type { Loop } from "./repeat.ts";

interface Waiting {
  readonly organisationId: string;
  readonly datasourceId: string;
  readonly version: number;
  readonly ids: number[];
}

const EVERY_MS = 1_000;
/** The API rings by itself right after its commit; this much later it did not. */
const GRACE = "1 second";
const MOST = 200;
const AT_ONCE = 10;

/** Two rings for one version change nothing, so nothing is locked: a ring is marked after it was sent. */
export async function sendOutbox(db: Database, ringer: Ringer): Promise<number> {
  const waiting = await inTenant(
    db,
    null,
    (tx) => tx.sql<Waiting[]>`
    select organisation_id as "organisationId", datasource_id as "datasourceId", max(intent_version)::int as version,
      array_agg(id::float8) as ids
    from (select * from outbox where sent_at is null and created_at < now() - ${GRACE}::text::interval
      order by id limit ${MOST}) o
    group by organisation_id, datasource_id order by min(id)`,
  );
  for (let from = 0; from < waiting.length; from += AT_ONCE) {
    const some = waiting.slice(from, from + AT_ONCE);
    await Promise.all(some.map((ring) => ringer.ring(ring, ring.version)));
    const ids = some.flatMap((ring) => ring.ids);
    await inTenant(db, null, (tx) => tx.sql`update outbox set sent_at = now() where id = any(${ids}::bigint[])`);
  }
  return waiting.length;
}

export const keepSending = (db: Database, ringer: Ringer, log: SourceLog, rings: Counter<"outcome">): Loop =>
  repeat(EVERY_MS, async () => {
    try {
      rings.inc({ outcome: "sent" }, await sendOutbox(db, ringer));
    } catch (error) {
      rings.inc({ outcome: "failed" });
      log.warn("outbox waits", { error: String(error) });
    }
  });
