/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { commands, datasources, grants } from "@headwater/db/schema/tables.ts";
import { MUTATIONS } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import { comeHome, makeShop, rawId, rowOf, shopName, signedQuery, start, stateIn, tokens } from "../testing/shop.ts";
import { cookieIn, joinAs, post, setPlan, signUp } from "../testing/visitor.ts";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";

const shop = makeShop();
const api = ownApi({ outbound: shop.outbound });

describe("callbacks that are refused, each without a token call", () => {
  async function refused(query: string, cookie: string | undefined, status: number, platform?: string) {
    const before = shop.asked.length;
    const answer = await comeHome(api, query, cookie, platform);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(shop.asked.length, "no token call").toBe(before);
  }

  test("forged, stale, twice named or unsigned: before anything is looked up", async () => {
    const owner = await signUp(api);
    const name = shopName();
    const state = stateIn((await start(owner, name)).authorizeUrl);
    const values = { code: "c", shop: `${name}.myshopify.com`, state };
    await refused(signedQuery(values, "wrong-secret"), owner.cookie, 401);
    await refused(`${signedQuery(values)}0`, owner.cookie, 401);
    await refused(signedQuery(values).replace("code=c", "code=d"), owner.cookie, 401);
    await refused(new URLSearchParams(values).toString(), owner.cookie, 401);
    await refused(
      signedQuery({ ...values, timestamp: String(Math.floor(Date.now() / 1000) - 3600) }),
      owner.cookie,
      401,
    );
    await refused(`${signedQuery(values)}&shop=other.myshopify.com`, owner.cookie, 400);
    await refused(signedQuery({ ...values, shop: "evil.com" }), owner.cookie, 400);
    await refused("", owner.cookie, 401);
    // Nothing of that used the state up.
    expect((await comeHome(api, signedQuery(values), owner.cookie)).status).toBe(303);
  });

  test("replayed, unknown, another session, another person, another organisation's member, nobody", async () => {
    const owner = await signUp(api);
    const name = shopName();
    const state = stateIn((await start(owner, name)).authorizeUrl);
    const query = () => signedQuery({ code: "c", shop: `${name}.myshopify.com`, state });
    await refused(
      signedQuery({ code: "c", shop: `${name}.myshopify.com`, state: Buffer.alloc(48, 7).toString("base64url") }),
      owner.cookie,
      403,
    );
    await refused(signedQuery({ code: "c", shop: `${name}.myshopify.com`, state: "short" }), owner.cookie, 403);
    await refused(query(), undefined, 403);
    await refused(query(), (await signUp(api)).cookie, 403);
    await refused(query(), (await joinAs(api, owner, "admin")).cookie, 403);
    const { data } = await owner.ask("{ me { email } }");
    const elsewhere = await post(api, "/api/auth/sign-in/email", { email: data.me.email, password: PASSWORD });
    await refused(query(), cookieIn(elsewhere), 403);
    expect((await comeHome(api, query(), owner.cookie)).status).toBe(303);
    await refused(query(), owner.cookie, 403);
  });

  test("two callbacks at once with one state: one goes on", async () => {
    const owner = await signUp(api);
    const name = shopName();
    const state = stateIn((await start(owner, name)).authorizeUrl);
    const before = shop.asked.length;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        comeHome(api, signedQuery({ code: "c", shop: `${name}.myshopify.com`, state }), owner.cookie),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      303, 403, 403, 403, 403, 403, 403, 403,
    ]);
    expect(shop.asked.length).toBe(before + 1);
  });

  test("expired, and given back meanwhile", async () => {
    const owner = await signUp(api);
    const [one, two] = [shopName(), shopName()];
    const late = await start(owner, one);
    await api.owner
      .sql`update connect_attempts set expires_at = now() - interval '1 second' where id = ${rawId(late.attempt.id)}`;
    await refused(
      signedQuery({ code: "c", shop: `${one}.myshopify.com`, state: stateIn(late.authorizeUrl) }),
      owner.cookie,
      403,
    );
    const { data } = await owner.ask(
      `query ($id: ID!) { connectAttempt(id: $id) { state problem { code remedy { kind } } } }`,
      { id: late.attempt.id },
    );
    expect(data.connectAttempt).toMatchObject({
      state: "EXPIRED",
      problem: { code: "expired", remedy: { kind: "START_AGAIN" } },
    });
    const cancelled = await start(owner, two);
    await owner.ask(MUTATIONS.cancelConnect, {
      input: { datasource: cancelled.datasource.id, idempotencyKey: randomUUID() },
    });
    const home = await comeHome(
      api,
      signedQuery({ code: "c", shop: `${two}.myshopify.com`, state: stateIn(cancelled.authorizeUrl) }),
      owner.cookie,
    );
    expect(home.headers.get("location")).toContain("outcome=late");
    expect((await rowOf(api, cancelled.datasource.id))?.["grant_id"]).toBeNull();
  });

  test("told of another trip meanwhile: what it brought waits to be ended at the source all the same", async () => {
    const owner = await signUp(api);
    const name = shopName();
    const given = await start(owner, name);
    await owner.ask(MUTATIONS.cancelConnect, {
      input: { datasource: given.datasource.id, idempotencyKey: randomUUID() },
    });
    await api.owner.sql`update connect_attempts
      set outcome = '{"kind":"failed","problem":{"code":"alreadyConnected"}}' where id = ${rawId(given.attempt.id)}`;
    const query = signedQuery({ code: "c", shop: `${name}.myshopify.com`, state: stateIn(given.authorizeUrl) });
    expect((await comeHome(api, query, owner.cookie)).headers.get("location")).toContain("outcome=late");
    const waiting = await api.owner.sql`
      select 1 from grants where organisation_id = ${owner.organisationId} and candidate_credential_id is not null`;
    expect(waiting).toHaveLength(1);
  });

  test("another shop than the one that was asked, another platform's path, a role that was taken away", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    const [one, two] = [shopName(), shopName()];
    const first = await start(owner, one);
    await refused(
      signedQuery({ code: "c", shop: `${two}.myshopify.com`, state: stateIn(first.authorizeUrl) }),
      owner.cookie,
      403,
    );
    await refused(
      signedQuery({ code: "c", shop: `${one}.myshopify.com`, state: stateIn(first.authorizeUrl) }),
      owner.cookie,
      404,
      "klaviyo",
    );
    const admin = await joinAs(api, owner, "admin");
    const second = await start(admin, two);
    await api.owner
      .sql`update memberships set role = 'viewer' where user_id = ${admin.userId} and organisation_id = ${owner.organisationId}`;
    await refused(
      signedQuery({ code: "c", shop: `${two}.myshopify.com`, state: stateIn(second.authorizeUrl) }),
      admin.cookie,
      403,
    );
  });

  test("consent refused at the source, and a code that the source refuses", async () => {
    const owner = await signUp(api);
    await setPlan(api, owner, "custom");
    const one = await start(owner, shopName());
    const home = await comeHome(
      api,
      new URLSearchParams({ error: "access_denied", state: stateIn(one.authorizeUrl) }).toString(),
      owner.cookie,
    );
    expect([home.status, home.headers.get("location")]).toEqual([303, expect.stringContaining("outcome=refused")]);
    const attempt = async (id: string) =>
      (
        await owner.ask(
          `query ($id: ID!) { connectAttempt(id: $id) { state problem { code message remedy { kind } } } }`,
          { id },
        )
      ).data.connectAttempt;
    expect(await attempt(one.attempt.id)).toMatchObject({
      state: "REFUSED",
      problem: { code: "shopify.consentRefused" },
    });
    expect((await attempt(one.attempt.id)).problem.message).not.toContain("shopify.");
    const name = shopName();
    const two = await start(owner, name);
    shop.answer = () => ({
      status: 400,
      body: { error: "invalid_request", error_description: "code was already used" },
    });
    const failed = await comeHome(
      api,
      signedQuery({ code: "used", shop: `${name}.myshopify.com`, state: stateIn(two.authorizeUrl) }),
      owner.cookie,
    );
    shop.answer = () => tokens("canary-access-2", "canary-refresh-2");
    expect(failed.headers.get("location")).toContain("outcome=failed");
    expect(await attempt(two.attempt.id)).toMatchObject({
      state: "FAILED",
      problem: { remedy: { kind: "START_AGAIN" } },
    });
  });
});

