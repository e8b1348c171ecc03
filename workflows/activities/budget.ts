/** Counts the failures that nobody understands; where they are too many, the platform pauses the sync, says so, and keeps the data. */
import type { TenantTransaction } from "@headwater/db";
import { countedOn, noFailures, ruleThatFired, waitAfter } from "../lifecycle/budget.ts";
import type { Failures } from "../lifecycle/budget.ts";
import type { AtGeneration, RunResult } from "./contract.ts";
import type { RowDeps } from "./deps.ts";
import { shortly } from "./failure.ts";
import { readIntent } from "./reading.ts";
import { tellTroubles } from "./telling-troubles.ts";
import { tellOfPause } from "./telling.ts";
import { announce, audit, inTenantOf } from "./writing.ts";

export const countFailure = (deps: RowDeps, ref: AtGeneration, said: string, hadProgress = false): Promise<RunResult> =>
  inTenantOf(deps, ref, async (tx) => {
    const [row] = await tx.sql<{ failures: Partial<Failures>; intentVersion: number }[]>`
      select failures, intent_version as "intentVersion" from datasources
      where id = ${ref.datasourceId} and generation = ${ref.generation} for no key update`;
    const read = () => readIntent(tx, ref.datasourceId, deps.platformRules);
    if (row === undefined) return { kind: "changed", retryAt: null, intentVersion: 0, intent: await read() };
    const failures = countedOn({ ...noFailures, ...row.failures }, hadProgress);
    const rule = ruleThatFired(failures, deps.budget);
    const kept = rule === null ? failures : noFailures;
    await tx.sql`
      update datasources set failures = ${JSON.stringify(kept)}::text::jsonb, last_attempt_at = now()
      where id = ${ref.datasourceId}`;
    if (rule === null) {
      const retryAt = Date.now() + waitAfter(failures, deps.budget);
      return { kind: "failed", retryAt, intentVersion: row.intentVersion };
    }
    await placeHold(tx, ref.datasourceId, { reason: "repeatedFailures", said, because: { rule, counters: failures } });
    return { kind: "changed", retryAt: null, intentVersion: row.intentVersion, intent: await read() };
  });

interface PlacedHold {
  readonly reason: "repeatedFailures" | "frozenAtSource";
  readonly said: string;
  /** It is looked at again then; without it when somebody resumes. */
  readonly forMs?: number;
  readonly because?: Readonly<Record<string, unknown>>;
}

/** One standing hold a reason. */
export async function placeHold(tx: TenantTransaction, datasourceId: string, hold: PlacedHold): Promise<void> {
  const { reason, forMs = null, because = {} } = hold;
  const said = shortly(hold.said);
  const detail = JSON.stringify({ ...because, said });
  const [placed] = await tx.sql<{ id: string }[]>`
    insert into holds (organisation_id, scope, datasource_id, reason, detail, until, by)
    select d.organisation_id, 'source', d.id, ${reason}, ${detail}::text::jsonb,
      now() + ${forMs}::float8 * interval '1 millisecond', '{"kind":"system","name":"engine"}'
    from datasources d where d.id = ${datasourceId} and not exists (select 1 from holds h
      where h.organisation_id = d.organisation_id and h.datasource_id = d.id and h.reason = ${reason}
        and h.released_at is null and (h.until is null or h.until > now()))
    returning id`;
  if (placed === undefined) return;
  await audit(tx, datasourceId, { verb: "holdPlaced", after: { ...because, reason, said } });
  await (reason === "frozenAtSource" ? tellTroubles(tx, [datasourceId]) : tellOfPause(tx, datasourceId));
  await announce(tx, datasourceId);
}
