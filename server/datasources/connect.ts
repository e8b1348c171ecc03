/**
 * Connect: one transaction locks the organisation, counts slots, and writes datasource, slot, attempt, audit and ring.
 * The consent window follows. Continue and Reauthorize make the trip again for a datasource that is there.
 */
import { and, eq, isNull } from "drizzle-orm";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import type { OAuth, Params } from "@headwater/connectors/authorization.ts";
import { connectAttempts, datasources } from "@headwater/db/schema/tables.ts";
import { connectAttemptId, datasourceId } from "@headwater/db/schema/ids.ts";
import type { ConnectAttemptId, DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { allowanceFor } from "../graphql/actions.ts";
import type { Context } from "../graphql/context.ts";
import { whyNotConnectable } from "../graphql/platform.ts";
import {
  DatasourceGone,
  InvalidInput,
  KeyReused,
  NotAllowed,
  NotPossibleNow,
  PlatformUnavailable,
  PrerequisiteMissing,
} from "../words/problems.ts";
import { oauthOf } from "../oauth/oauth-of.ts";
import { CONSENT_MS, consentAddress, startTrip, typedOf } from "../oauth/start.ts";
import type { ReturnPage } from "../oauth/start.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { refusalInWords } from "../words/reasons.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { already } from "./already.ts";
import { audit } from "./audit.ts";
import { beginDatasource } from "./begin.ts";
import { announce, checkKey, lockDatasource, organisationIn, ringLater, viewOf } from "./command.ts";
import type { Target } from "./change.ts";
import { lockOrganisation } from "./slots.ts";

export interface ConnectInput {
  readonly platform: string;
  readonly fields: readonly { readonly name: string; readonly value: string }[];
  readonly returnTo?: ReturnPage | null | undefined;
  readonly idempotencyKey: string;
}

export type AttemptRecord = typeof connectAttempts.$inferSelect;

export interface Started {
  readonly view: DatasourceView;
  readonly attempt: AttemptRecord;
  readonly authorizeUrl: string;
}

export interface Chosen {
  readonly entry: CatalogEntry;
  readonly oauth: OAuth;
  readonly params: Params;
}

export async function connect(ctx: Context, input: ConnectInput): Promise<Started> {
  checkKey(input.idempotencyKey);
  const organisation = organisationIn(ctx);
  const attempt = connectAttemptId(idFor(organisation, `attempt ${input.idempotencyKey}`));
  await lockOrganisation(ctx, organisation);
  const earlier = await readAttempt(ctx, attempt);
  const chosen = await chooseWay(ctx, input, earlier);
  if (earlier !== null) return repeated(ctx, earlier, chosen);
  const standing = await standingOn(ctx, chosen);
  if (standing !== null)
    return comeBack(ctx, standing, { attempt, params: chosen.params, returnTo: input.returnTo ?? null });
  return begin(ctx, { organisation, chosen, attempt, input });
}

/** What may be connected and what was typed; a repeated key is not judged again. */
export async function chooseWay(ctx: Context, input: ConnectInput, earlier: AttemptRecord | null): Promise<Chosen> {
  const entry = platformEntry(input.platform);
  if (entry === null) throw new PlatformUnavailable(null, null);
  if (earlier === null) await refuseUnavailable(ctx, entry);
  const oauth = oauthOf(entry.platform);
  if (oauth === null) throw new PlatformUnavailable(entry, await whyNotConnectable(entry, ctx));
  return { entry, oauth, params: readTyped(ctx, entry, oauth, input) };
}

async function refuseUnavailable(ctx: Context, entry: CatalogEntry): Promise<void> {
  const why = await whyNotConnectable(entry, ctx);
  if (why === null) return;
  if (why.code === "role") throw new NotAllowed();
  if (why.code === "prerequisiteMissing")
    throw new PrerequisiteMissing(
      entry.requiresOneOf.flatMap((id) => platformEntry(id) ?? []),
      why,
    );
  throw new PlatformUnavailable(entry, why);
}

function readTyped(ctx: Context, entry: CatalogEntry, oauth: OAuth, { fields }: ConnectInput): Params {
  const known = new Set(oauth.asks.map((ask) => ask.name));
  const strange = fields.filter(({ name }) => !known.has(name));
  if (strange.length > 0)
    throw new InvalidInput(
      strange.map(({ name }) => ({ path: `fields.${name}`, message: ctx.words.say("input.unknownField") })),
    );
  const read = oauth.readTyped(Object.fromEntries(fields.map(({ name, value }) => [name, value])));
  if (read.ok) return read.params;
  const words = wordsOfPlatform(entry.platform, ctx.locale);
  throw new InvalidInput([
    { path: `fields.${read.field}`, message: words.say(`notice.${read.problem.code}`, read.problem.values) },
  ]);
}

/** A key whose attempt is still there gives that attempt again, whole; with other values, or once released, nothing. */
export async function repeated(ctx: Context, earlier: AttemptRecord, { params, entry }: Chosen): Promise<Started> {
  if (earlier.platform !== entry.platform || !isEqual(typedOf(earlier.params), params)) throw new KeyReused();
  const [view] = earlier.datasourceId === null ? [] : await readDatasources(ctx.db, ctx.now, [earlier.datasourceId]);
  if (view === undefined) throw new KeyReused();
  return started(ctx, view, earlier);
}

const sorted = (params: Params): Params =>
  Object.fromEntries(Object.entries(params).toSorted(([a], [b]) => a.localeCompare(b)));
const isEqual = (a: Params, b: Params): boolean => JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));

