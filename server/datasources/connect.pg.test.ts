/* oxlint-disable max-lines-per-function -- a describe is a list of tests, not a function */
import { randomUUID } from "node:crypto";
import { eq } from "drizzle-orm";
import { describe, expect, test } from "vitest";
import { open } from "@headwater/db";
import { credentials, datasources, grants } from "@headwater/db/schema/tables.ts";
import { MUTATIONS, nothingYet } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { comeHome, makeShop, rowOf, shopName, signedQuery, start, stateIn } from "../testing/shop.ts";
import { signUp } from "../testing/visitor.ts";
import { storefronts, wrongShopNames } from "@headwater/connectors/shopify/shop-spellings.ts";

const shop = makeShop();
const api = ownApi({ outbound: shop.outbound });

describe("connect, consent, and home again", () => {
  test("the whole way: row and slot, sealed candidate, ring; the token is nowhere to be read", async () => {
    const owner = await signUp(api);
    const name = shopName();
    const started = await start(owner, name);
    expect(started).toMatchObject({
      is: "ConnectDatasourceSuccess",
      attempt: { state: "WAITING_FOR_CONSENT" },
      datasource: { connection: null },
    });
    const address = new URL(started.authorizeUrl);
    expect(address.host).toBe(`${name}.myshopify.com`);
    expect(address.searchParams.get("redirect_uri")).toBe(`${api.url}/oauth/shopify/callback`);
    expect(address.searchParams.get("scope")).toContain("read_orders");
    expect(address.searchParams.get("scope")).not.toMatch(/write_/);
    const state = stateIn(started.authorizeUrl);
    expect(Buffer.from(state, "base64url").length).toBe(48);
    const [{ text } = { text: "" }] = await api.owner
      .sql`select string_agg(t::text, '') as text from connect_attempts t`;
    expect(text, "stored hashed").not.toContain(state);
    const minutes = await api.owner.sql`
      select (extract(epoch from t.expires_at - d.created_at) / 60)::int as state, (extract(epoch from d.authorizing_until - d.created_at) / 60)::int as row
      from connect_attempts t join datasources d on d.id = t.datasource_id where t.organisation_id = ${owner.organisationId}`;
    expect([...minutes], "ten minutes to consent").toEqual([{ state: 10, row: 10 }]);

    shop.asked.length = 0;
    api.rings.length = 0;
    const home = await comeHome(
      api,
      signedQuery({ code: "the-code", shop: `${name}.myshopify.com`, state }),
      owner.cookie,
    );
    expect(home.status).toBe(303);
    expect(home.headers.get("location")).toMatch(/^\/oauth\/returned\?outcome=returned&attempt=/);
    expect(home.headers.get("referrer-policy")).toBe("no-referrer");
    expect(home.headers.get("cache-control")).toBe("no-store");
    expect(home.headers.get("content-security-policy")).toContain("frame-ancestors 'none'");
    expect(shop.asked).toHaveLength(1);
    const row = await rowOf(api, started.datasource.id);
    expect(row).toMatchObject({ phase: "AUTHORIZING", auth: "none", intent_version: 2 });
    const [grant] = await api.owner.drizzle.select().from(grants).where(eq(grants.id, row?.["grant_id"]));
    expect(grant).toMatchObject({ loginKey: `${name}.myshopify.com`, credentialId: null, version: 0 });
    if (grant?.candidateCredentialId == null) throw new Error("no candidate was kept");
    const [sealed] = await api.owner.drizzle
      .select()
      .from(credentials)
      .where(eq(credentials.id, grant.candidateCredentialId));
    if (sealed?.sealed == null || sealed.wrappedKey === null) throw new Error("nothing was sealed");
    const { id, sealed: bytes, wrappedKey, keyId } = sealed;
    const binding = { organisationId: owner.organisationId, grantId: grant.id, credentialId: id };
    const opened = open(api.privateKey, binding, { sealed: bytes, wrappedKey, keyId });
    expect(opened["accessToken"]?.reveal()).toBe("canary-access-1");
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

  test("the small page leads back to where whoever set out wanted to go, and for anybody else to nothing of it", async () => {
    const owner = await signUp(api);
    const { data } = await owner.ask(
      `mutation ($i: ConnectDatasourceInput!) { result: connectDatasource(input: $i) {
        ... on ConnectDatasourceSuccess { attempt { id } datasource { id } } } }`,
      {
        i: {
          platform: "shopify",
          fields: [{ name: "shop", value: shopName() }],
          returnTo: "DATASOURCE",
          idempotencyKey: randomUUID(),
        },
      },
    );
    const { attempt, datasource } = data.result;
    const backFor = async (cookie: string | undefined, id: string = attempt.id) => {
      const page = await fetch(`${api.url}/oauth/returned?outcome=refused&attempt=${id}`, {
        headers: cookie === undefined ? {} : { cookie },
      });
      return /href="([^"]*)">/.exec((await page.text()).replace(/<link [^>]*>/g, ""))?.[1];
    };
    expect(await backFor(owner.cookie)).toMatch(
      new RegExp(`^/[\\w-]+/settings/integrations/datasources/${datasource.id}$`),
    );
    expect(await backFor(owner.cookie, "foreign")).toMatch(/\/datasources$/);
    expect(await backFor((await signUp(api)).cookie)).toMatch(/\/datasources$/);
    expect(await backFor(undefined)).toBe("/");
  });

  test("the small page leads to the drawer in which the attempt goes on, where that was asked for", async () => {
    const owner = await signUp(api);
    const asked = {
      platform: "shopify",
      fields: [{ name: "shop", value: shopName() }],
      returnTo: "CONNECT",
      idempotencyKey: randomUUID(),
    };
    const { attempt, datasource } = (await owner.ask(MUTATIONS.connect, { input: asked })).data.result;
    const page = await fetch(`${api.url}/oauth/returned?outcome=returned&attempt=${attempt.id}`, {
      headers: { cookie: owner.cookie },
    });
    const query = `continue=${datasource.id}&attempt=${attempt.id}`;
    const address = new RegExp(`data-back="/[\\w-]+/settings/integrations/datasources/connect/shopify\\?${query}"`);
    expect((await page.text()).replaceAll("&amp;", "&")).toMatch(address);
  });

  test("the small page closes by itself where nothing is left to read, with nothing from outside and nothing inline", async () => {
    const page = await fetch(`${api.url}/oauth/returned?outcome=returned&attempt=abc`);
    const html = await page.text();
    expect(page.headers.get("cache-control")).toBe("no-store");
    expect(page.headers.get("referrer-policy")).toBe("no-referrer");
    expect(html).not.toMatch(/<script(?! src="\/oauth\/returned\.js")/);
    expect(html).not.toContain("style=");
    const hostile = await (
      await fetch(`${api.url}/oauth/returned?outcome=<script>&attempt="><script>alert(1)</script>`)
    ).text();
    expect(hostile).not.toContain("alert(1)");
  });

  test("the same key gives the same attempt and the very same address; other values are refused", async () => {
    const owner = await signUp(api);
    const [name, idempotencyKey] = [shopName(), randomUUID()];
    const [first, again] = [await start(owner, name, idempotencyKey), await start(owner, name, idempotencyKey)];
    expect(again).toEqual(first);
    expect(await start(owner, shopName(), idempotencyKey)).toMatchObject({ is: "KeyReused" });
    expect(
      await api.owner.drizzle.select().from(datasources).where(eq(datasources.organisationId, owner.organisationId)),
    ).toHaveLength(1);
  });

  test("a shop on its way goes on with the same datasource and slot; a shop that is connected is said to be", async () => {
    const owner = await signUp(api);
    const name = shopName();
    const [one, two] = [await start(owner, name), await start(owner, name.toUpperCase())];
    expect(two.datasource.id).toBe(one.datasource.id);
    expect(two.attempt.id).not.toBe(one.attempt.id);
    const made = await makeDatasource(api, owner.organisationId, { shop: "standing.myshopify.com" });
    expect(await start(owner, "Standing.myshopify.com")).toMatchObject({
      is: "AlreadyConnected",
      standing: { id: made.gid },
    });
    expect((await owner.ask("{ organisation { slots { used } } }")).data.organisation.slots.used).toBe(2);
  });

  test("a shop that was replaced a moment ago is said to be, and from when on it can be connected again", async () => {
    const owner = await signUp(api);
    const replacedAt = new Date();
    const made = await makeDatasource(api, owner.organisationId, {
      shop: "former.myshopify.com",
      facts: { replacedAt },
    });
    const until = new Date(replacedAt.getTime() + 600_000).toLocaleTimeString("en-GB", {
      timeZone: "Asia/Kolkata",
      timeStyle: "short",
    });
    await api.owner.sql`update organisations set zone = 'Asia/Kolkata' where id = ${owner.organisationId}`;
    expect(await start(owner, "former.myshopify.com")).toMatchObject({
      is: "AlreadyConnected",
      standing: { id: made.gid },
      message: expect.stringMatching(
        new RegExp(`^former was replaced\\. It is read once more, .*\\b${until} at the latest\\.$`),
      ),
      meaning: "Try again then. Nothing was changed.",
    });
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
    expect(wrongShopNames.length).toBeGreaterThanOrEqual(120);
    for (const value of [...wrongShopNames, ...storefronts]) {
      const refused = await owner.ask(MUTATIONS.connect, {
        input: { platform: "shopify", fields: [{ name: "shop", value }], idempotencyKey: randomUUID() },
      });
      const typed = JSON.stringify(value.slice(0, 80));
      // What is too long for any question is refused before it is read.
      if (refused.errors !== undefined) expect(refused.errors[0]?.extensions["code"], typed).toBe("TOO_LARGE");
      else expect(refused.data.result, typed).toMatchObject({ is: "InvalidInput", fields: [{ path: "fields.shop" }] });
      const { message } = refused.data?.result?.fields?.[0] ?? { message: "in words" };
      expect(message, typed).toMatch(/^(?!.*(shopify\.[a-z]+[A-Z]|[{}])).+ .+/);
    }
    expect((await owner.ask("{ organisation { slots { used } } }")).data.organisation.slots.used).toBe(0);
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

  test("at the limit what was connected today is not the one to go while there is another", async () => {
    const owner = await signUp(api);
    const daysAgo = (days: number) => new Date(Date.now() - days * 86_400_000);
    const old = await makeDatasource(api, owner.organisationId, {
      facts: { connectedAt: daysAgo(90), lastSuccessAt: daysAgo(2) },
    });
    await makeDatasource(api, owner.organisationId, { facts: { connectedAt: daysAgo(30) } });
    await makeDatasource(api, owner.organisationId, { facts: { lastSuccessAt: null } });
    expect(await start(owner)).toMatchObject({ is: "SlotLimitReached", leastUsed: { id: old.gid } });
    await api.owner.sql`update datasources set connected_at = now() where organisation_id = ${owner.organisationId}`;
    expect(await start(owner), "of three new ones not what is read for the first time").toMatchObject({
      leastUsed: { id: old.gid },
    });
  });

  test("ten connects at once for one free slot: one wins, nine are told the ways out", async () => {
    const owner = await signUp(api);
    const costs = await makeDatasource(api, owner.organisationId, { facts: nothingYet });
    await api.owner.sql`delete from slots where datasource_id = ${costs.id}`;
    await api.owner.sql`update datasources set platform = 'custom-costs' where id = ${costs.id}`;
    const longestAgo = await makeDatasource(api, owner.organisationId, { facts: { lastSuccessAt: new Date(0) } });
    await makeDatasource(api, owner.organisationId);
    const results = await Promise.all(Array.from({ length: 10 }, () => start(owner)));
    const won = results.filter(({ is }) => is === "ConnectDatasourceSuccess");
    const lost = results.filter(({ is }) => is === "SlotLimitReached");
    expect([won.length, lost.length]).toEqual([1, 9]);
    expect(lost[0]).toMatchObject({
      limit: 3,
      used: 3,
      ways: [{ kind: "DISCONNECT_ONE" }, { kind: "REPLACE_ONE" }, { kind: "UPGRADE" }, { kind: "CONTACT_SUPPORT" }],
      leastUsed: { id: longestAgo.gid },
    });
    const [counted] = await api.owner
      .sql`select (select count(*)::int from slots where organisation_id = ${owner.organisationId}) as slots, (select count(*)::int from datasources where organisation_id = ${owner.organisationId}) as datasources`;
    expect(counted).toEqual({ slots: 3, datasources: 4 });
  });
});