test("reauthorize keeps everything as it is, adds a candidate and rings every datasource of the grant", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, {
    facts: { auth: "revoked", authReason: { code: "revokedAtSource" }, authSince: new Date() },
  });
  const twin = await makeDatasource(api, owner.organisationId);
  await api.owner.drizzle.update(datasources).set({ grantId: made.grantId }).where(eq(datasources.id, twin.id));
  await api.owner.drizzle
    .update(grants)
    .set({ holder: { name: "Priya" } })
    .where(eq(grants.id, made.grantId));
  const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
  const { data } = await owner.ask(MUTATIONS.reauthorize, {
    input: { datasource: made.gid, idempotencyKey: randomUUID() },
  });
  expect(data.result).toMatchObject({
    is: "ReauthorizeDatasourceSuccess",
    datasource: { connection: { status: "REAUTHORIZE" } },
  });
  const query = signedQuery({ code: "c", shop: grant?.loginKey ?? "", state: stateIn(data.result.authorizeUrl) });
  expect((await comeHome(api, query, owner.cookie)).headers.get("location")).toContain("outcome=returned");
  const [after] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
  expect(after?.candidateCredentialId).not.toBeNull();
  expect(after?.holder, "whose it is, only a proven sign-in says").toMatchObject({
    name: "Priya",
    candidate: { accessExpiresAt: expect.any(String), name: grant?.loginKey },
  });
  const given = await api.owner.drizzle
    .select()
    .from(commands)
    .where(eq(commands.organisationId, owner.organisationId));
  expect(
    given.map(({ kind, datasourceId }) => [kind, datasourceId]).toSorted((a, b) => String(a).localeCompare(String(b))),
  ).toEqual(
    [
      ["reauthorized", made.id],
      ["reauthorized", twin.id],
    ].toSorted((a, b) => String(a).localeCompare(String(b))),
  );
  await expect
    .poll(() => api.rings.filter(({ datasourceId }) => datasourceId === made.id || datasourceId === twin.id).length)
    .toBe(2);
});

