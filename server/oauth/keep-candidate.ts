/**
 * Seals what a consent brought and rings: a candidate version of the grant, never yet the grant itself. Callback and release
 * lock the same row, so the first commit wins; whoever comes late leaves nothing that a datasource could stand on.
 */
import { randomUUID } from "node:crypto";
import { and, asc, eq, isNull, max, sql } from "drizzle-orm";
import { credentialId, grantId, inTenant, seal } from "@headwater/db";
import type { Tokens } from "@headwater/connectors/authorization.ts";
import { commands, connectAttempts, credentials, datasources, grants } from "@headwater/db/schema/tables.ts";
import { commandId } from "@headwater/db/schema/ids.ts";
import type { CredentialId, DatasourceId, GrantId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { commandId as commandIdFor } from "@headwater/workflows/client.ts";
import { actorOf } from "../access/caller.ts";
import type { Caller } from "../access/caller.ts";
import { followCommit } from "../after-commit.ts";
import type { Following } from "../after-commit.ts";
import { audit } from "../datasources/audit.ts";
import { hashOf, lockWithSiblings, ringLater } from "../datasources/command.ts";
import { contextFor } from "../graphql/operation.ts";
import type { Context, Services, Visitor } from "../graphql/context.ts";
import { again } from "../http/again.ts";
import { reauthorizedKey } from "../links/state.ts";
import { giveLinkBack, tellOfLink } from "../links/use.ts";
import { linkOf, typedOf } from "./start.ts";

type AttemptRow = typeof connectAttempts.$inferSelect;
type DatasourceRow = typeof datasources.$inferSelect;

export interface Brought {
  readonly attempt: AttemptRow;
  readonly tokens: Tokens;
  readonly caller: Caller;
  readonly visitor: Visitor;
}

type Kept = "kept" | "late";

/** What the code was exchanged for cannot be had again: database trouble that passes is waited out, a few times. */
export const keepCandidate = (services: Services, brought: Brought): Promise<Kept> =>
  again(() => keepOnce(services, brought));

async function keepOnce(services: Services, brought: Brought): Promise<Kept> {
  const { attempt, caller, visitor } = brought;
  const after: Following[] = [];
  const kept = await inTenant(services.db, attempt.organisationId, async ({ drizzle }) => {
    const asking = { caller, visitor, locale: "en" } as const;
    const ctx = contextFor(services, asking, { db: drizzle, afterCommit: (follow) => after.push(follow) });
    const row = await lockStanding(ctx, attempt);
    const earlier = await endOf(ctx, attempt);
    if (earlier !== null) return earlier;
    const isKept = row !== null;
    if (isKept) await keep(ctx, brought, row);
    else await orphan(ctx, brought);
    if (linkOf(attempt.params) !== null) await settleLink(ctx, attempt, isKept);
    return isKept ? "kept" : "late";
  });
  followCommit(services, after);
  return kept;
}

/** Null but where an earlier try was committed, and only its answer was lost: nobody else ends an attempt in these ways. */
async function endOf({ db }: Context, { id }: AttemptRow): Promise<Kept | null> {
  const [row] = await db
    .select({
      kind: sql`${connectAttempts.outcome}->>'kind'`,
      code: sql`${connectAttempts.outcome}->'problem'->>'code'`,
    })
    .from(connectAttempts)
    .where(eq(connectAttempts.id, id));
  if (row?.kind === "granted") return "kept";
  return row?.code === "late" ? "late" : null;
}

/** With what it brought, or not at all: nobody's login is renewed by a link whose sender never hears of it. */
const settleLink = ({ db, services, visitor, now }: Context, attempt: AttemptRow, isKept: boolean) =>
  isKept ? tellOfLink(db, attempt, { services, visitor, now }) : giveLinkBack(db, attempt);

/** Null once the attempt was released, or the datasource disconnected meanwhile. */
async function lockStanding(ctx: Context, { datasourceId, purpose }: AttemptRow): Promise<DatasourceRow | null> {
  if (datasourceId === null) return null;
  const row = await lockWithSiblings(ctx, datasourceId);
  if (row === null || row.disconnectedAt !== null) return null;
  if (purpose !== "connect") return row;
  return row.authorizingUntil !== null && row.authorizingUntil > ctx.now ? row : null;
}

const personOf = ({ login }: Tokens): JsonObject => ({
  name: login.details["name"] ?? login.key,
  login: { ...login.details },
});

/** Another person may authorize again for the same account: once proven, the login is theirs, and not before. */
const candidateOf = (tokens: Tokens): JsonObject => ({
  ...personOf(tokens),
  accessExpiresAt: tokens.accessExpiresAt?.toISOString() ?? null,
  endsAt: tokens.endsAt?.toISOString() ?? null,
  loginKey: tokens.login.key,
});

/** In the caller's transaction, with the datasource's row locked, and all that stands on its grant. */
export async function keep(
  ctx: Context,
  { attempt, tokens }: Pick<Brought, "attempt" | "tokens">,
  row: DatasourceRow,
): Promise<void> {
  const grant = row.grantId === null ? await newGrant(ctx, attempt, tokens) : row.grantId;
  const candidate = await sealCandidate(ctx, attempt, grant, tokens);
  const [standingNow] = await ctx.db.select({ holder: grants.holder }).from(grants).where(eq(grants.id, grant));
  await ctx.db
    .update(grants)
    .set({
      candidateCredentialId: candidate,
      holder: { ...personOf(tokens), ...standingNow?.holder, candidate: candidateOf(tokens) },
    })
    .where(eq(grants.id, grant));
  await ctx.db
    .update(connectAttempts)
    .set({ codeVerifier: null, outcome: { kind: "granted" } })
    .where(eq(connectAttempts.id, attempt.id));
  const isFirst = row.grantId === null;
  const standing = isFirst
    ? [row]
    : await ctx.db
        .select()
        .from(datasources)
        .where(and(eq(datasources.grantId, grant), isNull(datasources.disconnectedAt)))
        .orderBy(asc(datasources.id))
        .for("no key update");
  for (const one of standing) {
    const version = one.intentVersion + 1;
    await ctx.db.update(datasources).set({ intentVersion: version, grantId: grant }).where(eq(datasources.id, one.id));
    if (attempt.purpose === "reauthorize") await writeReauthorized(ctx, attempt, one.id, version);
    await ringLater(ctx, attempt.organisationId, one.id, version);
  }
  await audit(ctx, {
    verb: attempt.purpose === "connect" ? "datasource.consented" : "datasource.reauthorized",
    objectType: "grant",
    objectId: grant,
    datasourceId: row.id,
    after: { scopes: [...tokens.scopes], loginKey: tokens.login.key },
  });
}

async function newGrant(ctx: Context, attempt: AttemptRow, tokens: Tokens): Promise<GrantId> {
  const id = grantId(randomUUID());
  await ctx.db.insert(grants).values({
    organisationId: attempt.organisationId,
    id,
    platform: attempt.platform,
    loginKey: tokens.login.key,
    holder: personOf(tokens),
    scopes: [...tokens.scopes],
    createdBy: attempt.userId,
  });
  return id;
}

async function sealCandidate(ctx: Context, attempt: AttemptRow, grant: GrantId, tokens: Tokens): Promise<CredentialId> {
  const id = credentialId(randomUUID());
  const binding = { organisationId: attempt.organisationId, grantId: grant, credentialId: id };
  const sealed = seal(ctx.services.vaultPublicKey, binding, { ...tokens.credential });
  const [newest] = await ctx.db
    .select({ version: max(credentials.version) })
    .from(credentials)
    .where(eq(credentials.grantId, grant));
  await ctx.db.insert(credentials).values({
    organisationId: attempt.organisationId,
    id,
    grantId: grant,
    version: (newest?.version ?? 0) + 1,
    ...sealed,
    ...lastFourOf(attempt, tokens),
  });
  return id;
}

/** A key is told from others by how it ends; a token that nobody ever saw is not. */
function lastFourOf({ params }: AttemptRow, { credential }: Tokens): { lastFour?: string } {
  const [key] = Object.values(credential);
  const isKey = typedOf(params)["fingerprint"] !== undefined;
  return isKey && key !== undefined && key.length >= 16 ? { lastFour: key.slice(-4) } : {};
}

async function writeReauthorized(
  ctx: Context,
  attempt: AttemptRow,
  datasource: DatasourceId,
  version: number,
): Promise<void> {
  const key = reauthorizedKey(attempt.id, datasource);
  await ctx.db.insert(commands).values({
    organisationId: attempt.organisationId,
    id: commandId(commandIdFor(attempt.organisationId, key)),
    datasourceId: datasource,
    kind: "reauthorized",
    args: {},
    argsHash: hashOf({}),
    idempotencyKey: key,
    actor: actorOf(ctx.caller),
    intentVersion: version,
  });
}

/** Nothing stands on it: a worker ends at the source what was given, by this grant without a datasource. */
async function orphan(ctx: Context, { attempt, tokens }: Brought): Promise<void> {
  const grant = await newGrant(ctx, attempt, tokens);
  const candidate = await sealCandidate(ctx, attempt, grant, tokens);
  await ctx.db.update(grants).set({ candidateCredentialId: candidate }).where(eq(grants.id, grant));
  await ctx.db
    .update(connectAttempts)
    .set({ codeVerifier: null, outcome: { kind: "failed", problem: { code: "late" } } })
    .where(eq(connectAttempts.id, attempt.id));
  await audit(ctx, {
    verb: "grant.cameLate",
    objectType: "grant",
    objectId: grant,
    after: { loginKey: tokens.login.key },
  });
}
