import { createHash, randomUUID } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { credentials, grants, reauthorizeLinks } from "@headwater/db/schema/tables.ts";
import { eq } from "drizzle-orm";
import { afterAll, describe, expect, test } from "vitest";
import { IN_ALL_MOST, TO_ONE_MOST } from "./make.ts";
import { revoked } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { comeHome, makeShop, signedQuery, stateIn } from "../testing/shop.ts";
import { joinAs, mailsTo, post, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const LOOK = `query Look($token: String!) { reauthorizeLink(token: $token) {
  organisationName askedBy whoToAsk accountName state expiresAt problem { code message remedy { kind } }
  platform { name title prerequisites policyUrl scopes { name purpose } } } }`;
const FOLLOW = `mutation Follow($token: String!) { r: followReauthorizeLink(input: { token: $token }) {
  is: __typename ... on FollowReauthorizeLinkSuccess { authorizeUrl } ... on UserError { code message meaning } } }`;
const idOf = (text: string) => createHash("sha256").update(text).digest("hex");

const shop = makeShop();
const dist = mkdtempSync(join(tmpdir(), "headwater-links-"));
writeFileSync(join(dist, "index.html"), "<!doctype html>");
writeFileSync(join(dist, "persisted-documents.json"), JSON.stringify({ [idOf(LOOK)]: LOOK, [idOf(FOLLOW)]: FOLLOW }));
afterAll(() => rmSync(dist, { recursive: true }));
const api = ownApi({ outbound: shop.outbound, webDist: dist });

/** A browser in which nobody is signed in: what is on record may be asked by anybody. */
async function anonymously(text: string, token: string, cookie?: string) {
  const response = await post(
    api,
    "/graphql",
    { extensions: { persistedQuery: { version: 1, sha256Hash: idOf(text) } }, variables: { token } },
    cookie === undefined ? {} : { cookie },
  );
  const body: unknown = await response.json();
  const given = response.headers.getSetCookie().map((one) => one.split(";")[0] ?? "");
  return { body: Object(body), cookie: given.join("; ") || cookie, set: response.headers.getSetCookie() };
}
const look = async (token: string) => (await anonymously(LOOK, token)).body.data.reauthorizeLink;

const CREATE = `mutation ($i: CreateReauthorizeLinkInput!) { r: createReauthorizeLink(input: $i) { is: __typename
  ... on CreateReauthorizeLinkSuccess { url link { id to state openedAt doneAt revokedAt } } ... on UserError { code }
  ... on InvalidInput { fields { path } } ... on NotPossibleNow { reason { code } } } }`;
const REVOKE = `mutation ($i: RevokeReauthorizeLinkInput!) { r: revokeReauthorizeLink(input: $i) { is: __typename
  ... on RevokeReauthorizeLinkSuccess { link { state revokedAt } } ... on UserError { code } } }`;

let sent = 0;
const create = async (who: Visitor, made: Made, more: Record<string, unknown> = {}) =>
  (
    await who.ask(CREATE, {
      i: { datasource: made.gid, email: `holder${(sent += 1)}@example.com`, idempotencyKey: randomUUID(), ...more },
    })
  ).data.r;
const tokenOf = (url: string) => new URL(url).hash.slice(1);

interface Sent {
  readonly owner: Visitor;
  readonly made: Made;
  readonly link: { readonly id: string; readonly to: string };
  readonly token: string;
}
async function send(): Promise<Sent> {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: revoked });
  const { link, url } = await create(owner, made);
  return { owner, made, link, token: tokenOf(url) };
}
const stateOf = async ({ owner, made }: Sent) =>
  (
    await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { reauthorizeLinks { to state openedAt doneAt revokedAt createdBy { name } problem { message } } } }`,
      { id: made.gid },
    )
  ).data.datasource.reauthorizeLinks[0];
const giverOf = async ({ owner, made }: Sent) =>
  (await owner.ask("query ($id: ID!) { datasource(id: $id) { grant { givenBy { kind name } } } }", { id: made.gid }))
    .data.datasource.grant.givenBy;
const loginOf = async ({ made }: Sent) => {
  const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
  return grant?.loginKey ?? "";
};
const verbs = async ({ owner, made }: Sent) =>
  (
    await api.owner.sql<{ verb: string }[]>`
      select verb from audit_log where organisation_id = ${owner.organisationId} and datasource_id = ${made.id}
        and verb like 'reauthorizeLink.%' order by n`
  ).map(({ verb }) => verb.split(".")[1]);

describe("a link for the holder of a grant", () => {
  test("is mailed, told once, and shows who asks, for what and what is needed, and nothing else", async () => {
    const one = await send();
    const [mail] = await mailsTo(api, one.link.to);
    expect(mail).toMatchObject({ kind: "reauthorizeLink", details: { account: expect.stringMatching(/^shop-/) } });
    expect(tokenOf(mail?.link ?? "")).toBe(one.token);
    const seen = await look(one.token);
    expect(seen).toMatchObject({
      organisationName: expect.stringMatching(/^Brand/),
      askedBy: expect.stringMatching(/^Person/),
      state: "OPEN",
      problem: null,
      platform: { name: "shopify", title: "Shopify" },
    });
    expect((Date.parse(seen.expiresAt) - Date.now()) / 3_600_000, "72 hours").toBeCloseTo(72, 0);
    expect(seen.platform.scopes.length).toBeGreaterThan(2);
    expect(JSON.stringify(seen)).not.toContain(one.owner.organisationId);
    expect((await stateOf(one)).state).toBe("OPENED");
    await look(one.token);
    expect(await verbs(one), "opened is told once").toEqual(["made", "opened"]);
  });

  test("is followed without an account, in one browser, once: the grant gets its candidate and the sender is told", async () => {
    const one = await send();
    const followed = await anonymously(FOLLOW, one.token);
    expect(followed.body.data.r.is).toBe("FollowReauthorizeLinkSuccess");
    expect(followed.set[0]).toMatch(/^headwater-link=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax/);
    const state = stateIn(followed.body.data.r.authorizeUrl);
    const query = () => signedQueryOf(one, state);
    const before = shop.asked.length;
    expect((await comeHome(api, await query(), undefined)).status, "no cookie").toBe(403);
    expect((await comeHome(api, await query(), one.owner.cookie)).status, "another browser, though the sender's").toBe(
      403,
    );
    expect(shop.asked.length, "no token call").toBe(before);
    const home = await comeHome(api, await query(), followed.cookie);
    expect(home.headers.get("location")).toBe("/oauth/returned?outcome=renewed");
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, one.made.grantId));
    expect(grant?.candidateCredentialId).not.toBeNull();
    expect((await look(one.token)).state).toBe("CHECKING");
    expect(await verbs(one)).toEqual(["made", "used"]);
    const told = await one.owner.ask(
      "query ($id: ID!) { me { name } datasource(id: $id) { timeline(first: 9) { nodes { message } } } }",
      { id: one.made.gid },
    );
    expect(told.data.datasource.timeline.nodes.map(({ message }: { message: string }) => message)).toEqual([
      `${one.link.to} signed in at Shopify by the link.`,
      `${told.data.me.name} sent a link to ${one.link.to}, so that access can be renewed without an account.`,
    ]);
    expect((await anonymously(FOLLOW, one.token, followed.cookie)).body.data.r).toMatchObject({ code: "LINK_LAPSED" });
    const inbox = await one.owner.ask(
      "{ me { email } organisation { inbox(first: 5) { nodes { kind message isRead } } } }",
    );
    expect(inbox.data.organisation.inbox.nodes).toMatchObject([{ kind: "LINK_FOLLOWED", isRead: false }]);
    expect((await mailsTo(api, inbox.data.me.email)).at(-1)).toMatchObject({
      kind: "reauthorizeDone",
      link: `${api.url}/${one.owner.slug}/settings/integrations/datasources/${one.made.gid}`,
    });
  });
});

describe("a link that was followed", () => {
  test("is open again when the holder refuses or answers from elsewhere, and nobody is told of a sign-in", async () => {
    const one = await send();
    const shopOf = await loginOf(one);
    const refusals: [outcome: string, query: (state: string) => string, problem: object][] = [
      [
        "notRenewed",
        (state) => new URLSearchParams({ error: "access_denied", state }).toString(),
        { message: "Access was refused in Shopify. Nothing was connected.", remedy: { kind: "START_AGAIN" } },
      ],
      [
        "otherAccount",
        (state) => signedQuery({ code: "x", shop: `other-${shopOf}`, state }),
        { code: "otherPlace", remedy: { kind: "SWITCH_ACCOUNT" } },
      ],
    ];
    for (const [outcome, refusal, problem] of refusals) {
      const followed = await anonymously(FOLLOW, one.token);
      const home = await comeHome(api, refusal(stateIn(followed.body.data.r.authorizeUrl)), followed.cookie);
      expect(home.headers.get("location") ?? (await home.text()), "without an account, no way back into one").toMatch(
        new RegExp(`outcome="?${outcome}`, "u"),
      );
      expect(await look(one.token), "opened again, it says what became of the last try").toMatchObject({
        state: "OPEN",
        problem,
      });
    }
    const { data } = await one.owner.ask("{ me { email } organisation { inbox(first: 5) { nodes { kind } } } }");
    expect(data.organisation.inbox.nodes).toEqual([]);
    expect((await mailsTo(api, data.me.email)).map(({ kind }) => kind)).not.toContain("reauthorizeDone");
    expect(await verbs(one)).not.toContain("used");
  });

  test("renews nothing where its sender cannot be told in the same moment", async () => {
    const one = await send();
    const followed = await anonymously(FOLLOW, one.token);
    const query = await signedQueryOf(one, stateIn(followed.body.data.r.authorizeUrl));
    await api.owner.sql.unsafe(`create function cut_off() returns trigger language plpgsql as $$ begin
      raise exception 'cut off'; end $$; create trigger cut_off before insert on mails for each row
      when (new.kind = 'reauthorizeDone') execute function cut_off()`);
    const home = await comeHome(api, query, followed.cookie);
    await api.owner.sql.unsafe("drop trigger cut_off on mails; drop function cut_off()");
    expect(home.status).toBe(500);
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, one.made.grantId));
    expect(grant?.candidateCredentialId).toBeNull();
    expect(await verbs(one)).not.toContain("used");
  });

  test("is done once the same account is proven, and open again after another one", async () => {
    const one = await send();
    const followed = await anonymously(FOLLOW, one.token);
    await comeHome(api, await signedQueryOf(one, stateIn(followed.body.data.r.authorizeUrl)), followed.cookie);
    // As the worker judges: another account; then, at the second try, the same.
    await judge(one, { auth: "revoked", cause: "otherAccount" });
    expect(await look(one.token)).toMatchObject({
      state: "OPEN",
      problem: { message: "Another account came back: other-shop. Nothing was read from it." },
    });
    const again = await anonymously(FOLLOW, one.token, followed.cookie);
    await comeHome(api, await signedQueryOf(one, stateIn(again.body.data.r.authorizeUrl)), again.cookie);
    await judge(one, { auth: "ok", cause: null });
    expect((await look(one.token)).state).toBe("USED");
    expect(await stateOf(one)).toMatchObject({ state: "DONE", doneAt: expect.any(String), problem: null });
    expect(await giverOf(one), "whoever holds the link").toEqual({ kind: "PERSON", name: one.link.to });
    expect((await anonymously(FOLLOW, one.token, followed.cookie)).body.data.r.code).toBe("LINK_LAPSED");
    // Its one use is over, whatever becomes of the access that it brought.
    await end(one);
    expect((await look(one.token)).state).toBe("USED");
    expect((await stateOf(one)).state).toBe("DONE");
    expect((await anonymously(FOLLOW, one.token, followed.cookie)).body.data.r.code).toBe("LINK_LAPSED");
  });
});

