/** A datasource with all that its statuses are derived from: two statements, however many datasources. */
import { and, eq, getColumns, isNull, sql } from "drizzle-orm";
import type { SQL } from "drizzle-orm";
import { statement } from "@headwater/db";
import type { Pen } from "@headwater/db";
import { ACCOUNT_IS_READ_ON } from "@headwater/db/read-on.ts";
import { ROWS_HELD } from "@headwater/db/rows-held.ts";
import {
  accountCandidates,
  accounts,
  costFeeds,
  credentials,
  datasources,
  grants,
  organisations,
} from "@headwater/db/schema/tables.ts";
import { holds } from "@headwater/db/schema/tables.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { deriveStatus, needsAttention as statusNeedsAttention } from "@headwater/workflows/lifecycle/status.ts";
import type { DatasourceStatus } from "@headwater/workflows/lifecycle/status.ts";
import type { Facts } from "@headwater/workflows/lifecycle/facts.ts";
import { hoursOf, quietAround } from "@headwater/workflows/lifecycle/quiet-hours.ts";
import type { QuietHours } from "@headwater/workflows/lifecycle/quiet-hours.ts";
import { lateBefore, quietAt } from "@headwater/workflows/lifecycle/quiet.ts";
import type { Quiet } from "@headwater/workflows/lifecycle/quiet.ts";
import { outOfQuiet } from "@headwater/workflows/lifecycle/phases.ts";
import { factsOf } from "@headwater/workflows/lifecycle/rows.ts";
import { catalogPlace } from "./catalog.ts";
import { rejected } from "./rejected.ts";
import { ofThese, textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export type DatasourceRow = typeof datasources.$inferSelect;

/** Of each datasource's account and grant what pages and statuses ask for: a list reads them for every row of its own. */
const ofAccount = {
  id: accounts.id,
  externalId: accounts.externalId,
  name: accounts.name,
  domain: accounts.domain,
  currency: accounts.currency,
  zone: accounts.zone,
  details: accounts.details,
  choices: accounts.choices,
};
const ofGrant = {
  id: grants.id,
  platform: grants.platform,
  loginKey: grants.loginKey,
  holder: grants.holder,
  scopes: grants.scopes,
  credentialId: grants.credentialId,
  candidateCredentialId: grants.candidateCredentialId,
  endsAt: grants.endsAt,
  createdAt: grants.createdAt,
  verifiedAt: grants.verifiedAt,
};
export type AccountRow = Pick<typeof accounts.$inferSelect, keyof typeof ofAccount>;
export type GrantRow = Pick<typeof grants.$inferSelect, keyof typeof ofGrant>;
export type HoldRow = typeof holds.$inferSelect;

export interface DatasourceView {
  readonly row: DatasourceRow;
  readonly account: AccountRow | null;
  readonly grant: GrantRow | null;
  readonly facts: Facts;
  readonly status: DatasourceStatus;
  /** It is disconnected, and another datasource reads its account, or may yet: its undo is open. */
  readonly isAccountReadOn: boolean;
  /** Files of it are fetched, also where none has come yet. */
  readonly hasFeeds: boolean;
  /** Rows held, of all streams. */
  readonly rowsHeld: number;
  /** Its quiet hours around now; none where it has none. */
  readonly quiet: readonly Quiet[];
  /** Those that last now. */
  readonly lasting: Quiet | null;
  readonly quietHours: QuietHours | null;
}

/** When what waits to be judged came in. */
const candidateSince = sql<Date | null>`(
  select ${credentials.createdAt} from ${credentials} where ${credentials.organisationId} = ${grants.organisationId}
    and ${credentials.id} = ${grants.candidateCredentialId})`.mapWith(credentials.createdAt);

/** Accounts of the newest sign-in are written down and none is chosen yet. */
const listed = sql<boolean>`coalesce((
  select bool_and(${accountCandidates.state} <> 'chosen') and max(${accountCandidates.listedAt}) >= coalesce((
    select ${credentials.createdAt} from ${credentials} where ${credentials.organisationId} = ${datasources.organisationId}
      and ${credentials.id} = ${grants.candidateCredentialId}), '-infinity')
  from ${accountCandidates}
  where ${accountCandidates.organisationId} = ${datasources.organisationId}
    and ${accountCandidates.datasourceId} = ${datasources.id}), false)`;

const held = sql<number>`${sql.raw(ROWS_HELD)}`.mapWith(Number);

const accountReadOn = sql<boolean>`${datasources.disconnectedAt} is not null and ${sql.raw(ACCOUNT_IS_READ_ON)}`;

const hasFeeds = sql<boolean>`exists (
  select 1 from ${costFeeds} where ${costFeeds.organisationId} = ${datasources.organisationId}
    and ${costFeeds.datasourceId} = ${datasources.id} and ${costFeeds.removedAt} is null)`;

const datasourcesWhere = (pen: Pen, where: SQL | undefined) =>
  pen
    .select({
      row: getColumns(datasources),
      account: ofAccount,
      grant: ofGrant,
      candidateSince,
      accountsListed: listed,
      isAccountReadOn: accountReadOn,
      hasFeeds,
      rowsHeld: held,
      rejected,
      zone: organisations.zone,
    })
    .from(datasources)
    .leftJoin(organisations, eq(organisations.id, datasources.organisationId))
    .leftJoin(
      accounts,
      and(eq(accounts.organisationId, datasources.organisationId), eq(accounts.id, datasources.accountId)),
    )
    .leftJoin(grants, and(eq(grants.organisationId, datasources.organisationId), eq(grants.id, datasources.grantId)))
    .where(where);

const allDatasources = statement((pen) => datasourcesWhere(pen, undefined));
const theseDatasources = statement((pen) => datasourcesWhere(pen, ofThese(datasources.id)));
const standingHolds = statement((pen) => pen.select().from(holds).where(isNull(holds.releasedAt)));

export async function readDatasources(
  db: Transaction,
  now: Date,
  ids?: readonly DatasourceId[],
): Promise<DatasourceView[]> {
  if (ids?.length === 0) return [];
  const [rows, standing] = await Promise.all([
    ids === undefined ? allDatasources(db) : theseDatasources(db, { ids: textArray(ids) }),
    standingHolds(db),
  ]);
  return rows.map(({ row, account, grant, candidateSince: since, accountsListed, rowsHeld, zone, ...beside }) => {
    const { isAccountReadOn, hasFeeds: isFed } = beside;
    const facts = factsOf(row, {
      grant: grant === null ? null : { ...grant, candidateSince: since },
      holds: standing.filter((hold) => touches(hold, row)),
      accountsListed,
      rejected: beside.rejected,
    });
    const quietHours = hoursOf(row.quietFrom, row.quietTo, zone ?? "UTC");
    const quiet = quietHours === null ? [] : quietAround(quietHours, now.getTime());
    const lasting = quietAt(quiet, now.getTime());
    const status = deriveStatus(facts, now.getTime());
    return {
      row,
      account,
      grant,
      facts,
      status,
      isAccountReadOn,
      hasFeeds: isFed,
      rowsHeld,
      quiet,
      lasting,
      quietHours,
    };
  });
}

function touches(hold: HoldRow, row: DatasourceRow): boolean {
  switch (hold.scope) {
    case "source":
      return hold.datasourceId === row.id;
    case "organisation":
      return hold.organisationId === row.organisationId;
    case "platform":
      return hold.platform === row.platform;
    case "all":
      return true;
    default:
      return hold.scope satisfies never;
  }
}

export type Show = "ALL" | "CONNECTED" | "NEEDS_ATTENTION" | "FETCHING" | "PAUSED" | "BEING_CONNECTED" | "DISCONNECTED";
export interface DatasourceFilter {
  readonly show?: Show | null | undefined;
  readonly platform?: string | null | undefined;
}

/** A credential that no longer works: the DATA panel says Disconnected. */
export const isDead = (view: DatasourceView): boolean =>
  view.status.connectionReason !== null && view.status.connectionReason.code !== "expiringSoon";

/** Nothing of it is read until something changes, whatever was under way. */
export const standsStill = (view: DatasourceView): boolean =>
  view.status.standing === "disconnected" || view.status.dataSync === "INACTIVE" || isDead(view);

export const needsAttention = ({ status }: DatasourceView): boolean => statusNeedsAttention(status);

export function matches(view: DatasourceView, filter: DatasourceFilter | null | undefined, now: Date): boolean {
  if (filter?.platform !== undefined && filter.platform !== null && filter.platform !== view.row.platform) return false;
  const { standing, dataSync } = view.status;
  switch (filter?.show ?? "ALL") {
    case "ALL":
      return standing !== "disconnected" || (view.row.undoUntil !== null && view.row.undoUntil > now);
    case "CONNECTED":
      return standing === "datasource";
    case "NEEDS_ATTENTION":
      return needsAttention(view);
    case "FETCHING":
      return dataSync === "FETCHING_HISTORICAL_DATA";
    case "PAUSED":
      return dataSync === "INACTIVE" && !needsAttention(view);
    case "BEING_CONNECTED":
      return standing === "attempt";
    case "DISCONNECTED":
      return standing === "disconnected";
  }
}

/** What stands still has no next time, whatever its rhythm would be; what would fall into quiet hours comes after them. */
export function nextRunOf(view: DatasourceView): Date | null {
  const { row, quiet, lasting } = view;
  if (standsStill(view) || row.nextRunAt === null) return null;
  const dueAt = Math.max(row.nextRunAt.getTime(), lasting?.from ?? 0);
  return new Date(outOfQuiet(row.id, dueAt, row.cadenceMs, quiet));
}

/** When the quiet hours that last now end. */
export const endOfQuiet = ({ lasting }: DatasourceView): Date | null =>
  lasting === null ? null : new Date(lasting.to);

/** Two of its points were missed since then; none falls into quiet hours. */
export const isLateSince = (
  { row, quiet }: DatasourceView,
  last: Date,
  { now, intervalMs = row.cadenceMs }: { readonly now: Date; readonly intervalMs?: number },
): boolean => last.getTime() < lateBefore(now.getTime(), intervalMs, quiet);

/** By category, then name, always: places are learned. */
export const inOrder = (views: readonly DatasourceView[]): DatasourceView[] =>
  views
    .map((view) => ({ view, key: keyOf(view) }))
    .toSorted((a, b) => a.key.localeCompare(b.key))
    .map(({ view }) => view);
const keyOf = ({ row }: DatasourceView): string => `${catalogPlace(row.platform)} ${row.name} ${row.id}`;
