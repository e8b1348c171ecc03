import { memberships } from "@headwater/db/schema/tables.ts";
import { createHash } from "node:crypto";
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, makeToken, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
const DAY_MS = 86_400_000;

const REVIEW = `{ organisation { accessReview { dueAt seen signed { signedAt signedBy { name } hash url }
  rows { id seen choices toDo grant { grant { holder } } member { name role } token { name }
    decision { choice note isOutdated by { name } } } } } }`;
const DECIDE = `mutation ($i: DecideAccessInput!) { r: decideAccess(input: $i) { is: __typename
  ... on InvalidInput { fields { path message } } } }`;
const SIGN = `mutation ($i: SignAccessReviewInput!) { r: signAccessReview(input: $i) { is: __typename
  ... on InvalidInput { fields { path } } ... on SignAccessReviewSuccess { review { hash url } } } }`;

interface Row {
  readonly id: string;
  readonly seen: string;
  readonly choices: readonly string[];
  readonly toDo: string | null;
  readonly grant: object | null;
  readonly member: { readonly name: string } | null;
  readonly token: object | null;
  readonly decision: { readonly choice: string; readonly note: string; readonly isOutdated: boolean } | null;
}
interface Review {
  readonly dueAt: string | null;
  readonly seen: string;
  readonly signed: readonly { readonly hash: string; readonly url: string }[];
  readonly rows: readonly Row[];
}
const reviewOf = async (who: Visitor): Promise<Review> => (await who.ask(REVIEW)).data.organisation.accessReview;
const decide = async (who: Visitor, { id, seen }: Row, choice = "KEEP", note?: string) =>
  (await who.ask(DECIDE, { i: { row: id, seen, choice, note } })).data.r;
const sign = async (who: Visitor, seen: string, password = PASSWORD) =>
  (await who.ask(SIGN, { i: { seen, password } })).data.r;
async function decideAll(who: Visitor): Promise<Review> {
  for (const row of (await reviewOf(who)).rows) await decide(who, row);
  return reviewOf(who);
}
const take = (who: Visitor, url: string) =>
  fetch(`${api.url}${url}?organisation=${who.slug}`, { headers: { cookie: who.cookie } });

async function withGrant(owner: Visitor, platform: "shopify" | "klaviyo") {
  const made = await makeDatasource(api, owner.organisationId);
  await api.owner
    .sql`update grants set credential_id = gen_random_uuid(), platform = ${platform}, holder = '{"name":"Priya"}'
    where id = ${made.grantId}`;
  return made;
}

test("of a sample brand no review is due: it goes by itself", async () => {
  const owner = await signUp(api);
  await withGrant(owner, "shopify");
  expect((await reviewOf(owner)).dueAt).not.toBeNull();
  await api.owner.sql`update organisations set sample_until = now() where id = ${owner.organisationId}`;
  expect((await reviewOf(owner)).dueAt).toBeNull();
});

test("grants and keys, people and living tokens stand to be decided, each with what can be done about it here", async () => {
  const owner = await signUp(api);
  expect((await reviewOf(owner)).dueAt, "nothing is connected").toBeNull();
  const made = await withGrant(owner, "shopify");
  await withGrant(owner, "klaviyo");
  const connectedAt = new Date("2026-09-02T10:00:00Z");
  await api.owner.sql`update datasources set connected_at = ${connectedAt} where id = ${made.id}`;
  await makeToken(owner, ["READ"], "nightly");
  await makeToken(owner, ["READ"], "old");
  await api.owner.sql`update api_tokens set expires_at = now() - interval '1 hour' where name = 'old'`;
  const { rows, dueAt } = await reviewOf(owner);
  expect(dueAt).toBe(new Date(connectedAt.getTime() + 90 * DAY_MS).toISOString());
  expect(rows.map(({ choices, grant, member, token }) => [grant ?? member ?? token, choices])).toEqual([
    [{ grant: { holder: "Priya" } }, ["KEEP", "REVOKE"]],
    // It was given scopes that nobody asked for.
    [{ grant: { holder: "Priya" } }, ["KEEP", "REDUCE", "ROTATE", "REVOKE"]],
    [expect.objectContaining({ role: "OWNER" }), ["KEEP"]],
    [{ name: "nightly" }, ["KEEP", "REVOKE"]],
  ]);
  expect(rows.map(({ decision }) => decision)).toEqual([null, null, null, null]);
});

