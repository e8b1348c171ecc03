/**
 * Replace: another account, or another platform, in the place of one that stands. The new row borrows the old one's slot;
 * the workflow moves it when the new one is proven. Until then, and if nobody comes home, the old one goes on.
 */
import { and, eq, isNull } from "drizzle-orm";
import { datasources } from "@headwater/db/schema/tables.ts";
import { connectAttemptId, datasourceId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import type { Context } from "../graphql/context.ts";
import { organisationNow } from "../graphql/organisation.ts";
import { DatasourceGone, InvalidInput, NotPossibleNow, PlatformUnavailable } from "../words/problems.ts";
import type { CommandRow } from "../reading/commands.ts";
import { dayIn, EARLIEST_DAY } from "../reading/days.ts";
import type { Day } from "../reading/days.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { refusalInWords } from "../words/reasons.ts";
import { already } from "./already.ts";
import { audit } from "./audit.ts";
import type { Target } from "./change.ts";
import { announce, giveCommand, lockDatasource, organisationIn, viewOf } from "./command.ts";
import type { Given } from "./command.ts";
import { begin, chooseWay, readAttempt, repeated, standingOn } from "./connect.ts";
import type { ConnectInput, Started } from "./connect.ts";
import { lockOrganisation } from "./slots.ts";

export interface Replacing extends Started {
  readonly replaced: DatasourceView;
  readonly command: CommandRow;
}

export async function replace(ctx: Context, target: Target, input: ConnectInput): Promise<Replacing> {
  const organisation = organisationIn(ctx);
  const attempt = connectAttemptId(idFor(organisation, `attempt ${input.idempotencyKey}`));
  const replacement = datasourceId(idFor(organisation, `datasource ${input.idempotencyKey}`));
  await lockOrganisation(ctx, organisation);
  const earlier = await readAttempt(ctx, attempt);
  const chosen = await chooseWay(ctx, input, earlier);
  const begun: Started[] = [];
  const args = { replacement, platform: chosen.entry.platform, ...chosen.params };
  const given = await askToReplace(ctx, target, { entry: chosen.entry, args }, async (old) => {
    const standing = await standingOn(ctx, chosen);
    if (standing !== null) throw await already(ctx, standing, standing.account?.name ?? standing.row.name);
    begun.push(await begin(ctx, { organisation, chosen, attempt, input, replaces: old }));
  });
  const [started] = begun;
  const again = earlier === null ? null : () => repeated(ctx, earlier, chosen);
  const trip = started ?? (await again?.());
  if (trip === undefined) throw new PlatformUnavailable(chosen.entry, null);
  return { ...trip, replaced: given.view, command: given.command };
}

/** The command is the old one's; `beginNew` makes the new one, by whichever way its platform is connected. */
export const askToReplace = (
  ctx: Context,
  target: Target,
  { entry, args }: { readonly entry: CatalogEntry; readonly args: JsonObject },
  beginNew: (old: DatasourceId) => Promise<void>,
): Promise<Given> =>
  giveCommand(ctx, { ...target, action: "REPLACE", kind: "replace", args }, async (view) => {
    if (!entry.takesSlot) throw new PlatformUnavailable(entry, null);
    await refuseSecond(ctx, view);
    return { also: () => beginNew(view.row.id) };
  });

/** One at a time takes its place. */
async function refuseSecond(ctx: Context, view: DatasourceView): Promise<void> {
  const [waiting] = await waitingFor(ctx, view.row.id);
  if (waiting !== undefined)
    throw new NotPossibleNow(refusalInWords({ allowed: false, because: "replacing" }, ctx.words), view);
}

/** Not proven yet: from then on it counts, and the old one is disconnected. */
const waitingFor = (ctx: Context, replaced: DatasourceId) =>
  ctx.db
    .select({ id: datasources.id })
    .from(datasources)
    .where(and(eq(datasources.replaces, replaced), isNull(datasources.countsFrom), isNull(datasources.disconnectedAt)));

export async function replacementOf(ctx: Context, { row }: DatasourceView): Promise<DatasourceView | null> {
  const id = row.replacedBy ?? (await waitingFor(ctx, row.id))[0]?.id ?? null;
  return id === null ? null : viewOf(ctx, id);
}

/**
 * Days before the switch count from the old account, later ones from the new: on which day that is, may be put right. No
 * command: the workflow has no part in it.
 */
export async function setSwitchDay(ctx: Context, target: Target, day: Day): Promise<DatasourceView> {
  // A switch has two sides, and a source may stand in two switches: whoever moves one looks at the days of the others.
  await lockOrganisation(ctx, organisationIn(ctx));
  if (target.datasource === null || (await lockDatasource(ctx, target.datasource)) === null) throw new DatasourceGone();
  const view = await viewOf(ctx, target.datasource);
  const { row } = view;
  if (row.replaces === null || row.countsFrom === null)
    throw new NotPossibleNow(refusalInWords({ allowed: false, because: "replacesNothing" }, ctx.words), view);
  await refuseDay(ctx, day, row);
  if (day === row.countsFrom) return view;
  await ctx.db.update(datasources).set({ countsFrom: day }).where(eq(datasources.id, row.id));
  await ctx.db.update(datasources).set({ countsUntil: day }).where(eq(datasources.id, row.replaces));
  for (const id of [row.id, row.replaces]) await announce(ctx, id);
  await audit(ctx, {
    verb: "datasource.switchDaySet",
    objectType: "datasource",
    objectId: row.id,
    datasourceId: row.id,
    before: { day: row.countsFrom },
    after: { day },
  });
  return viewOf(ctx, row.id);
}

/** A day that has begun for the brand, and none that another switch gave away: each counts from one of them. */
async function refuseDay(ctx: Context, day: Day, { replaces, countsUntil }: DatasourceView["row"]): Promise<void> {
  const { zone } = await organisationNow(ctx);
  if (day > dayIn(ctx.now, zone)) throw new InvalidInput([{ path: "day", message: ctx.words.say("input.future") }]);
  const before = replaces === null ? null : await ctx.load.datasource.load(replaces);
  const least = before?.row.countsFrom ?? EARLIEST_DAY;
  const most = countsUntil ?? dayIn(ctx.now, zone);
  if (day >= least && day <= most) return;
  const values = { least: ctx.words.day(least), most: ctx.words.day(most) };
  throw new InvalidInput([{ path: "day", message: ctx.words.say("input.between", values) }]);
}
