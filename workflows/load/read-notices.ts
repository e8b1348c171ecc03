/**
 * What a source's pages say beside their records: a field that is denied, fewer rows than were counted. It stands with the
 * account, one of a kind for each stream, until nothing was heard of it for a day and then records come without it; when it
 * begins is told once in the timeline.
 */
import type { Notice } from "@headwater/connectors/contract.ts";
import type { Sql, TransactionSql } from "postgres";
import { isDeepStrictEqual } from "node:util";
import type { DatasourceRef } from "./contract.ts";
import { Fenced, inOrganisation } from "./fence.ts";
import { Superseded } from "./places.ts";
import type { Standing } from "../source/standing.ts";

/** Of one stream, in one call. */
export interface Heard {
  readonly stream: string;
  readonly hasRecords: boolean;
  readonly notices: readonly Notice[];
}

export interface ReadNotice extends Notice {
  readonly stream: string;
  /** An ISO instant. */
  readonly heardAt: string;
}

const DAY_MS = 86_400_000;
/** What is heard every hour is written down again as seldom as this. */
const AGAIN_MS = 6 * 3_600_000;

/** What stands after this; the very same list where nothing is to be written. */
export function noticesAfter(
  standing: readonly ReadNotice[],
  heard: readonly Heard[],
  now: Date,
): readonly ReadNotice[] {
  const heldByKind = new Map(standing.map((held) => [kindOf(held), held]));
  const after = new Map(standing.filter((held) => !isOver(held, heard, now)).map((held) => [kindOf(held), held]));
  for (const { stream, notices } of heard)
    for (const notice of notices) {
      const fresh = { ...notice, stream, heardAt: now.toISOString() };
      const held = heldByKind.get(kindOf(fresh));
      after.set(kindOf(fresh), held !== undefined && isSameStill(held, fresh) ? held : fresh);
    }
  const list = [...after.values()];
  return list.length === standing.length && list.every((notice, at) => notice === standing[at]) ? standing : list;
}

/** Of one right that is missing, and of the next, it is said apart. */
const kindOf = ({ stream, code, values }: ReadNotice): string => JSON.stringify([stream, code, values?.["scope"]]);

const ageOf = ({ heardAt }: ReadNotice, now: Date): number => now.getTime() - Date.parse(heardAt);

const isSameStill = (held: ReadNotice, fresh: ReadNotice): boolean =>
  ageOf(held, new Date(fresh.heardAt)) < AGAIN_MS && isDeepStrictEqual(held.values, fresh.values);

/** A page of records on which it is not said proves little: that of guests alone says nothing of customers. */
const isOver = (held: ReadNotice, heard: readonly Heard[], now: Date): boolean =>
  ageOf(held, now) >= DAY_MS && heard.some(({ stream, hasRecords }) => stream === held.stream && hasRecords);

/** As they stand in an account's details, whatever else is there. */
function readNoticesIn(details: Readonly<Record<string, unknown>> | undefined): ReadNotice[] {
  const stored = details?.["readNotices"];
  return Array.isArray(stored) ? stored.filter(isReadNotice) : [];
}

function isReadNotice(value: unknown): value is ReadNotice {
  if (typeof value !== "object" || value === null) return false;
  const fields = ["code", "stream", "heardAt"] as const;
  return fields.every(
    (name) => name in value && typeof Object.getOwnPropertyDescriptor(value, name)?.value === "string",
  );
}

/** Whether it is worth a statement, by what stood when the call began. */
export function changesNotices({ account, database_now: now }: Standing, heard: readonly Heard[]): boolean {
  const standing = readNoticesIn(account?.details);
  return noticesAfter(standing, heard, now) !== standing;
}

/**
 * In a transaction of the organisation. Looks again at what stands: another call may have heard something meanwhile. A read
 * that was paused has heard it all the same; after a disconnect nothing is written. The datasource is locked before its
 * account, as everywhere.
 */
export async function keepReadNotices(tx: TransactionSql, ref: DatasourceRef, heard: readonly Heard[]): Promise<void> {
  const alive = await tx.unsafe(
    `select 1 from datasources where organisation_id = $1 and id = $2 and generation = $3 and disconnected_at is null for share`,
    [ref.organisationId, ref.datasourceId, ref.generation],
  );
  if (alive.length === 0) return;
  const [account] = await tx.unsafe<[{ id: string; details: Record<string, unknown>; now: Date }?]>(
    `select a.id, a.details, now() from accounts as a join datasources as d on d.organisation_id = a.organisation_id and d.account_id = a.id
     where d.organisation_id = $1 and d.id = $2 for no key update of a`,
    [ref.organisationId, ref.datasourceId],
  );
  if (account === undefined) return;
  const standing = readNoticesIn(account.details);
  const after = noticesAfter(standing, heard, account.now);
  if (after === standing) return;
  await tx.unsafe(
    `update accounts set details = jsonb_set(details, '{readNotices}', $3::jsonb) where organisation_id = $1 and id = $2`,
    [ref.organisationId, account.id, after.map((notice) => ({ ...notice }))],
  );
  const known = new Set(standing.map(kindOf));
  const begun = after.filter((notice) => !known.has(kindOf(notice)));
  for (const [stream, notices] of Map.groupBy(begun, (notice) => notice.stream))
    await tx.unsafe(
      `select append_audit('{"kind":"system","name":"engine"}', 'sourceNoticed', 'datasource', $1::uuid::text, $1::uuid, null,
         $2::jsonb), announce_change($1::uuid)`,
      [ref.datasourceId, { stream, notices: notices.map(({ code, values }) => ({ code, ...(values && { values }) })) }],
    );
}

/** Of a read that failed: its next attempt goes on behind the pages that said it. What went wrong is told by itself. */
export async function keepDespite(
  sql: Sql,
  ref: DatasourceRef,
  heard: readonly Heard[],
  error: unknown,
): Promise<void> {
  if (error instanceof Fenced || error instanceof Superseded) return;
  if (heard.every(({ notices }) => notices.length === 0)) return;
  await inOrganisation(sql, ref, (tx) => keepReadNotices(tx, ref, heard)).catch(() => undefined); // a database that is away is the failure
}