test("a decision is of what was shown: of what changed meanwhile or cannot be done, nothing is decided", async () => {
  const owner = await signUp(api);
  const made = await withGrant(owner, "klaviyo");
  const [key, person] = (await reviewOf(owner)).rows;
  if (key === undefined || person === undefined) throw new Error("two rows");
  expect(await decide(owner, person, "REVOKE")).toMatchObject({ is: "InvalidInput", fields: [{ path: "choice" }] });
  expect(await decide(owner, key, "KEEP", "x".repeat(501))).toMatchObject({ fields: [{ path: "note" }] });
  expect(await decide(owner, key, "ROTATE", "  a year old ")).toEqual({ is: "DecideAccessSuccess" });
  const [decided] = (await reviewOf(owner)).rows;
  expect(decided?.decision).toMatchObject({ choice: "ROTATE", note: "a year old", isOutdated: false });
  await api.owner.sql`update grants set scopes = '{metrics:read,flows:read}' where id = ${made.grantId}`;
  const [changed] = (await reviewOf(owner)).rows;
  expect(changed?.decision).toMatchObject({ choice: "ROTATE", isOutdated: true });
  expect(await decide(owner, key), "as it was before").toMatchObject({
    is: "InvalidInput",
    fields: [{ path: "seen" }],
  });
  const { seen } = await reviewOf(owner);
  await decide(owner, person);
  expect(await sign(owner, seen), "not the review that was shown").toMatchObject({ fields: [{ path: "seen" }] });
  expect(await sign(owner, (await reviewOf(owner)).seen), "not all is decided").toMatchObject({ is: "InvalidInput" });
  if (changed !== undefined) await decide(owner, changed, "KEEP");
  expect((await reviewOf(owner)).rows.every(({ decision }) => decision?.isOutdated === false)).toBe(true);
});

test("a sync of one of several accounts behind a login changes nothing of what was decided", async () => {
  const owner = await signUp(api);
  const [made, other] = [await withGrant(owner, "klaviyo"), await makeDatasource(api, owner.organisationId)];
  await api.owner.sql`update datasources set grant_id = ${made.grantId} where id = ${other.id}`;
  const { seen } = await decideAll(owner);
  // Of a table that it knows the planner reads the rows as they lie.
  await api.owner.sql`analyze datasources`;
  for (const { id } of [made, other]) {
    await api.owner.sql`update datasources set last_success_at = now() where id = ${id}`;
    expect((await reviewOf(owner)).seen).toBe(seen);
  }
  expect((await reviewOf(owner)).rows.map(({ decision }) => decision?.isOutdated)).toEqual([false, false]);
});

test("signed with the password, it is one record whose hash its bytes have; the next is due 90 days later", async () => {
  const owner = await signUp(api);
  const { sql } = api.owner;
  const made = await withGrant(owner, "klaviyo");
  await withGrant(owner, "shopify");
  await decideAll(owner);
  const revoked = (await reviewOf(owner)).rows.find(({ choices }) => choices.includes("ROTATE"));
  if (revoked !== undefined) await decide(owner, revoked, "REVOKE", "nobody reads it");
  await sql`update datasources set disconnected_at = now() where id = ${made.id}`;
  await sql`insert into notices (organisation_id, kind, detail)
    values (${owner.organisationId}, 'reviewDue', '{"about":"seeAccessReview"}')`;
  const { seen } = await reviewOf(owner);
  const { is, review } = await sign(owner, seen);
  expect(is).toBe("SignAccessReviewSuccess");
  const answer = await take(owner, review.url);
  expect(answer.headers.get("content-type")).toBe("application/json; charset=utf-8");
  const bytes = await answer.text();
  expect(createHash("sha256").update(bytes).digest("hex")).toBe(review.hash);
  const record = JSON.parse(bytes);
  expect(record).toMatchObject({ version: 1, signedBy: owner.userId, organisation: { id: owner.organisationId } });
  expect(record.rows.map(({ kind }: { kind: string }) => kind)).toEqual(["grant", "person"]);
  expect(record.gone, "what was revoked since is told as it was").toEqual([
    expect.objectContaining({
      platform: "klaviyo",
      decision: expect.objectContaining({ choice: "revoke", note: "nobody reads it" }),
    }),
  ]);
  expect(record.names).toHaveProperty(owner.userId);
  const after = await reviewOf(owner);
  expect(after.rows.map(({ decision }) => decision)).toEqual([null, null]);
  expect(after.signed).toEqual([expect.objectContaining({ hash: review.hash, url: review.url })]);
  expect(Math.abs(Date.parse(after.dueAt ?? "") - (Date.now() + 90 * DAY_MS))).toBeLessThan(DAY_MS);
  expect([
    ...(await sql`select verb, after->>'hash' as hash from audit_log
      where organisation_id = ${owner.organisationId} and object_type = 'accessReview'`),
  ]).toEqual([{ verb: "accessReview.signed", hash: review.hash }]);
  const [notice] = await sql`select resolved_at is not null as over from notices where kind = 'reviewDue'
    and organisation_id = ${owner.organisationId}`;
  expect(notice).toEqual({ over: true });
  expect((await sign(owner, seen)).is, "the same again").toBe("InvalidInput");
});

