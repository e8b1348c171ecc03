/** What stands of a datasource is one notice from its beginning to its end; whom a mail told of it is kept with it. */
import type { NoticeKind } from "@headwater/db/schema/values.ts";
import type { Detail, Telling } from "./mailing.ts";
import { announce } from "./writing.ts";

/** 1 where it is news: not known yet, or a step nearer. */
export async function raise(tx: Telling, datasourceId: string, kind: NoticeKind, detail: Detail): Promise<number> {
  const told = JSON.stringify(detail);
  const changed = await tx.sql`
    insert into notices as n (organisation_id, datasource_id, kind, detail)
    values (${tx.organisationId}, ${datasourceId}, ${kind}, ${told}::text::jsonb)
    on conflict (organisation_id, datasource_id, kind) where resolved_at is null
      do update set times = n.times + 1, last_at = now(), detail = excluded.detail where n.detail <> excluded.detail
    returning id`;
  if (changed.count > 0) await announce(tx, datasourceId);
  return changed.count;
}

/** Of these datasources, or of all. */
export async function close(
  tx: Telling,
  kind: NoticeKind,
  standing: readonly { readonly id: string }[],
  among: readonly string[] | null = null,
): Promise<number> {
  const closed = await tx.sql<{ id: string }[]>`
    update notices set resolved_at = now()
    where kind = ${kind} and resolved_at is null and datasource_id <> all(${standing.map(({ id }) => id)}::uuid[])
      and (${among === null ? null : [...among]}::uuid[] is null or datasource_id = any(${among === null ? null : [...among]}::uuid[]))
    returning datasource_id as id`;
  for (const { id } of closed) await announce(tx, id);
  return closed.length;
}

interface Mailed {
  readonly ids: readonly string[];
  readonly once: string;
  readonly people: readonly string[];
}

/** So that the same people hear of the same trouble that it is over. */
export async function keepMailed(tx: Telling, kind: NoticeKind, { ids, once, people }: Mailed): Promise<void> {
  await tx.sql`
    update notices set mailed_as = ${once}, mailed_to = ${[...people]}::uuid[]
    where kind = ${kind} and resolved_at is null and datasource_id = any(${[...ids]}::uuid[])`;
}
