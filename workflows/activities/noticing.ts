/** Trouble that lasts is one row: opened once, counted on, closed when the source answers again. Who is told, is told of that. */
import type { TenantTransaction } from "@headwater/db";
import type { Json, NoticeKind } from "@headwater/db/schema/values.ts";
import type { FailureSummary, Ledger } from "../load/outcome.ts";
import { shortly } from "./failure.ts";

/** However many runs meet it, and however many of them at once. True where it was not known before. */
export async function raiseNotice(
  tx: TenantTransaction,
  datasourceId: string,
  kind: NoticeKind,
  detail: { readonly said: string; readonly [value: string]: Json },
): Promise<boolean> {
  const told = JSON.stringify({ ...detail, said: shortly(detail.said) });
  const [row] = await tx.sql<{ times: number }[]>`
    insert into notices as n (organisation_id, datasource_id, kind, detail)
    select organisation_id, id, ${kind}, ${told}::text::jsonb from datasources where id = ${datasourceId}
    on conflict (organisation_id, datasource_id, kind) where resolved_at is null
      do update set times = n.times + 1, last_at = now(), detail = excluded.detail
    returning times`;
  return row?.times === 1;
}

/** The source has retired the version of its interface that we use: connectors name it so, whatever the source calls it. */
const isRetired = ({ code }: FailureSummary): boolean => code.endsWith("Retired");

/** Streams that cannot be read; where it is for us alone to mend, said as that. */
export async function noticeFailedStreams(
  tx: TenantTransaction,
  datasourceId: string,
  failed: readonly { readonly stream: string; readonly failure: FailureSummary }[],
): Promise<void> {
  const { retired = [], other = [] } = Object.groupBy(failed, ({ failure }) =>
    isRetired(failure) ? "retired" : "other",
  );
  for (const [kind, those] of [
    ["versionRetired", retired],
    ["streamsFailed", other],
  ] as const) {
    const [first] = those;
    if (first === undefined) continue;
    await raiseNotice(tx, datasourceId, kind, { said: first.failure.said, streams: those.map(({ stream }) => stream) });
  }
}

/** The same of one window of a history: together with the streams that met it before. */
export async function noticeRetired(
  tx: TenantTransaction,
  datasourceId: string,
  stream: string,
  failure: FailureSummary,
): Promise<void> {
  if (!isRetired(failure)) return;
  const [standing] = await tx.sql<{ streams: string[] | null }[]>`
    select detail->'streams' as streams from notices
    where datasource_id = ${datasourceId} and kind = 'versionRetired' and resolved_at is null for update`;
  const streams = [...new Set([...(standing?.streams ?? []), stream])];
  await raiseNotice(tx, datasourceId, "versionRetired", { said: failure.said, streams });
}

/** The source has answered. A sync that ends well closes every kind itself, in its own statement. */
export async function closeNotices(tx: TenantTransaction, datasourceId: string, kind: NoticeKind): Promise<void> {
  await tx.sql`
    update notices set resolved_at = now()
    where datasource_id = ${datasourceId} and kind = ${kind} and resolved_at is null`;
}

/** From so many refused records on, and where they are half of what came, it is the source that has changed. */
const MANY_REFUSED = 5;

/** One poison record waits in quarantine and is nobody's news; a shape that no record has any more is. */
export async function noticeShape(
  tx: TenantTransaction,
  datasourceId: string,
  runId: string,
  ledger: Ledger,
): Promise<void> {
  const { read, rejected } = ledger;
  if (rejected === 0) return closeNotices(tx, datasourceId, "shapeChanged");
  if (rejected < MANY_REFUSED || rejected * 2 < read) return;
  const [most] = await tx.sql<{ said: string }[]>`
    select concat_ws(': ', reason, detail) as said from quarantine
    where datasource_id = ${datasourceId} and run_id = ${runId} and reason <> 'textReplaced'
    group by 1 order by count(*) desc limit 1`;
  await raiseNotice(tx, datasourceId, "shapeChanged", { said: most?.said ?? "", read, rejected });
}
