/**
 * Who and what can reach the data: read with what was decided of each, decided on, and signed. A decision changes nothing by
 * itself; what it asks for is done by the command that there is for it.
 */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { and, eq, isNull } from "drizzle-orm";
import { accessDecisions, accessReviews, notices } from "@headwater/db/schema/tables.ts";
import { userId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import type { AccessChoice, JsonObject } from "@headwater/db/schema/values.ts";
import type { Person } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { organisationIn } from "../datasources/command.ts";
import { lockOrganisation } from "../datasources/slots.ts";
import type { Context } from "../graphql/context.ts";
import { canBeRemoved, holderOf, scopesGranted } from "../graphql/grant.ts";
import { readDecisions, readLivingTokens, readReviewDue, readSigned } from "../reading/access-reviews.ts";
import type { DecisionRow, SignedRow } from "../reading/access-reviews.ts";
import type { Giver } from "../reading/commands.ts";
import { renewsItself } from "../reading/grant-endings.ts";
import { readLivingGrants } from "../reading/living-grants.ts";
import type { LivingGrant } from "../reading/living-grants.ts";
import type { ApiTokenRow } from "../reading/organisation.ts";
import { readMembers, readNames } from "../reading/people.ts";
import type { Member } from "../reading/people.ts";
import { auditLock } from "../signin/access-audit.ts";
import { isOwnPassword } from "../signin/change-password.ts";
import { ACCOUNT_TRIES, countTry, forgetTries, keyOf } from "../signin/throttle.ts";
import { isPrintable, tidied } from "../words/names.ts";
import { InvalidInput, NotAllowed } from "../words/problems.ts";
import { hashOf, isDecided, recordOf, seenOf, signedToDo } from "./access-record.ts";
import type { Reviewed, Subject } from "./access-record.ts";

const NOTE_LONGEST = 500;

export type What = { readonly grant: LivingGrant } | { readonly member: Member } | { readonly token: ApiTokenRow };

export interface ReviewRow extends Reviewed {
  readonly what: What;
  /** What can be done about it here. */
  readonly choices: readonly AccessChoice[];
  /** What was signed last to be done about it, until it is done or decided anew. */
  readonly toDo: AccessChoice | null;
}

export interface ReviewView {
  readonly dueAt: Date | null;
  readonly rows: readonly ReviewRow[];
  readonly gone: readonly Reviewed[];
  readonly seen: string;
}

type Undecided = Omit<ReviewRow, "decided" | "toDo">;

export async function readReview(ctx: Context): Promise<ReviewView> {
  const organisation = organisationIn(ctx);
  // All of them: what is signed leaves nothing out.
  const grants = await readLivingGrants(ctx.db, { now: ctx.now, most: Number.MAX_SAFE_INTEGER });
  const members = await readMembers(ctx.db, organisation);
  const tokens = await readLivingTokens(ctx.db, organisation, ctx.now);
  const decisions = new Map((await readDecisions(ctx.db)).map((row) => [keyOfRow(row.kind, row.subjectId), row]));
  const subjects = [
    ...(await Promise.all(grants.map((living) => ofGrant(living, ctx)))),
    ...members.map(ofMember),
    ...(await Promise.all(tokens.map((token) => ofToken(token, ctx)))),
  ];
  const [signed] = await readSigned(ctx.db, 1);
  const toDoOf = signed === undefined ? () => null : signedToDo(signed.record);
  const rows = subjects.map((one) => {
    const decided = decisions.get(keyOfRow(one.kind, one.id)) ?? null;
    return { ...one, decided, toDo: isDecided({ ...one, decided }) ? null : toDoOf(one) };
  });
  const here = new Set(rows.map(({ kind, id }) => keyOfRow(kind, id)));
  const gone = [...decisions].flatMap(([key, decided]) => (here.has(key) ? [] : [asReviewed(decided)]));
  const isSample = ((await ctx.load.organisation.load(organisation))?.sampleUntil ?? null) !== null;
  return { dueAt: await readReviewDue(ctx.db, { isSample }), rows, gone, seen: seenOf([...rows, ...gone]) };
}

const keyOfRow = (kind: string, id: string): string => `${kind} ${id}`;
const asReviewed = (decided: DecisionRow): Reviewed => ({
  kind: decided.kind,
  id: decided.subjectId,
  facts: decided.facts,
  use: {},
  decided,
});

async function ofGrant(living: LivingGrant, ctx: Context): Promise<Undecided> {
  const { grant, views, giverLeft } = living;
  const { id, platform } = grant;
  const [scopes, credential, given] = await Promise.all([
    scopesGranted(grant, ctx),
    ctx.load.credential.load(id),
    ctx.load.given.load(id),
  ]);
  const isKey = connectorFor(platform)?.authorization.kind === "key";
  const facts: JsonObject = {
    platform,
    holder: holderOf(grant),
    datasources: views.map(({ row }) => ({ id: row.id, name: row.name })),
    givenBy: given?.by == null ? null : await nameIn(given.by, ctx),
    givenAt: (given?.at ?? grant.createdAt).toISOString(),
    giverLeft,
    scopes: grant.scopes.toSorted(),
    endsAt: renewsItself(platform) ? null : (grant.endsAt?.toISOString() ?? null),
    lastFour: isKey ? (credential?.lastFour ?? null) : null,
  };
  const use = {
    lastUsedAt: credential?.lastUsedAt?.toISOString() ?? null,
    unusedScopes: scopes.flatMap(({ name, isUnused }) => (isUnused ? [name] : [])),
  };
  const choices: readonly AccessChoice[] = [
    "keep",
    ...(scopes.some(canBeRemoved) ? (["reduce"] as const) : []),
    ...(isKey ? (["rotate"] as const) : []),
    "revoke",
  ];
  return { kind: "grant", id, facts, use, choices, what: { grant: living } };
}

/** Not as it is worded for who looks on, but as it is: their language is no fact. */
async function nameIn(by: Giver, { load }: Context): Promise<JsonObject> {
  if (by.kind !== "person") return { ...by };
  return { ...by, name: (await load.personName.load(userId(by.userId))) ?? null };
}

/** Nobody can be taken out of an organisation here yet. */
const ofMember = (member: Member): Undecided => ({
  kind: "person",
  id: member.userId,
  facts: { name: member.name, email: member.email, role: member.role, since: member.since.toISOString() },
  use: {},
  choices: ["keep"],
  what: { member },
});

const ofToken = async (token: ApiTokenRow, ctx: Context): Promise<Undecided> => ({
  kind: "apiToken",
  id: token.id,
  facts: {
    name: token.name,
    scopes: token.scopes.toSorted(),
    lastFour: token.lastFour,
    madeBy: await nameIn({ kind: "person", userId: token.createdBy }, ctx),
    madeAt: token.createdAt.toISOString(),
    endsAt: token.expiresAt.toISOString(),
  },
  use: { lastUsedAt: token.lastUsedAt?.toISOString() ?? null, lastUsedFrom: token.lastUsedFrom },
  choices: ["keep", "revoke"],
  what: { token },
});

export interface DecisionInput {
  readonly row: Pick<Subject, "kind" | "id"> | null;
  /** The facts that were shown. */
  readonly seen: string;
  readonly choice: AccessChoice;
  readonly note: string;
}

export async function decide(ctx: Context, { row: asked, seen, choice, note: typed }: DecisionInput): Promise<void> {
  const { organisation, person } = signer(ctx);
  const note = tidied(typed);
  if (note.length > NOTE_LONGEST || !isPrintable(note))
    throw wrong("note", ctx.words.say("input.text", { longest: NOTE_LONGEST }));
  await lockOrganisation(ctx, organisation);
  const { rows } = await readReview(ctx);
  const row = rows.find(({ kind, id }) => asked !== null && kind === asked.kind && id === asked.id);
  if (row === undefined || seenOf([{ ...row, decided: null }]) !== seen)
    throw wrong("seen", ctx.words.say("review.rowChanged"));
  if (!row.choices.includes(choice)) throw wrong("choice", ctx.words.say("input.choice"));
  const decided = { choice, note, facts: row.facts, decidedBy: person.userId, decidedAt: ctx.now };
  await ctx.db
    .insert(accessDecisions)
    .values({ organisationId: organisation, kind: row.kind, subjectId: row.id, ...decided })
    .onConflictDoUpdate({
      target: [accessDecisions.organisationId, accessDecisions.kind, accessDecisions.subjectId],
      set: decided,
    });
  await audit(ctx, { verb: "access.decided", objectType: row.kind, objectId: row.id, after: { choice, note } });
}

export interface SigningInput {
  readonly password: string;
  /** The review that was shown. */
  readonly seen: string;
}

/** A refusal is given back and not thrown: the try that it was is counted in the same transaction. */
export async function sign(ctx: Context, { password, seen }: SigningInput): Promise<SignedRow | InvalidInput> {
  const { organisation, person } = signer(ctx);
  const refused = await wrongPassword(ctx, person, password);
  if (refused !== null) return refused;
  await lockOrganisation(ctx, organisation);
  const review = await readReview(ctx);
  if (review.seen !== seen) return wrong("seen", ctx.words.say("review.changed"));
  if (!review.rows.every(isDecided)) return wrong("seen", ctx.words.say("review.undecided"));
  const record = recordOf({
    ...review,
    organisation: { id: organisation, name: (await ctx.load.organisation.load(organisation))?.name ?? "" },
    signedAt: ctx.now,
    signedBy: person.userId,
    names: await namesIn(ctx, person, [...review.rows, ...review.gone]),
  });
  const [signed] = await ctx.db
    .insert(accessReviews)
    .values({ organisationId: organisation, signedBy: person.userId, signedAt: ctx.now, record, hash: hashOf(record) })
    .returning();
  if (signed === undefined) throw new Error("nothing was signed");
  await ctx.db.delete(accessDecisions).where(eq(accessDecisions.organisationId, organisation));
  await ctx.db
    .update(notices)
    .set({ resolvedAt: ctx.now })
    .where(and(eq(notices.organisationId, organisation), eq(notices.kind, "reviewDue"), isNull(notices.resolvedAt)));
  const after = { hash: signed.hash, rows: review.rows.length };
  await audit(ctx, { verb: "accessReview.signed", objectType: "accessReview", objectId: signed.id, after });
  return signed;
}

function signer(ctx: Context): { organisation: OrganisationId; person: Person } {
  const organisation = organisationIn(ctx);
  if (ctx.caller.kind !== "person") throw new NotAllowed();
  return { organisation, person: ctx.caller };
}

const wrong = (path: string, message: string): InvalidInput => new InvalidInput([{ path, message }]);

/** As often as at a sign-in, and no oftener: a browser left open is not to guess. */
async function wrongPassword(ctx: Context, person: Person, password: string): Promise<InvalidInput | null> {
  const { services, visitor, words } = ctx;
  const key = keyOf("review signing", person.userId);
  const here = { drizzle: ctx.db };
  const tooMany = await countTry(here, key, ACCOUNT_TRIES, ctx.now);
  if (tooMany?.isFirst === true) ctx.afterCommit(() => auditLock(services.db, person.email, visitor.address));
  if (tooMany !== null) return wrong("password", words.say("signin.throttled", { seconds: tooMany.seconds }));
  if (!(await isOwnPassword(ctx.db, person.userId, password)))
    return wrong("password", words.say("signin.wrongPassword"));
  await forgetTries(here, key);
  return null;
}

/** Whoever decided and signed: an id says nothing to whoever reads the record later. */
async function namesIn(ctx: Context, person: Person, rows: readonly Reviewed[]): Promise<Record<string, string>> {
  const deciders = rows.flatMap(({ decided }) => (decided === null ? [] : [userId(decided.decidedBy)]));
  return Object.fromEntries(await readNames(ctx.db, [...new Set([person.userId, ...deciders])]));
}
