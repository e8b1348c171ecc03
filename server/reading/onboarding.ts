/** The first steps of an organisation, told from its own rows: nothing is ticked by hand, and nothing is written down. */
import { readDatasources } from "./datasources.ts";
import type { DatasourceView } from "./datasources.ts";
import type { OrganisationRow } from "./organisation.ts";
import { readFirstEqual } from "./spot-checks.ts";
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
  const views = await readDatasources(db, now);
  const equal = views.length === 0 ? new Map<string, Date>() : await readFirstEqual(db, views.map(idOf));
  const connected = earliest(views.map((view) => view.row.connectedAt));
  const numbers = earliest(views.map((view) => view.row.firstNumbersAt));
  const checked = earliest([...equal.values()]);
  const steps = inTurn([
    ["CONNECT", connected],
    ["FIRST_NUMBERS", numbers],
    ["CHECK_ONE", checked],
  ]);
  const checks = inTurn([
    ["DATA_PANEL", earliest(views.map((view) => (view.row.lastSuccessAt === null ? null : view.row.connectedAt)))],
    ["YESTERDAY", numbers],
    ["SPOT_CHECK", checked],
  ]);
  return {
    steps,
    checks,
    isDone: steps.every(({ state }) => state === "DONE"),
    dismissedAt: row.onboardingDismissedAt,
  };
}

const idOf = ({ row }: DatasourceView) => row.id;
