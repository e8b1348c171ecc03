/** The commands that change facts of a datasource that stands: one function each, thin over `giveCommand`. */
import { and, eq, inArray, isNotNull, isNull, ne, sql } from "drizzle-orm";
import { accountCandidates, costFeeds, datasources, grants, holds } from "@headwater/db/schema/tables.ts";
import { datasourceId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { RELEASED_BY_RESUME } from "@headwater/workflows/lifecycle/actions.ts";
import { wakeAfter } from "@headwater/workflows/lifecycle/phases.ts";
import { isNative } from "@headwater/connectors/authorization.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { actorOf } from "../access/caller.ts";
import type { Context } from "../graphql/context.ts";
import { DatasourceGone, InvalidInput, NotPossibleNow } from "../words/problems.ts";
import type { FieldProblem } from "../words/problems.ts";
import { isPrintable, tidied, wrongWithName } from "../words/names.ts";
import { refusalInWords } from "../words/reasons.ts";
import { readCandidates } from "../reading/commands.ts";
import { dayIn, EARLIEST_DAY } from "../reading/days.ts";
import { goOnWhereRoom } from "../organisations/plan.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceRow, DatasourceView } from "../reading/datasources.ts";
import { already } from "./already.ts";
import { giveCommand, lockWithSiblings, ringLater } from "./command.ts";
import type { Asked, Facts, Given } from "./command.ts";
import { twinOf } from "./same-account.ts";
import { freeSlot, lockOrganisation, takeSlots } from "./slots.ts";
import { organisationIn } from "./command.ts";

const UNDO_MS = 10 * 60_000;
const NOTE_LONGEST = 500;
const NAME_LONGEST = 120;
const CADENCE_LEAST_S = 900;
const CADENCE_MOST_S = 86_400;

export interface Target {
  readonly datasource: DatasourceId | null;
  readonly idempotencyKey: string;
}

export const refuse = (fields: readonly FieldProblem[]): void => {
  if (fields.length > 0) throw new InvalidInput(fields);
};

function noteIn(ctx: Context, text: string): string | null {
  const note = tidied(text);
  if (note.length > NOTE_LONGEST || !isPrintable(note))
    throw new InvalidInput([{ path: "note", message: ctx.words.say("input.text", { longest: NOTE_LONGEST }) }]);
  return note || null;
}

export function pause(
  ctx: Context,
  target: Target,
  input: { note?: string | null | undefined; until?: Date | null | undefined },
): Promise<Given> {
  const note = input.note == null ? null : noteIn(ctx, input.note);
  if (input.until != null && input.until <= ctx.now) refuse([{ path: "until", message: ctx.words.say("input.past") }]);
  const args = { note, until: input.until?.toISOString() ?? null };
  return giveCommand(ctx, { ...target, action: "PAUSE", kind: "pause", args }, () => ({
    facts: {
      userPausedAt: ctx.now,
      userPausedBy: actorOf(ctx.caller),
      userPausedUntil: input.until ?? null,
      userPausedNote: note,
    },
  }));
}

const notPaused = { userPausedAt: null, userPausedBy: null, userPausedUntil: null, userPausedNote: null };

/** Whoever resumes has seen what made the hold too, and has the source asked again. */
export function resume(ctx: Context, target: Target): Promise<Given> {
  return giveCommand(ctx, { ...target, action: "RESUME", kind: "resume", args: {} }, ({ row }) => ({
    facts: notPaused,
    before: { pausedAt: row.userPausedAt?.toISOString() ?? null },
    also: async () => {
      await ctx.db
        .update(holds)
        .set({ releasedAt: ctx.now })
        .where(
          and(
            eq(holds.datasourceId, row.id),
            eq(holds.scope, "source"),
            inArray(holds.reason, RELEASED_BY_RESUME),
            isNull(holds.releasedAt),
          ),
        );
    },
  }));
}

export const syncNow = (ctx: Context, target: Target): Promise<Given> =>
  giveCommand(ctx, { ...target, action: "SYNC_NOW", kind: "syncNow", args: {} }, ({ row }) => ({
    also: () => askFeeds(ctx, row.id),
  }));

/** Costs come by feeds with times of their own: all that let us in are asked for now. */
async function askFeeds(ctx: Context, id: DatasourceId): Promise<void> {
  await ctx.db
    .update(costFeeds)
    .set({ askedAt: ctx.now })
    .where(and(eq(costFeeds.datasourceId, id), isNull(costFeeds.removedAt), ne(costFeeds.state, "refused")));
}

export interface ResyncInput {
  readonly stream?: string | null | undefined;
  readonly from?: string | null | undefined;
  readonly to?: string | null | undefined;
}

export function resync(ctx: Context, target: Target, input: ResyncInput): Promise<Given> {
  const args = {
    ...(input.stream == null ? {} : { stream: input.stream }),
    ...(input.from == null ? {} : { from: input.from }),
    ...(input.to == null ? {} : { to: input.to }),
  };
  return giveCommand(ctx, { ...target, action: "RESYNC", kind: "resync", args }, (view) => {
    refuse(wrongRange(ctx, view, input));
    return {};
  });
}

export function wrongRange(
  ctx: Context,
  { row, account }: DatasourceView,
  { stream, from, to }: ResyncInput,
): FieldProblem[] {
  const streams = connectorFor(row.platform)?.streams.map(({ name }) => name) ?? [];
  const today = dayIn(ctx.now, account?.zone ?? "UTC");
  const wrong: FieldProblem[] = [];
  if (stream != null && !streams.includes(stream))
    wrong.push({ path: "stream", message: ctx.words.say("input.stream", { streams: streams.join(", ") }) });
  if (from != null && from < EARLIEST_DAY)
    wrong.push({ path: "from", message: ctx.words.say("input.notSoEarly", { earliest: EARLIEST_DAY }) });
  if (from != null && from > today) wrong.push({ path: "from", message: ctx.words.say("input.future") });
  if (from != null && to != null && from > to) wrong.push({ path: "to", message: ctx.words.say("input.order") });
  return wrong;
}

export function setCadence(ctx: Context, target: Target, seconds: number): Promise<Given> {
  if (seconds < CADENCE_LEAST_S || seconds > CADENCE_MOST_S)
    throw new InvalidInput([
      {
        path: "cadenceSeconds",
        message: ctx.words.say("input.between", { least: CADENCE_LEAST_S, most: CADENCE_MOST_S }),
      },
    ]);
  return giveCommand(
    ctx,
    { ...target, action: "SET_CADENCE", kind: "setCadence", args: { cadenceSeconds: seconds } },
    ({ row, quiet }) => ({
      facts: {
        cadenceMs: seconds * 1000,
        nextRunAt: new Date(wakeAfter(row.id, ctx.now.getTime(), seconds * 1000, quiet)),
      },
      before: { cadenceSeconds: row.cadenceMs / 1000 },
    }),
  );
}

/** The wait for consent ends now; the workflow gives slot and row back. */
export const cancelConnect = (ctx: Context, target: Target): Promise<Given> =>
  giveCommand(ctx, { ...target, action: "CANCEL_CONNECT", kind: "cancelConnect", args: {} }, () => ({
    facts: { authorizingUntil: ctx.now },
  }));

export async function disconnect(
  ctx: Context,
  target: Target,
  input: { deleteData: boolean; confirmName?: string | null | undefined },
): Promise<Given> {
  await lockOrganisation(ctx, organisationIn(ctx));
  const asked: Asked = { ...target, action: "DISCONNECT", kind: "disconnect", args: { deleteData: input.deleteData } };
  return giveCommand(ctx, asked, (view) => {
    const { row } = view;
    if (input.deleteData) confirmed(ctx, view, input.confirmName);
    return {
      facts: {
        disconnectedAt: ctx.now,
        disconnectedBy: actorOf(ctx.caller),
        deleteData: input.deleteData,
        undoUntil: new Date(ctx.now.getTime() + UNDO_MS),
        generation: row.generation + 1,
      },
      also: async (organisation) => {
        await freeSlot(ctx, row.id);
        await goOnWhereRoom(ctx, organisation);
      },
    };
  });
}

function confirmed(ctx: Context, { row, account }: DatasourceView, name: string | null | undefined): void {
  if (name?.trim() !== (account?.name ?? row.name).trim())
    refuse([{ path: "confirmName", message: ctx.words.say("input.confirmName") }]);
}

/** What a disconnect kept goes after all, at once and for good: the time for an undo was that of the disconnect. */
export const deleteData = (ctx: Context, target: Target, confirmName: string): Promise<Given> =>
  giveCommand(ctx, { ...target, action: "DELETE_DATA", kind: "deleteData", args: {} }, async (view) => {
    const { row } = view;
    const now = await databaseNow(ctx);
    if (row.undoUntil !== null && row.undoUntil > now)
      throw new NotPossibleNow(refusalInWords({ allowed: false, because: "undoOpen" }, ctx.words), view);
    confirmed(ctx, view, confirmName);
    return {
      facts: {
        deleteData: true,
        deleteDataBy: actorOf(ctx.caller),
        undoUntil: now,
        generation: row.generation + 1,
      },
    };
  });

/**
 * Takes a slot if one is free. Where its access has ended, it stands inactive until the same account is authorized again; where
 * that was left for another datasource, or there was none to lose, as with costs from files, it is as it was.
 */
export async function undoDisconnect(ctx: Context, target: Target): Promise<Given> {
  const organisation = organisationIn(ctx);
  await lockOrganisation(ctx, organisation);
  // None of them leaves before the commit: what uses the login now still does when this one uses it again.
  if (target.datasource !== null) await lockWithSiblings(ctx, target.datasource);
  const asked: Asked = { ...target, action: "UNDO_DISCONNECT", kind: "undoDisconnect", args: {} };
  return giveCommand(ctx, asked, async (view) => {
    const { row } = view;
    const now = await databaseNow(ctx);
    if (row.undoUntil !== null && row.undoUntil <= now)
      throw new NotPossibleNow(refusalInWords({ allowed: false, because: "undoLapsed" }, ctx.words), view);
    const twin = await twinOf(ctx, view);
    if (twin !== null) throw await already(ctx, twin, twin.account?.name ?? twin.row.name);
    const connector = connectorFor(row.platform);
    const isAsItWas = (connector !== null && isNative(connector)) || (await isAccessLeft(ctx, row));
    return {
      facts: { ...(isAsItWas ? {} : signInAgain(now, row.disconnectedAt)), ...undone(row) },
      also: async () => {
        await takeSlots(ctx, organisation, row.platform, [row.id]);
        await goOnWhereRoom(ctx, organisation);
      },
    };
  });
}

/**
 * Another datasource stands on its grant, so no disconnect has ended that. One that waits for a sign-in itself proves nothing: its
 * own disconnect has ended the grant, or is ending it right now.
 */
async function isAccessLeft({ db }: Context, { id, grantId }: DatasourceRow): Promise<boolean> {
  if (grantId === null) return false;
  const left = await db
    .select({ id: grants.id })
    .from(grants)
    .innerJoin(datasources, eq(datasources.grantId, grants.id))
    .where(
      and(
        eq(grants.id, grantId),
        isNotNull(grants.credentialId),
        isNull(grants.endedAt),
        isNull(grants.revokingSince),
        ne(datasources.id, id),
        isNull(datasources.disconnectedAt),
        sql`${datasources.authReason}->>'code' is distinct from 'disconnectUndone'`,
      ),
    )
    .limit(1)
    .for("share", { of: grants });
  return left.length > 0;
}

const undone = (row: DatasourceRow): Facts => ({
  disconnectedAt: null,
  disconnectedBy: null,
  deleteData: false,
  deleteDataBy: null,
  undoUntil: null,
  generation: row.generation + 1,
});

/**
 * Inactive until the same account is authorized again, and no longer: a pause from before the disconnect stays one. Only what
 * comes from now on counts as that, though its access ended before.
 */
const signInAgain = (now: Date, endedAt: Date | null): Facts => ({
  auth: "revoked",
  authReason: { code: "disconnectUndone", ...(endedAt && { values: { endedAt: endedAt.toISOString() } }) },
  authSince: now,
});

/** By this clock workers delete what was to be deleted, and note what was proven. */
async function databaseNow({ db }: Context): Promise<Date> {
  const [row] = await db.execute<{ now: string }>(sql`select clock_timestamp()::text as now`);
  return new Date(row?.now ?? Number.NaN);
}

/** The first account is this datasource's; each other one is a datasource and a slot of its own on the same grant. */
export async function chooseAccount(
  ctx: Context,
  target: Target,
  accounts: readonly string[],
): Promise<Given & { views: readonly DatasourceView[] }> {
  const chosen = [...new Set(accounts)];
  if (chosen.length === 0) throw new InvalidInput([{ path: "accounts", message: ctx.words.say("input.chooseOne") }]);
  const organisation = organisationIn(ctx);
  await lockOrganisation(ctx, organisation);
  const furtherIds = new Map(
    chosen
      .slice(1)
      .map((account) => [account, datasourceId(idFor(organisation, `further ${target.idempotencyKey} ${account}`))]),
  );
  const asked: Asked = { ...target, action: "CHOOSE_ACCOUNT", kind: "chooseAccount", args: { externalIds: chosen } };
  const given = await giveCommand(ctx, asked, async (view) => {
    await checkChoice(ctx, view, chosen);
    return {
      also: async () => {
        await markChosen(ctx, view.row.id, chosen.slice(0, 1));
        await addFurther(ctx, view, furtherIds);
      },
    };
  });
  return { ...given, views: [given.view, ...(await readDatasources(ctx.db, ctx.now, [...furtherIds.values()]))] };
}

async function checkChoice(ctx: Context, view: DatasourceView, chosen: readonly string[]): Promise<void> {
  const candidates = (await readCandidates(ctx.db, [view.row.id])).get(view.row.id) ?? [];
  const free = new Set(candidates.filter(({ state }) => state === "available").map(({ externalId }) => externalId));
  const wrong = chosen.filter((account) => !free.has(account));
  if (wrong.length > 0)
    throw new InvalidInput([
      { path: "accounts", message: ctx.words.say("input.noSuchAccount", { accounts: wrong.join(", ") }) },
    ]);
  const standing = await readDatasources(ctx.db, ctx.now);
  const taken = standing.find(
    (other) =>
      other.row.platform === view.row.platform &&
      other.row.disconnectedAt === null &&
      other.account !== null &&
      chosen.includes(other.account.externalId),
  );
  if (taken !== undefined) throw await already(ctx, taken, taken.account?.name ?? taken.row.name);
}

const markChosen = (ctx: Context, id: DatasourceId, chosen: readonly string[]) =>
  ctx.db
    .update(accountCandidates)
    .set({ state: "chosen" })
    .where(and(eq(accountCandidates.datasourceId, id), inArray(accountCandidates.externalId, [...chosen])));

/** Each other account of the login: a datasource of its own on the same grant, with its own slot. */
async function addFurther(
  ctx: Context,
  { row }: DatasourceView,
  ids: ReadonlyMap<string, DatasourceId>,
): Promise<void> {
  if (ids.size === 0) return;
  const { organisationId } = row;
  const candidates = (await readCandidates(ctx.db, [row.id])).get(row.id) ?? [];
  for (const [externalId, id] of ids) {
    const candidate = candidates.find((one) => one.externalId === externalId);
    if (candidate === undefined) throw new DatasourceGone();
    await ctx.db.insert(datasources).values({
      organisationId,
      id,
      platform: row.platform,
      grantId: row.grantId,
      name: candidate.name,
      generation: 1,
      intentVersion: 1,
      authorizingUntil: row.authorizingUntil,
      cadenceMs: row.cadenceMs,
      createdBy: row.createdBy,
    });
    await ctx.db
      .insert(accountCandidates)
      .values({ ...candidate, datasourceId: id, state: "chosen", listedAt: ctx.now });
  }
  await takeSlots(ctx, organisationId, row.platform, [...ids.values()]);
  for (const id of ids.values()) await ringLater(ctx, organisationId, id, 1);
}

export function rename(ctx: Context, target: Target, input: string): Promise<Given> {
  const name = tidied(input);
  const wrong = wrongWithName(name, NAME_LONGEST, ctx.words);
  if (wrong !== null) throw new InvalidInput([{ path: "name", message: wrong }]);
  const asked: Asked = { ...target, action: "RENAME", kind: "rename", args: { name } };
  return giveCommand(ctx, asked, ({ row }) => ({ facts: { name }, before: { name: row.name } }));
}