describe("a link says of the last try", () => {
  test("nothing where it was cut off between the consent and the candidate, and is open again after a minute", async () => {
    const one = await send();
    const past = new Date(Date.now() - 61_000);
    await api.owner.drizzle
      .update(reauthorizeLinks)
      .set({ usedAt: past })
      .where(eq(reauthorizeLinks.toAddress, one.link.to));
    expect((await look(one.token)).state).toBe("OPEN");
  });

  test("that was not gone on with at the source, once its ten minutes are over", async () => {
    const one = await send();
    await anonymously(FOLLOW, one.token);
    expect(await look(one.token), "it may still come home").toMatchObject({ state: "OPEN", problem: null });
    await api.owner.sql`update connect_attempts set expires_at = now() where datasource_id = ${one.made.id}`;
    expect(await look(one.token)).toMatchObject({ state: "OPEN", problem: { code: "expired" } });
    const again = await anonymously(FOLLOW, one.token);
    expect(again.body.data.r.is).toBe("FollowReauthorizeLinkSuccess");
    expect(await look(one.token), "of the try before the last nothing is said").toMatchObject({ problem: null });
  });

  test("by the brand's own clock since when the access is gone that it brought", async () => {
    const one = await send();
    await api.owner.sql`update organisations set zone = 'Asia/Kathmandu' where id = ${one.owner.organisationId}`;
    const followed = await anonymously(FOLLOW, one.token);
    await comeHome(api, await signedQueryOf(one, stateIn(followed.body.data.r.authorizeUrl)), followed.cookie);
    await judge(one, { auth: "revoked", cause: "revokedAtSource" });
    await api.owner
      .sql`update connect_attempts set consumed_at = '2026-11-02 20:00Z' where datasource_id = ${one.made.id}`;
    expect((await look(one.token)).problem.message).toMatch(/^The access was revoked at Shopify \(3\sNov\b.*\)\.$/u);
  });

  test("by another account, though the access before it still works and ends soon", async () => {
    const one = await send();
    const followed = await anonymously(FOLLOW, one.token);
    await comeHome(api, await signedQueryOf(one, stateIn(followed.body.data.r.authorizeUrl)), followed.cookie);
    await judge(one, { auth: "revoked", cause: "otherAccount" });
    await api.owner.sql`update datasources set auth = 'ok', auth_reason = null where id = ${one.made.id}`;
    await api.owner.sql`update grants set ends_at = now() + interval '1 day' where id = ${one.made.grantId}`;
    expect(await look(one.token)).toMatchObject({
      state: "OPEN",
      problem: { code: "otherAccount", remedy: { kind: "SWITCH_ACCOUNT" } },
    });
    expect(await stateOf(one), "its sender is told as well").toMatchObject({
      state: "OPENED",
      problem: { message: "Another account came back: other-shop. Nothing was read from it." },
    });
  });
});

