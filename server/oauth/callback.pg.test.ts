import { createHmac, randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { afterAll, beforeAll, describe, expect, inject, test } from "vitest";
import { open } from "@headwater/db";
import { commands, connectAttempts, credentials, datasources, grants } from "@headwater/db/schema/tables.ts";
import type { Outbound, OutboundRequest } from "@headwater/connectors/outbound/outbound.ts";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { MUTATIONS } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, post, setPlan, signUp, cookieIn } from "../testing/visitor.ts";
import { PASSWORD } from "../testing/api.ts";
import type { Visitor } from "../testing/visitor.ts";

/** The token endpoint of a shop, and how often it was asked. */
const asked: OutboundRequest[] = [];
let tokenAnswer: () => { status: number; body: object } = () => ({
  status: 200,
  body: tokens("canary-access-1", "canary-refresh-1"),
});
const tokens = (access: string, refresh: string) => ({
  access_token: access,
  refresh_token: refresh,
  expires_in: 3600,
  refresh_token_expires_in: 7_776_000,
  scope: "read_orders,read_all_orders,read_products,read_customers",
});

const shopOutbound: Outbound = {
  send: (request) => {
    asked.push(request);
    const { status, body } = tokenAnswer();
    const text = JSON.stringify(body);
    return Promise.resolve({
      status,
      headers: { "content-type": "application/json" },
      text: () => Promise.resolve(text),
      json: () => Promise.resolve(JSON.parse(text)),
      lines: async function* () {
        yield text;
      },
      discard: () => Promise.resolve(),
      bytes: () => text.length,
    });
  },
  browserAddress: (address) => address.href,
  close: () => Promise.resolve(),
};

let api: TestApi;
beforeAll(async () => {
  api = await startApi(inject("postgresUrl"), { outbound: shopOutbound });
});
afterAll(() => api.close());

const shopName = () => `shop-${randomUUID().slice(0, 8)}`;

async function start(who: Visitor, shop = shopName(), idempotencyKey: string = randomUUID()) {
  const answer = await who.ask(MUTATIONS.connect, {
    input: { platform: "shopify", fields: [{ name: "shop", value: shop }], idempotencyKey },
  });
  expect(answer.errors).toBeUndefined();
  return answer.data.result;
}

const stateIn = (authorizeUrl: string): string => new URL(authorizeUrl).searchParams.get("state") ?? "";

function signedQuery(values: Record<string, string>, secret = "test-secret"): string {
  const query = { timestamp: String(Math.floor(Date.now() / 1000)), host: "YWRtaW4", ...values };
  const message = Object.entries(query)
    .toSorted(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, value]) => `${encodeURIComponent(name)}=${encodeURIComponent(value)}`)
    .join("&");
  const hmac = createHmac("sha256", secret).update(message).digest("hex");
  return new URLSearchParams({ ...query, hmac }).toString();
}

const comeHome = (query: string, cookie?: string, platform = "shopify") =>
  fetch(`${api.url}/oauth/${platform}/callback?${query}`, {
    redirect: "manual",
    headers: cookie === undefined ? {} : { cookie },
  });

const attemptsOf = (id: string) =>
  api.owner.drizzle.select().from(connectAttempts).where(eq(connectAttempts.stateHash, id));
const rawId = (gid: string) => Buffer.from(gid, "base64url").toString().split(":")[1] ?? "";
const rowOf = async (gid: string) => (await api.owner.sql`select * from datasources where id = ${rawId(gid)}`)[0];

