/**
 * Connect by a pasted key. It was tried before this transaction began; what is sealed here is a candidate like one that
 * came home from a consent screen, and the workflow judges it again. The key itself stands in no row but the vault's.
 */
import { createHmac } from "node:crypto";
import { eq } from "drizzle-orm";
import type { KeyCheck, KeyTrial, Params, Tokens } from "@headwater/connectors/authorization.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { connectAttempts } from "@headwater/db/schema/tables.ts";
import { connectAttemptId, datasourceId } from "@headwater/db/schema/ids.ts";
import type { ConnectAttemptId, DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import type { ConnectPurpose } from "@headwater/db/schema/values.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { allowanceFor } from "../graphql/actions.ts";
import type { Context } from "../graphql/context.ts";
import { whyNotConnectable } from "../graphql/platform.ts";
import {
  DatasourceGone,
  InvalidInput,
  KeyRefused,
  KeyReused,
  NotAllowed,
  NotPossibleNow,
  PlatformUnavailable,
  PrerequisiteMissing,
} from "../words/problems.ts";
import { keep } from "../oauth/keep-candidate.ts";
import { CONSENT_MS, startTrip, typedOf } from "../oauth/start.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { refusalInWords } from "../words/reasons.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { already } from "./already.ts";
import { beginDatasource } from "./begin.ts";
import { checkKey, lockWithSiblings, organisationIn, viewOf } from "./command.ts";
import type { AttemptRecord } from "./connect.ts";
import { askToReplace } from "./replace.ts";
import { lockOrganisation } from "./slots.ts";
import { pastedKeyOf, trialKey, typedIn } from "./pasted.ts";
import type { PastedFields } from "./pasted.ts";

export interface KeyInput extends PastedFields {
  /** Set: a new key for this datasource; the same account must answer to it. */
  readonly datasource: DatasourceId | null;
  readonly isForOne: boolean;
  /** Set: it takes that one's place, and borrows its slot until it is proven. */
  readonly replaces: DatasourceId | null;
  readonly idempotencyKey: string;
}

export interface KeyTried {
  readonly platform: string;
  readonly checks: readonly KeyCheck[];
}

/** Whom it opens: told before anything is kept, so that a key of another account is seen in time. */
export interface KeyOpens extends KeyTried {
  readonly reads: { readonly name: string | null; readonly id: string };
}

export interface KeyKept extends KeyTried {
  readonly view: DatasourceView;
  readonly attempt: AttemptRecord;
}

interface Proven {
  readonly entry: CatalogEntry;
  readonly tokens: Tokens;
  readonly checks: readonly KeyCheck[];
  /** Tells a repeated question from another one, and nobody the key. */
  readonly fingerprint: string;
}

/** Probes only: nothing is stored, no slot is taken. */
export async function tryKey(ctx: Context, pasted: PastedFields): Promise<KeyOpens> {
  organisationIn(ctx);
  const { entry, checks, tokens } = prove(ctx, await offered(ctx, pasted.platform), pasted);
  const { key, details } = tokens.login;
  return { platform: entry.platform, checks, reads: { name: details["name"] ?? null, id: key } };
}

export async function connectWithKey(ctx: Context, input: KeyInput): Promise<KeyKept> {
  checkKey(input.idempotencyKey);
  const organisation = organisationIn(ctx);
  const attempt = connectAttemptId(idFor(organisation, `attempt ${input.idempotencyKey}`));
  await lockOrganisation(ctx, organisation);
  const [earlier] = await ctx.db.select().from(connectAttempts).where(eq(connectAttempts.id, attempt));
  if (earlier !== undefined) return repeated(ctx, earlier, input);
  const entry = input.isForOne ? knownEntry(input.platform) : await offered(ctx, input.platform);
  if (input.isForOne) return rotate(ctx, { organisation, attempt, input, entry });
  const proven = prove(ctx, entry, input);
  await refuseTwin(ctx, proven, null);
  const beginning = { organisation, attempt, input, proven };
  return input.replaces === null ? begin(ctx, beginning) : beginInPlace(ctx, beginning);
}

/** What was asked, and the attempt that its key names. */
interface Asked {
  readonly organisation: OrganisationId;
  readonly attempt: ConnectAttemptId;
  readonly input: KeyInput;
}

interface Beginning extends Asked {
  readonly proven: Proven;
}

async function beginInPlace(ctx: Context, beginning: Beginning): Promise<KeyKept> {
  const { organisation, input, proven } = beginning;
  const kept: KeyKept[] = [];
  const target = { datasource: input.replaces, idempotencyKey: input.idempotencyKey };
  const args = { replacement: newIdFor(organisation, input), platform: proven.entry.platform };
  await askToReplace(ctx, target, { entry: proven.entry, args }, async (old) => {
    kept.push(await begin(ctx, { ...beginning, input: { ...input, replaces: old } }));
  });
  const [first] = kept;
  if (first === undefined) throw new KeyReused();
  return first;
}

const newIdFor = (organisation: OrganisationId, { idempotencyKey }: KeyInput): DatasourceId =>
  datasourceId(idFor(organisation, `datasource ${idempotencyKey}`));

function knownEntry(platform: string): CatalogEntry {
  const entry = platformEntry(platform);
  if (entry === null || pastedKeyOf(platform) === null) throw new PlatformUnavailable(entry, null);
  return entry;
}

async function offered(ctx: Context, platform: string): Promise<CatalogEntry> {
  const entry = platformEntry(platform);
  if (entry === null) throw new PlatformUnavailable(null, null);
  const why = await whyNotConnectable(entry, ctx);
  if (why?.code === "role") throw new NotAllowed();
  if (why?.code === "prerequisiteMissing")
    throw new PrerequisiteMissing(
      entry.requiresOneOf.flatMap((id) => platformEntry(id) ?? []),
      why,
    );
  if (why !== null || pastedKeyOf(platform) === null) throw new PlatformUnavailable(entry, why);
  return entry;
}

/** Good enough to be sealed: the source took it, and all that must be read may be read. */
function prove(ctx: Context, entry: CatalogEntry, pasted: PastedFields): Proven {
  const params = typedOrRefused(ctx, entry, pasted);
  const trial = ctx.triedKeys.get(trialKey(entry.platform, params));
  const refuse = (checks: readonly KeyCheck[], field?: string): KeyRefused =>
    new KeyRefused(entry.platform, checks, field === undefined ? [] : [{ path: pathOf(params), message: field }]);
  if (trial === undefined || trial === "tooMany") throw refuse([], ctx.words.say("key.tooMany"));
  const tokens = tokensOf(trial, entry);
  if (tokens === null) throw refuse(trial.checks);
  const fingerprint = createHmac("sha256", ctx.services.secret).update(trialKey(entry.platform, params)).digest("hex");
  return { entry, tokens, checks: trial.checks, fingerprint };
}

const pathOf = (params: Params): string => `fields.${Object.keys(params)[0] ?? "key"}`;

function tokensOf({ tokens }: KeyTrial, entry: CatalogEntry): Tokens | null {
  if (tokens === null) return null;
  const granted = new Set(tokens.scopes);
  return entry.scopes.every(({ scope, required }) => !required || granted.has(scope)) ? tokens : null;
}

function typedOrRefused(ctx: Context, entry: CatalogEntry, pasted: PastedFields): Params {
  const key = pastedKeyOf(entry.platform);
  if (key === null) throw new PlatformUnavailable(entry, null);
  const known = new Set(key.asks.map(({ name }) => name));
  const strange = pasted.fields.filter(({ name }) => !known.has(name));
  if (strange.length > 0)
    throw new InvalidInput(
      strange.map(({ name }) => ({ path: `fields.${name}`, message: ctx.words.say("input.unknownField") })),
    );
  const typed = typedIn(key, pasted);
  if (typed.ok) return typed.params;
  const words = wordsOfPlatform(entry.platform, ctx.locale);
  const message = words.say(`notice.${typed.problem.code}`, typed.problem.values);
  throw new KeyRefused(entry.platform, [], [{ path: `fields.${typed.field}`, message }]);
}

const reachesMany = (platform: string): boolean => connectorFor(platform)?.account.reaches === "many";

/** One account, one datasource: connected already, or on its way. */
async function refuseTwin(ctx: Context, { entry, tokens }: Proven, self: DatasourceId | null): Promise<void> {
  const standing = (await readDatasources(ctx.db, ctx.now)).find(
    ({ row, grant, account }) =>
      row.id !== self &&
      row.platform === entry.platform &&
      row.disconnectedAt === null &&
      // Behind one login there may be many accounts: which of them is taken is seen once they are listed.
      !reachesMany(row.platform) &&
      [grant?.loginKey, account?.externalId].includes(tokens.login.key),
  );
  if (standing !== undefined)
    throw await already(ctx, standing, standing.account?.name ?? tokens.login.details["name"] ?? standing.row.name);
}

async function begin(ctx: Context, { organisation, attempt, input, proven }: Beginning): Promise<KeyKept> {
  const { entry } = proven;
  const id = newIdFor(organisation, input);
  await beginDatasource(ctx, organisation, {
    ...entry,
    id,
    name: proven.tokens.login.details["name"] ?? entry.name,
    consentMs: CONSENT_MS,
    replaces: input.replaces,
  });
  return seal(ctx, organisation, { attempt, datasource: id, purpose: "connect" }, proven);
}

/** The old key goes on until the new one has proven itself again before a worker: no gap. */
async function rotate(
  ctx: Context,
  { organisation, attempt, input, entry }: Asked & { readonly entry: CatalogEntry },
): Promise<KeyKept> {
  if (input.datasource === null || (await lockWithSiblings(ctx, input.datasource)) === null) throw new DatasourceGone();
  const view = await viewOf(ctx, input.datasource);
  if (view.row.platform !== entry.platform) throw new DatasourceGone();
  const allowance = allowanceFor("REAUTHORIZE", view, ctx);
  if (!allowance.allowed && allowance.because === "role") throw new NotAllowed();
  if (!allowance.allowed) throw new NotPossibleNow(refusalInWords(allowance, ctx.words), view);
  const proven = prove(ctx, entry, input);
  const expected = view.account?.externalId ?? view.grant?.loginKey;
  if (expected !== undefined && expected !== proven.tokens.login.key && !reachesMany(entry.platform)) {
    const values = {
      saw: proven.tokens.login.details["name"] ?? proven.tokens.login.key,
      expected: view.account?.name ?? expected,
    };
    const message = ctx.words.say("key.otherAccount", values);
    throw new KeyRefused(entry.platform, proven.checks, [{ path: "fields.key", message }]);
  }
  return seal(ctx, organisation, { attempt, datasource: view.row.id, purpose: "reauthorize" }, proven);
}

interface Trip {
  readonly attempt: ConnectAttemptId;
  readonly datasource: DatasourceId;
  readonly purpose: ConnectPurpose;
}

async function seal(
  ctx: Context,
  organisation: OrganisationId,
  { attempt, datasource, purpose }: Trip,
  { entry, tokens, checks, fingerprint }: Proven,
): Promise<KeyKept> {
  await startTrip(ctx, {
    id: attempt,
    organisation,
    datasource,
    platform: entry.platform,
    purpose,
    params: { fingerprint },
    returnTo: null,
  });
  // No window is open anywhere: the trip has come home as it begins.
  const [row] = await ctx.db
    .update(connectAttempts)
    .set({ consumedAt: ctx.now })
    .where(eq(connectAttempts.id, attempt))
    .returning();
  const locked = await lockWithSiblings(ctx, datasource);
  if (row === undefined || locked === null) throw new DatasourceGone();
  await keep(ctx, { attempt: row, tokens }, locked);
  return {
    platform: entry.platform,
    checks,
    view: await viewOf(ctx, datasource),
    attempt: await mustRead(ctx, attempt),
  };
}

async function mustRead(ctx: Context, id: ConnectAttemptId): Promise<AttemptRecord> {
  const [row] = await ctx.db.select().from(connectAttempts).where(eq(connectAttempts.id, id));
  if (row === undefined) throw new DatasourceGone();
  return row;
}

/** The same key for the same account gives the first result again; nothing is sealed twice. */
async function repeated(ctx: Context, earlier: AttemptRecord, input: KeyInput): Promise<KeyKept> {
  const entry = knownEntry(input.platform);
  const params = typedOrRefused(ctx, entry, input);
  const fingerprint = createHmac("sha256", ctx.services.secret).update(trialKey(entry.platform, params)).digest("hex");
  const isSame = earlier.platform === entry.platform && typedOf(earlier.params)["fingerprint"] === fingerprint;
  if (!isSame || earlier.datasourceId === null) throw new KeyReused();
  const trial = ctx.triedKeys.get(trialKey(entry.platform, params));
  const checks = trial === undefined || trial === "tooMany" ? [] : trial.checks;
  return { platform: entry.platform, checks, view: await viewOf(ctx, earlier.datasourceId), attempt: earlier };
}