async function signedQueryOf(one: Sent, state: string): Promise<string> {
  return signedQuery({ code: randomUUID(), shop: await loginOf(one), state });
}

/** As the worker writes it: whoever proves nothing leaves the access as dead as it was, and since when. */
async function judge({ made }: Sent, { auth, cause }: { auth: "ok" | "revoked"; cause: string | null }): Promise<void> {
  const reason = cause === null ? null : JSON.stringify({ code: cause, found: "other-shop" });
  const isProven = auth === "ok";
  await api.owner.sql`update grants set candidate_credential_id = null,
    verified_at = case when ${isProven} then now() else verified_at end where id = ${made.grantId}`;
  await api.owner.sql`
    update datasources set auth = ${auth}, auth_reason = ${reason}::text::jsonb,
      auth_since = case when auth = ${auth} then auth_since else now() end where id = ${made.id}`;
  await api.owner.sql`update commands set state = ${isProven ? "done" : "refused"}, settled_at = now(),
      outcome = ${reason}::text::jsonb
    where datasource_id = ${made.id} and kind = 'reauthorized' and state = 'accepted'`;
}

const end = ({ made }: Sent) => api.owner.sql`
  update datasources set auth = 'revoked', auth_reason = '{"code":"revokedAtSource"}', auth_since = now()
  where id = ${made.id}`;