const dead = { facts: { auth: "revoked", authReason: { code: "revokedAtSource" }, authSince: new Date() } } as const;
test.each([
  ["works", {}, "The access from before still works, and the sync goes on with it. Nothing was changed."],
  ["is dead", dead, null],
])(
  "another shop than the one whose access %s: nothing is kept, and it may take its place",
  async (_how, as, meaning) => {
    const owner = await signUp(api);
    const made = await makeDatasource(api, owner.organisationId, as);
    const { data } = await owner.ask(MUTATIONS.reauthorize, {
      input: { datasource: made.gid, idempotencyKey: randomUUID() },
    });
    const query = signedQuery({
      code: "c",
      shop: `${shopName()}.myshopify.com`,
      state: stateIn(data.result.authorizeUrl),
    });
    expect((await comeHome(api, query, owner.cookie)).status).toBe(403);
    const answer = await owner.ask(
      `query ($id: ID!) { connectAttempt(id: $id) { state datasource { id } problem { code meaning remedy { kind } } } }`,
      { id: data.result.attempt.id },
    );
    expect(answer.data.connectAttempt).toEqual({
      state: "FAILED",
      datasource: { id: made.gid },
      problem: {
        code: "otherPlace",
        meaning,
        remedy: { kind: "SWITCH_ACCOUNT" },
      },
    });
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
    expect(grant?.candidateCredentialId).toBeNull();
  },
);

test("a sign-in as somebody else, while the access before it works, is told as refused and not as the cure", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
  const { data } = await owner.ask(MUTATIONS.reauthorize, {
    input: { datasource: made.gid, idempotencyKey: randomUUID() },
  });
  await comeHome(
    api,
    signedQuery({ code: "c", shop: grant?.loginKey ?? "", state: stateIn(data.result.authorizeUrl) }),
    owner.cookie,
  );
  const attemptNow = async () =>
    (
      await owner.ask(
        `query ($id: ID!) { connectAttempt(id: $id) { state problem { code message meaning remedy { kind } } } }`,
        { id: data.result.attempt.id },
      )
    ).data.connectAttempt;
  expect(await attemptNow()).toMatchObject({ state: "RETURNED", problem: null });
  // As the worker leaves it: the candidate is thrown away, the one that works goes on; then it says why.
  await api.owner.drizzle.update(grants).set({ candidateCredentialId: null }).where(eq(grants.id, made.grantId));
  expect(await attemptNow(), "not judged yet").toMatchObject({ state: "RETURNED", problem: null });
  const judged = (state: "done" | "refused", outcome: Record<string, string>) =>
    api.owner.drizzle
      .update(commands)
      .set({ state, outcome, settledAt: new Date() })
      .where(eq(commands.datasourceId, made.id));
  await judged("refused", { code: "otherAccount", found: "stranger.myshopify.com" });
  expect(await attemptNow()).toEqual({
    state: "FAILED",
    problem: {
      code: "otherAccount",
      message: "Another account came back: stranger.myshopify.com. Nothing was read from it.",
      meaning: "The access from before still works, and the sync goes on with it. Nothing was changed.",
      remedy: { kind: "SWITCH_ACCOUNT" },
    },
  });
  await judged("done", { code: "verified" });
  expect(await attemptNow()).toMatchObject({ state: "CONNECTED", problem: null });
});