describe("connect, consent, and home again", () => {
  test("the whole way: row and slot, sealed candidate, ring; the token is nowhere to be read", async () => {
    const owner = await signUp(api);
    const shop = shopName();
    const started = await start(owner, shop);
    expect(started).toMatchObject({
      is: "ConnectDatasourceSuccess",
      attempt: { state: "WAITING_FOR_CONSENT" },
      datasource: { connection: null },
    });
    const address = new URL(started.authorizeUrl);
    expect(address.host).toBe(`${shop}.myshopify.com`);
    expect(address.searchParams.get("redirect_uri")).toBe(`${api.url}/oauth/shopify/callback`);
    expect(address.searchParams.get("scope")).toContain("read_orders");
    expect(address.searchParams.get("scope")).not.toMatch(/write_/);
    const state = stateIn(started.authorizeUrl);
    expect(Buffer.from(state, "base64url").length).toBe(48);
    const [{ text } = { text: "" }] = await api.owner
      .sql`select string_agg(t::text, '') as text from connect_attempts t`;
    expect(text, "stored hashed").not.toContain(state);

    asked.length = 0;
    api.rings.length = 0;
    const home = await comeHome(signedQuery({ code: "the-code", shop: `${shop}.myshopify.com`, state }), owner.cookie);
    expect(home.status).toBe(303);
    expect(home.headers.get("location")).toMatch(/^\/oauth\/returned\?outcome=returned&attempt=/);
    expect(home.headers.get("referrer-policy")).toBe("no-referrer");
    expect(home.headers.get("cache-control")).toBe("no-store");
    expect(home.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(asked).toHaveLength(1);
    const row = await rowOf(started.datasource.id);
    expect(row).toMatchObject({ phase: "AUTHORIZING", auth: "none", intent_version: 2 });
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, row?.["grant_id"]));
    expect(grant).toMatchObject({ loginKey: `${shop}.myshopify.com`, credentialId: null, version: 0 });
    const [sealed] = await api.owner.drizzle
      .select()
      .from(credentials)
      .where(eq(credentials.id, grant?.candidateCredentialId ?? ("" as never)));
    expect(
      open(
        api.privateKey,
        { organisationId: owner.organisationId, grantId: grant?.id as never, credentialId: sealed?.id as never },
        sealed as never,
      )["accessToken"]?.reveal(),
    ).toBe("canary-access-1");
    await expect.poll(() => api.rings.map((ring) => ring.version)).toContain(2);

    for (const { table_name: table } of await api.owner
      .sql`select table_name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`) {
      const [found] = await api.owner
        .sql`select count(*)::int as n from ${api.owner.sql(table)} t where t::text like '%canary-%'`;
      expect(found?.["n"], `canary in ${table}`).toBe(0);
    }
    const { data } = await owner.ask(
      `query ($id: ID!) { connectAttempt(id: $id) { state problem { code } datasource { id } } }`,
      { id: started.attempt.id },
    );
    expect(data.connectAttempt).toMatchObject({ state: "RETURNED", problem: null });
  });

  test("the small page tells the opener, with nothing from outside and nothing inline", async () => {
    const page = await fetch(`${api.url}/oauth/returned?outcome=returned&attempt=abc`);
    const html = await page.text();
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(html).not.toMatch(/<script(?! src="\/oauth\/returned\.js")/);
    expect(html).not.toContain("style=");
    expect(await (await fetch(`${api.url}/oauth/returned.js`)).text()).toContain("postMessage");
    const hostile = await (
      await fetch(`${api.url}/oauth/returned?outcome=<script>&attempt="><script>alert(1)</script>`)
    ).text();
    expect(hostile).not.toContain("alert(1)");
  });

  test("the same key gives the same attempt and the very same address; other values are refused", async () => {
    const owner = await signUp(api);
    const [shop, idempotencyKey] = [shopName(), randomUUID()];
    const [first, again] = [await start(owner, shop, idempotencyKey), await start(owner, shop, idempotencyKey)];
    expect(again).toEqual(first);
    expect(await start(owner, shopName(), idempotencyKey)).toMatchObject({ is: "KeyReused" });
    expect(
      await api.owner.drizzle.select().from(datasources).where(eq(datasources.organisationId, owner.organisationId)),
    ).toHaveLength(1);
  });

  test("a shop on its way goes on with the same datasource and slot; a shop that is connected is said to be", async () => {
    const owner = await signUp(api);
    const shop = shopName();
    const [one, two] = [await start(owner, shop), await start(owner, shop.toUpperCase())];
    expect(two.datasource.id).toBe(one.datasource.id);
    expect(two.attempt.id).not.toBe(one.attempt.id);
    const made = await makeDatasource(api, owner.organisationId, { shop: "standing.myshopify.com" });
    expect(await start(owner, "Standing.myshopify.com")).toMatchObject({
      is: "AlreadyConnected",
      standing: { id: made.gid },
    });
    expect((await owner.ask("{ organisation { slots { used } } }")).data.organisation.slots.used).toBe(2);
  });

  test("what cannot be connected says why, and spellings that are no shop are refused at the field", async () => {
    const owner = await signUp(api);
    const connect = async (platform: string, value: string) =>
      (
        await owner.ask(MUTATIONS.connect, {
          input: { platform, fields: [{ name: "shop", value }], idempotencyKey: randomUUID() },
        })
      ).data.result;
    expect(await connect("klaviyo", "x")).toMatchObject({ is: "PlatformUnavailable" });
    expect(await connect("mountain", "x")).toMatchObject({ is: "PlatformUnavailable" });
    expect(await connect("nothing", "x")).toMatchObject({ is: "PlatformUnavailable" });
    for (const value of [
      "",
      "evil.com",
      "shop.myshopify.com.evil.com",
      "a b",
      "x/../y",
      "shop@evil.com",
      "127.0.0.1",
      "-shop",
      "sh\u0000op",
      "https://evil.com/shop.myshopify.com",
    ])
      expect(await connect("shopify", value), JSON.stringify(value)).toMatchObject({
        is: "InvalidInput",
        fields: [{ path: "fields.shop" }],
      });
    expect(
      (
        await owner.ask(MUTATIONS.connect, {
          input: { platform: "shopify", fields: [{ name: "other", value: "x" }], idempotencyKey: randomUUID() },
        })
      ).data.result,
    ).toMatchObject({ is: "InvalidInput", fields: [{ path: "fields.other" }] });
    expect(
      await api.owner.drizzle.select().from(datasources).where(eq(datasources.organisationId, owner.organisationId)),
    ).toHaveLength(0);
  });

  test("ten connects at once for one free slot: one wins, nine are told the ways out", async () => {
    const owner = await signUp(api);
    await makeDatasource(api, owner.organisationId);
    await makeDatasource(api, owner.organisationId);
    const results = await Promise.all(Array.from({ length: 10 }, () => start(owner)));
    const won = results.filter(({ is }) => is === "ConnectDatasourceSuccess");
    const lost = results.filter(({ is }) => is === "SlotLimitReached");
    expect([won.length, lost.length]).toEqual([1, 9]);
    expect(lost[0]).toMatchObject({
      limit: 3,
      used: 3,
      ways: [{ kind: "DISCONNECT_ONE" }, { kind: "UPGRADE" }, { kind: "CONTACT_SUPPORT" }],
      leastUsed: { id: expect.any(String) },
    });
    const [counted] = await api.owner
      .sql`select (select count(*)::int from slots where organisation_id = ${owner.organisationId}) as slots, (select count(*)::int from datasources where organisation_id = ${owner.organisationId}) as datasources`;
    expect(counted).toEqual({ slots: 3, datasources: 3 });
  });
});