/** The same account, or the same address on its way to be one, at this platform in this organisation. */
export async function standingOn(ctx: Context, { entry, params }: Chosen): Promise<DatasourceView | null> {
  const given = new Set(Object.values(params));
  const views = (await readDatasources(ctx.db, ctx.now)).filter(
    ({ row, status }) => row.platform === entry.platform && status.standing !== "disconnected",
  );
  const attempts = await ctx.db
    .select({ id: connectAttempts.datasourceId, params: connectAttempts.params })
    .from(connectAttempts)
    .where(and(eq(connectAttempts.platform, entry.platform), eq(connectAttempts.purpose, "connect")));
  const typedFor = (id: string) =>
    attempts.filter((attempt) => attempt.id === id).map((attempt) => typedOf(attempt.params));
  return (
    views.find(
      ({ row, grant, account }) =>
        [grant?.loginKey, account?.domain].some((key) => key != null && given.has(key)) ||
        (row.phase === "AUTHORIZING" && typedFor(row.id).some((typed) => isEqual(typed, params))),
    ) ?? null
  );
}

/** Connected already: said so. Still waiting for its consent: the same datasource goes to the consent screen again. */
async function comeBack(ctx: Context, view: DatasourceView, trip: Trip): Promise<Started> {
  if (!allowanceFor("CONTINUE_CONNECT", view, ctx).allowed)
    throw await already(ctx, view, view.account?.name ?? Object.values(trip.params)[0] ?? view.row.name);
  return continueTrip(ctx, view, trip);
}

interface Trip {
  readonly attempt: ConnectAttemptId;
  readonly params: Params;
  readonly returnTo: ReturnPage | null;
}

interface Beginning {
  readonly organisation: OrganisationId;
  readonly chosen: Chosen;
  readonly attempt: ConnectAttemptId;
  readonly input: ConnectInput;
  /** It borrows that one's slot until it is proven. */
  readonly replaces?: DatasourceId;
}

export async function begin(ctx: Context, beginning: Beginning): Promise<Started> {
  const { organisation, chosen, attempt, input, replaces = null } = beginning;
  const { entry, params } = chosen;
  const id = datasourceId(idFor(organisation, `datasource ${input.idempotencyKey}`));
  await beginDatasource(ctx, organisation, {
    ...entry,
    id,
    consentMs: CONSENT_MS,
    replaces,
    told: { ...params, ...(replaces === null ? {} : { replaces }) },
  });
  await startTrip(ctx, {
    id: attempt,
    organisation,
    datasource: id,
    platform: entry.platform,
    purpose: "connect",
    params: sorted(params),
    returnTo: input.returnTo ?? null,
  });
  await ringLater(ctx, organisation, id, 1);
  return started(ctx, await viewOf(ctx, id), await mustRead(ctx, attempt));
}

export interface TripTarget extends Target {
  readonly returnTo?: ReturnPage | null | undefined;
}

export async function continueConnect(ctx: Context, target: TripTarget): Promise<Started> {
  return again(ctx, target, "CONTINUE_CONNECT", async (view, attempt) => {
    const earlier = await ctx.load.newestAttempt.load(view.row.id);
    if (earlier === undefined) throw new DatasourceGone();
    const [row] = await ctx.db.select().from(connectAttempts).where(eq(connectAttempts.id, earlier.id));
    return continueTrip(ctx, view, { attempt, params: typedOf(row?.params), returnTo: target.returnTo ?? null });
  });
}