describe("a link opens nothing", () => {
  test("once taken back, lapsed, made up, or of a datasource that is gone", async () => {
    const [back, late, gone] = [await send(), await send(), await send()];
    expect((await back.owner.ask(REVOKE, { i: { link: back.link.id, idempotencyKey: "x" } })).data.r).toMatchObject({
      link: { state: "REVOKED" },
    });
    await api.owner.drizzle
      .update(reauthorizeLinks)
      .set({ expiresAt: new Date(Date.now() - 1000) })
      .where(eq(reauthorizeLinks.toAddress, late.link.to));
    await api.owner.sql`update datasources set disconnected_at = now(), undo_until = now() where id = ${gone.made.id}`;
    for (const [one, state] of [
      [back, "REVOKED"],
      [late, "EXPIRED"],
      [gone, "EXPIRED"],
    ] as const) {
      expect((await look(one.token)).state).toBe(state);
      expect((await anonymously(FOLLOW, one.token)).body.data.r.code).toBe("LINK_LAPSED");
    }
    const altered = back.token.replace(/.(?=.{20}$)/u, (one) => (one === "A" ? "B" : "A"));
    for (const token of ["", "x", "A".repeat(64), altered, "..%2f..", "A".repeat(5000)]) {
      expect(await look(token), token.slice(0, 30)).toBeNull();
      expect((await anonymously(FOLLOW, token)).body.data.r.code).toBe("LINK_LAPSED");
    }
  });

  test("sent by somebody who may no longer connect: its holder is sent to no consent screen", async () => {
    const one = await send();
    await api.owner.sql`update memberships set role = 'viewer' where user_id = ${one.owner.userId}`;
    expect((await look(one.token)).state).toBe("EXPIRED");
    expect((await anonymously(FOLLOW, one.token)).body.data.r.code).toBe("LINK_LAPSED");
    await api.owner.sql`update memberships set role = 'admin' where user_id = ${one.owner.userId}`;
    expect((await look(one.token)).state).toBe("OPEN");
  });

  test("taken back between consent and return, or sent by somebody who may no longer connect: refused without a token call", async () => {
    for (const undo of [
      (one: Sent) => api.owner.sql`update reauthorize_links set revoked_at = now() where to_address = ${one.link.to}`,
      (one: Sent) => api.owner.sql`update memberships set role = 'viewer' where user_id = ${one.owner.userId}`,
    ]) {
      const one = await send();
      const followed = await anonymously(FOLLOW, one.token);
      await undo(one);
      const before = shop.asked.length;
      const home = await comeHome(
        api,
        await signedQueryOf(one, stateIn(followed.body.data.r.authorizeUrl)),
        followed.cookie,
      );
      expect(home.status).toBe(403);
      expect(shop.asked.length).toBe(before);
      const kept = await api.owner.drizzle.select().from(credentials).where(eq(credentials.grantId, one.made.grantId));
      expect(kept).toEqual([]);
    }
  });

  test("to anything else: its holder is nobody", async () => {
    const one = await send();
    const { cookie } = await anonymously(FOLLOW, one.token);
    const asked = await post(api, "/graphql", { query: "{ organisation { name } }" }, { cookie: cookie ?? "" });
    expect(asked.status).toBe(401);
  });
});