describe("callbacks that are refused, each without a token call", () => {
  async function refused(query: string, cookie: string | undefined, status: number, platform?: string) {
    const before = asked.length;
    const answer = await comeHome(query, cookie, platform);
    expect(answer.status).toBe(status);
    expect(answer.headers.get("cache-control")).toBe("no-store");
    expect(answer.headers.get("referrer-policy")).toBe("no-referrer");
    expect(asked.length, "no token call").toBe(before);
  }

  test("forged, stale, twice named or unsigned: before anything is looked up", async () => {
    const owner = await signUp(api);
    const shop = shopName();
    const state = stateIn((await start(owner, shop)).authorizeUrl);
    const values = { code: "c", shop: `${shop}.myshopify.com`, state };
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
    expect((await comeHome(signedQuery(values), owner.cookie)).status).toBe(303);
  });

  test("replayed, unknown, another session, another person, another organisation's member, nobody", async () => {
    const owner = await signUp(api);
    const shop = shopName();
    const state = stateIn((await start(owner, shop)).authorizeUrl);
    const query = () => signedQuery({ code: "c", shop: `${shop}.myshopify.com`, state });
    await refused(
      signedQuery({ code: "c", shop: `${shop}.myshopify.com`, state: Buffer.alloc(48, 7).toString("base64url") }),
      owner.cookie,
      403,
    );
    await refused(signedQuery({ code: "c", shop: `${shop}.myshopify.com`, state: "short" }), owner.cookie, 403);
    await refused(query(), undefined, 403);
    await refused(query(), (await signUp(api)).cookie, 403);
    await refused(query(), (await joinAs(api, owner, "admin")).cookie, 403);
    const { data } = await owner.ask("{ me { email } }");
    const elsewhere = await post(api, "/api/auth/sign-in/email", { email: data.me.email, password: PASSWORD });
    await refused(query(), cookieIn(elsewhere), 403);
    expect((await comeHome(query(), owner.cookie)).status).toBe(303);
    await refused(query(), owner.cookie, 403);
  });

  test("two callbacks at once with one state: one goes on", async () => {
    const owner = await signUp(api);
    const shop = shopName();
    const state = stateIn((await start(owner, shop)).authorizeUrl);
    const before = asked.length;
    const answers = await Promise.all(
      Array.from({ length: 8 }, () =>
        comeHome(signedQuery({ code: "c", shop: `${shop}.myshopify.com`, state }), owner.cookie),
      ),
    );
    expect(answers.map(({ status }) => status).toSorted((a, b) => a - b)).toEqual([
      303, 403, 403, 403, 403, 403, 403, 403,
    ]);
    expect(asked.length).toBe(before + 1);
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
      signedQuery({ code: "c", shop: `${two}.myshopify.com`, state: stateIn(cancelled.authorizeUrl) }),
      owner.cookie,
    );
    expect(home.headers.get("location")).toContain("outcome=late");
    expect((await rowOf(cancelled.datasource.id))?.["grant_id"]).toBeNull();
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
    const shop = shopName();
    const two = await start(owner, shop);
    tokenAnswer = () => ({
      status: 400,
      body: { error: "invalid_request", error_description: "code was already used" },
    });
    const failed = await comeHome(
      signedQuery({ code: "used", shop: `${shop}.myshopify.com`, state: stateIn(two.authorizeUrl) }),
      owner.cookie,
    );
    tokenAnswer = () => ({ status: 200, body: tokens("canary-access-2", "canary-refresh-2") });
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
  const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
  const { data } = await owner.ask(MUTATIONS.reauthorize, {
    input: { datasource: made.gid, idempotencyKey: randomUUID() },
  });
  expect(data.result).toMatchObject({
    is: "ReauthorizeDatasourceSuccess",
    datasource: { connection: { status: "REAUTHORIZE" } },
  });
  const query = signedQuery({ code: "c", shop: grant?.loginKey ?? "", state: stateIn(data.result.authorizeUrl) });
  expect((await comeHome(query, owner.cookie)).headers.get("location")).toContain("outcome=returned");
  const [after] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, made.grantId));
  expect(after?.candidateCredentialId).not.toBeNull();
  expect(after?.holder).toMatchObject({ candidate: { accessExpiresAt: expect.any(String) } });
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
  expect(await attemptsOf("nothing")).toHaveLength(0);
});
