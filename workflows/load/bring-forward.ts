/**
 * Days that are wanted first are put before the rest of a history. Windows not begun yet are cut at the range's ends, so
 * that no day outside of it is read before; one that is begun keeps its length and only moves up.
 */
import type { Stream } from "@headwater/connectors/contract.ts";
import type { TransactionSql } from "postgres";
import type { DatasourceRef, LoadDeps } from "./contract.ts";
import { dayAfter, dayStart } from "./days.ts";

export interface WantedDays {
  /** The first and the last day, in the account's zone. */
  from: string;
  to: string;
  stream?: string;
}

interface OpenSlice {
  id: string;
  run_id: string;
  stream: string;
  from_at: Date;
  to_at: Date;
  is_begun: boolean;
  zone: string;
  platform: string;
  version: number;
}

const openSlices = `
  select s.id, s.run_id, s.stream, s.from_at, s.to_at, s.state <> 'queued' or s.cursor is not null as is_begun,
    coalesce(a.zone, 'UTC') as zone, d.platform, r.plan_version + 1 as version
  from datasources as d
    join runs as r on r.organisation_id = d.organisation_id and r.datasource_id = d.id and r.kind = 'backfill' and r.finished_at is null
    join slices as s on s.organisation_id = r.organisation_id and s.run_id = r.id
    left join accounts as a on a.organisation_id = d.organisation_id and a.id = d.account_id
  where d.organisation_id = $1 and d.id = $2 and s.from_at is not null and s.state in ('queued', 'running')
  order by s.position for update of s`;

/** How many windows came first by it; none: they are all in, or being read. */
export async function bringForward(
  deps: Pick<LoadDeps, "connectorOf">,
  tx: TransactionSql,
  ref: Pick<DatasourceRef, "organisationId" | "datasourceId">,
  wanted: WantedDays,
): Promise<number> {
  const open = await tx.unsafe<OpenSlice[]>(openSlices, [ref.organisationId, ref.datasourceId]);
  let moved = 0;
  for (const slice of open) {
    const streams = withCarried(deps.connectorOf(slice.platform)?.streams ?? [], slice.stream);
    if (wanted.stream !== undefined && !streams.includes(wanted.stream)) continue;
    const from = dayStart(wanted.from, slice.zone);
    const to = dayStart(dayAfter(wanted.to), slice.zone);
    if (slice.to_at <= from || slice.from_at >= to) continue;
    moved += 1;
    const part = { from: slice.from_at > from ? slice.from_at : from, to: slice.to_at < to ? slice.to_at : to };
    await tx.unsafe(
      `update slices set priority = $3, from_at = case when $4 then from_at else $5 end, to_at = case when $4 then to_at else $6 end
       where organisation_id = $1 and id = $2`,
      [ref.organisationId, slice.id, slice.version, slice.is_begun, part.from, part.to],
    );
    if (!slice.is_begun) await cutOff(tx, ref, { slice, part, streams });
  }
  const [first] = open;
  if (moved > 0 && first !== undefined)
    await tx.unsafe("update runs set plan_version = $3 where organisation_id = $1 and id = $2", [
      ref.organisationId,
      first.run_id,
      first.version,
    ]);
  return moved;
}

/** What of the window lies outside of the range is a window of its own, behind all others. */
async function cutOff(
  tx: TransactionSql,
  ref: Pick<DatasourceRef, "organisationId" | "datasourceId">,
  { slice, part, streams }: { slice: OpenSlice; part: { from: Date; to: Date }; streams: readonly string[] },
): Promise<void> {
  const rest = [
    { from: part.to, to: slice.to_at },
    { from: slice.from_at, to: part.from },
  ].filter(({ from, to }) => from < to);
  for (const { from, to } of rest)
    await tx.unsafe(
      `insert into slices (organisation_id, run_id, datasource_id, stream, from_at, to_at, position)
       select $1, $2, $3, $4, $5, $6, 1 + max(position) from slices where organisation_id = $1 and run_id = $2`,
      [ref.organisationId, slice.run_id, ref.datasourceId, slice.stream, from, to],
    );
  if (rest.length > 0)
    await tx.unsafe(
      `update progress set windows_total = windows_total + $4
       where organisation_id = $1 and datasource_id = $2 and stream = any($3::text[])`,
      [ref.organisationId, ref.datasourceId, streams, rest.length],
    );
}

const withCarried = (streams: readonly Stream[], name: string): string[] => [
  name,
  ...streams.filter(({ carriedBy }) => carriedBy === name).map((carried) => carried.name),
];
