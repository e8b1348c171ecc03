/** The first steps of an organisation, told from its own rows: nothing is ticked by hand, and nothing is written down. */
import { sql } from "drizzle-orm";
import { knownPlatform } from "./catalog.ts";
import { countingDays } from "./counting.ts";
import { isDead, readDatasources } from "./datasources.ts";
import type { DatasourceView } from "./datasources.ts";
import { addDays, dayIn } from "./days.ts";
import type { Day } from "./days.ts";
import { ROLLUP_KEYS, yieldsOrders } from "./metrics.ts";
import type { OrganisationRow } from "./organisation.ts";
import { readFirstAgreed, readNewestCheck } from "./spot-checks.ts";
import type { SpotCheckRow } from "./spot-checks.ts";
import { textArray } from "./transaction.ts";
import type { Transaction } from "./transaction.ts";

export interface Step<Name extends string> {
  readonly name: Name;
  readonly state: "DONE" | "NOW" | "LATER";
  readonly doneAt: Date | null;
}

export interface OnboardingView {
  readonly steps: readonly Step<"CONNECT" | "FIRST_NUMBERS" | "CHECK_ONE">[];
  readonly checks: readonly Step<"DATA_PANEL" | "YESTERDAY" | "SPOT_CHECK">[];
  readonly isDone: boolean;
  readonly dismissedAt: Date | null;
  /** The newest number that stands beside the source's own. */
  readonly spotCheck: SpotCheckRow | null;
}

const earliest = (times: readonly (Date | null | undefined)[]): Date | null =>
  times.reduce<Date | null>((first, at) => (at != null && (first === null || at < first) ? at : first), null);

/** The first that is not done is the one to do now. */
function inTurn<Name extends string>(done: readonly (readonly [Name, Date | null])[]): Step<Name>[] {
  const now = done.findIndex(([, at]) => at === null);
  return done.map(([name, doneAt], place) => ({
    name,
    doneAt,
    state: doneAt !== null ? "DONE" : place === now ? "NOW" : "LATER",
  }));
}

export async function readOnboarding(db: Transaction, row: OrganisationRow, now: Date): Promise<OnboardingView> {
  const ever = (await readDatasources(db, now)).filter(isSource);
  const views = ever.filter(({ status }) => status.standing === "datasource");
  const idsOf = (those: readonly DatasourceView[]) => those.map((view) => view.row.id);
  const [yesterday, agreed, spotCheck] =
    ever.length === 0
      ? [null, null, null]
      : await Promise.all([
          seenYesterday(db, ever, row, now),
          readFirstAgreed(db, idsOf(ever)),
          readNewestCheck(db, idsOf(views)),
        ]);
  const firstAgreed = (those: readonly DatasourceView[]) => earliest(idsOf(those).map((id) => agreed?.get(id)));
  // What was done stays done, though what it was done with has been replaced or disconnected since.
  const steps = inTurn([
    ["CONNECT", earliest(ever.map((view) => view.row.connectedAt))],
    ["FIRST_NUMBERS", earliest(ever.map((view) => view.row.firstNumbersAt))],
    ["CHECK_ONE", firstAgreed(ever)],
  ]);
  const checks = inTurn([
    ["DATA_PANEL", earliest(views.map((view) => (hasSynced(view) ? view.row.connectedAt : null)))],
    ["YESTERDAY", yesterday],
    ["SPOT_CHECK", firstAgreed(views)],
  ]);
  return {
    steps,
    checks,
    isDone: steps.every(({ state }) => state === "DONE"),
    dismissedAt: row.onboardingDismissedAt,
    spotCheck,
  };
}

/** Its numbers come from elsewhere: files of one's own are no source to be checked against. */
const isSource = ({ row }: DatasourceView): boolean => !knownPlatform(row.platform).methods.includes("upload");

/** As the DATA panel says it now. */
const hasSynced = (view: DatasourceView): boolean => !isDead(view) && view.row.lastSuccessAt !== null;

/**
 * When the brand's yesterday was first counted: something of it is there, or the day is in and there was nothing. Where a
 * store stands, its orders are what is looked for: spend beside empty sales is no yesterday.
 */
async function seenYesterday(
  db: Transaction,
  ever: readonly DatasourceView[],
  { zone }: OrganisationRow,
  now: Date,
): Promise<Date | null> {
  const yesterday = addDays(dayIn(now, zone), -1);
  const standing = ever.filter(({ status, row }) => status.standing === "datasource" || row.countsUntil !== null);
  const stores = standing.filter(({ row }) => yieldsOrders(knownPlatform(row.platform)));
  const counts = countingDays(ever.map(({ row }) => row));
  const views = (stores.length > 0 ? stores : standing).filter(
    ({ row: { accountId } }) => accountId === null || counts(accountId, yesterday),
  );
  const accounts = views.flatMap(({ row }) => row.accountId ?? []);
  const [counted] = await db.execute<{ at: string | null }>(sql`
    select min(updated_at)::text as at from rollups where day = ${yesterday}::date
      and account_id = any(${textArray(accounts)}::uuid[]) and metric = any(${textArray(ROLLUP_KEYS)}::text[])`);
  if (counted?.at != null) return new Date(counted.at);
  return earliest(views.map((view) => (hasWhole(yesterday, view, zone) ? view.row.lastSuccessAt : null)));
}

function hasWhole(day: Day, { row, account }: DatasourceView, zone: string): boolean {
  const { completeThrough, firstNumbersAt, deleteData, dataDeletedAt } = row;
  if (deleteData || dataDeletedAt !== null) return false;
  return completeThrough !== null && firstNumbersAt !== null && dayIn(completeThrough, account?.zone ?? zone) > day;
}