/** The datasource stays what it is until a new credential has proven to be for the same account. */
export async function reauthorize(ctx: Context, target: TripTarget): Promise<Started> {
  return again(ctx, target, "REAUTHORIZE", async (view, attempt) => {
    const params = await firstParams(ctx, view);
    const { row } = view;
    await startTrip(ctx, {
      id: attempt,
      organisation: row.organisationId,
      datasource: row.id,
      platform: row.platform,
      purpose: "reauthorize",
      params,
      returnTo: target.returnTo ?? null,
    });
    await announce(ctx, row.id);
    await audit(ctx, {
      verb: "datasource.reauthorizeStarted",
      objectType: "datasource",
      objectId: row.id,
      datasourceId: row.id,
    });
    return started(ctx, await viewOf(ctx, row.id), await mustRead(ctx, attempt));
  });
}

/** What was typed when it was first connected, so that the consent is asked of the same place. */
export async function firstParams(ctx: Context, view: DatasourceView): Promise<Params> {
  const [first] = await ctx.db
    .select({ params: connectAttempts.params })
    .from(connectAttempts)
    .where(and(eq(connectAttempts.datasourceId, view.row.id), eq(connectAttempts.purpose, "connect")))
    .orderBy(connectAttempts.createdAt)
    .limit(1);
  const typed = typedOf(first?.params);
  if (Object.keys(typed).length > 0) return typed;
  // A further account of one login was never typed: what the source knows the login by stands for it.
  const [ask] = oauthOf(view.row.platform)?.asks ?? [];
  return ask === undefined || view.grant === null ? {} : { [ask.name]: view.grant.loginKey };
}

async function again(
  ctx: Context,
  target: TripTarget,
  action: "CONTINUE_CONNECT" | "REAUTHORIZE",
  go: (view: DatasourceView, attempt: ConnectAttemptId) => Promise<Started>,
): Promise<Started> {
  checkKey(target.idempotencyKey);
  const organisation = organisationIn(ctx);
  if (target.datasource === null || (await lockDatasource(ctx, target.datasource)) === null) throw new DatasourceGone();
  const view = await viewOf(ctx, target.datasource);
  const attempt = connectAttemptId(idFor(organisation, `attempt ${target.idempotencyKey}`));
  const earlier = await readAttempt(ctx, attempt);
  if (earlier !== null) {
    if (earlier.datasourceId !== view.row.id) throw new KeyReused();
    return started(ctx, view, earlier);
  }
  const allowance = allowanceFor(action, view, ctx);
  if (!allowance.allowed && allowance.because === "role") throw new NotAllowed();
  if (!allowance.allowed) throw new NotPossibleNow(refusalInWords(allowance, ctx.words), view);
  return go(view, attempt);
}

/** The wait for consent begins anew. */
async function continueTrip(ctx: Context, { row }: DatasourceView, trip: Trip): Promise<Started> {
  const { attempt, params, returnTo } = trip;
  const version = row.intentVersion + 1;
  await ctx.db
    .update(datasources)
    .set({ authorizingUntil: new Date(ctx.now.getTime() + CONSENT_MS), intentVersion: version })
    .where(and(eq(datasources.id, row.id), isNull(datasources.disconnectedAt)));
  await startTrip(ctx, {
    id: attempt,
    organisation: row.organisationId,
    datasource: row.id,
    platform: row.platform,
    purpose: "connect",
    params: sorted(params),
    returnTo,
  });
  await ringLater(ctx, row.organisationId, row.id, version);
  await audit(ctx, {
    verb: "datasource.connectContinued",
    objectType: "datasource",
    objectId: row.id,
    datasourceId: row.id,
  });
  return started(ctx, await viewOf(ctx, row.id), await mustRead(ctx, attempt));
}

function started(ctx: Context, view: DatasourceView, attempt: AttemptRecord): Started {
  const authorizeUrl = consentAddress(ctx.services, attempt);
  const entry = platformEntry(attempt.platform);
  if (authorizeUrl === null) throw new PlatformUnavailable(entry, null);
  return { view, attempt, authorizeUrl };
}

export async function readAttempt(ctx: Context, id: ConnectAttemptId): Promise<AttemptRecord | null> {
  const [row] = await ctx.db.select().from(connectAttempts).where(eq(connectAttempts.id, id));
  return row ?? null;
}

async function mustRead(ctx: Context, id: ConnectAttemptId): Promise<AttemptRecord> {
  const row = await readAttempt(ctx, id);
  if (row === null) throw new KeyReused();
  return row;
}