test("only those who may consent make and take back links, each in their own organisation", async () => {
  const one = await send();
  const [analyst, stranger] = [await joinAs(api, one.owner, "analyst"), await signUp(api)];
  expect((await create(analyst, one.made)).code).toBe("NOT_ALLOWED");
  expect((await create(stranger, one.made)).code).toBe("DATASOURCE_GONE");
  expect((await create(one.owner, one.made, { email: "nobody" })).fields).toEqual([{ path: "email" }]);
  const take = { i: { link: one.link.id, idempotencyKey: "x" } };
  expect((await stranger.ask(REVOKE, take)).data.r.code).toBe("LINK_GONE");
  expect((await analyst.ask(REVOKE, take)).data.r.code).toBe("NOT_ALLOWED");
  const key = randomUUID();
  const input = { email: "again@example.com", idempotencyKey: key };
  const [first, second] = [await create(one.owner, one.made, input), await create(one.owner, one.made, input)];
  expect([first.link.id, typeof first.url, second.url]).toEqual([second.link.id, "string", null]);
  expect((await mailsTo(api, "again@example.com")).length).toBe(1);
});

test("nobody is mailed by the dozen: five links a day to one person, fifty from one organisation", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: revoked });
  const email = "pestered@example.com";
  for (let n = 0; n < TO_ONE_MOST; n += 1)
    expect((await create(owner, made, { email })).url).toEqual(expect.any(String));
  expect(await create(owner, made, { email: email.toUpperCase() })).toMatchObject({ fields: [{ path: "email" }] });
  expect(await mailsTo(api, email)).toHaveLength(TO_ONE_MOST);
  for (let n = TO_ONE_MOST; n < IN_ALL_MOST; n += 1) await create(owner, made);
  expect(await create(owner, made)).toMatchObject({ fields: [{ path: "email" }] });
  await api.owner.sql`update reauthorize_links set created_at = created_at - interval '25 hours'
    where organisation_id = ${owner.organisationId}`;
  expect((await create(owner, made, { email })).url).toEqual(expect.any(String));
});