test("what was signed to be revoked and still stands is told until it is done, or decided anew", async () => {
  const owner = await signUp(api);
  const made = await withGrant(owner, "shopify");
  await makeToken(owner, ["READ"], "nightly");
  const toDo = async () => (await reviewOf(owner)).rows.map((row) => row.toDo);
  for (const row of (await decideAll(owner)).rows)
    if (row.choices.includes("REVOKE")) await decide(owner, row, "REVOKE");
  expect(await toDo(), "nothing is signed yet").toEqual([null, null, null]);
  await sign(owner, (await reviewOf(owner)).seen);
  expect(await toDo(), "the grant and the token").toEqual(["REVOKE", null, "REVOKE"]);
  await api.owner.sql`update api_tokens set revoked_at = now() where organisation_id = ${owner.organisationId}`;
  expect(await toDo()).toEqual(["REVOKE", null]);
  const [grant] = (await reviewOf(owner)).rows;
  if (grant !== undefined) await decide(owner, grant);
  expect(await toDo(), "decided anew").toEqual([null, null]);
  await api.owner.sql`delete from access_decisions where organisation_id = ${owner.organisationId}`;
  expect(await toDo()).toEqual(["REVOKE", null]);
  await api.owner.sql`update datasources set disconnected_at = now() where id = ${made.id}`;
  expect(await toDo(), "done").toEqual([null]);
});

test("a wrong password signs nothing, and ten of them are all that are tried", async () => {
  const owner = await signUp(api);
  const { seen } = await decideAll(owner);
  for (let tried = 0; tried < 10; tried += 1)
    expect(await sign(owner, seen, "not my password")).toMatchObject({ fields: [{ path: "password" }] });
  expect(await sign(owner, seen), "nor is the right one").toMatchObject({ fields: [{ path: "password" }] });
  expect((await reviewOf(owner)).signed).toEqual([]);
  api.clock.now = new Date(api.clock.now.getTime() + 16 * 60_000);
  expect((await sign(owner, seen)).is).toBe("SignAccessReviewSuccess");
});

test("owners and admins decide, sign and take it away; nobody else, no token, and no other organisation", async () => {
  const owner = await signUp(api);
  const admin = await joinAs(api, owner, "admin");
  const analyst = await joinAs(api, owner, "analyst");
  const { seen, rows } = await decideAll(admin);
  const { review } = await sign(admin, seen);
  expect((await take(owner, review.url)).status).toBe(200);
  expect((await take(analyst, review.url)).status).toBe(403);
  expect((await take(await signUp(api), review.url)).status).toBe(404);
  expect((await fetch(`${api.url}${review.url}`)).status).toBe(401);
  expect((await analyst.ask(REVIEW)).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  const { secret } = await makeToken(owner, ["READ", "MANAGE"]);
  expect((await withToken(api, secret)(REVIEW)).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
  const [row] = rows;
  if (row !== undefined) expect((await decide(analyst, row)).is).toBe("NotAllowed");
  expect((await sign(analyst, seen)).is).toBe("NotAllowed");
  await api.owner.drizzle.update(memberships).set({ role: "viewer" }).where(eq(memberships.userId, admin.userId));
  expect((await admin.ask(REVIEW)).errors?.[0]?.extensions["code"]).toBe("FORBIDDEN");
});

test("that it is due stands in the inbox of those who may sign it, and in no other", async () => {
  const owner = await signUp(api);
  const viewer = await joinAs(api, owner, "viewer");
  await api.owner.sql`insert into notices (organisation_id, kind, detail)
    values (${owner.organisationId}, 'reviewDue', '{"about":"seeAccessReview","dueAt":"2026-12-01T10:00:00.000Z"}')`;
  const INBOX =
    "{ organisation { unreadNotices inbox(first: 5) { nodes { kind about message meaning datasource { id } } } } }";
  const told = (await owner.ask(INBOX)).data.organisation;
  expect(told.unreadNotices).toBe(1);
  expect(told.inbox.nodes).toEqual([
    {
      kind: "REVIEW_DUE",
      about: null,
      message: expect.stringMatching(/^The access review is due .+\.$/),
      meaning: expect.stringContaining("sign it"),
      datasource: null,
    },
  ]);
  expect((await viewer.ask(INBOX)).data.organisation).toEqual({ unreadNotices: 0, inbox: { nodes: [] } });
});
