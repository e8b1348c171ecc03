/** What RFC 9700 asks of a client, of every platform that is signed in to by consent: one rule, one test. */
import { createHash, randomUUID } from "node:crypto";
import { beforeEach, describe, expect, test } from "vitest";
import type { OutboundRequest } from "@headwater/connectors/outbound/outbound.ts";
import { answerWith, outboundThat } from "@headwater/connectors/testing/answer.ts";
import type { Log } from "../log.ts";
import { MUTATIONS } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { comeHome, shopName, signedQuery, start, stateIn, tokens } from "../testing/shop.ts";
import { setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const META = { clientId: "meta-client", clientSecret: "canary-meta-secret" };
const CODE = "AQ-canary-code-0123456789abcdef";
const asked: OutboundRequest[] = [];
const lines: string[] = [];
let isRefusing = false;

/** Both sources at once: each answers as its documentation says. */
function answerTo({ url, body = "" }: OutboundRequest): { status: number; body: unknown } {
  const { host, pathname } = new URL(url);
  if (isRefusing)
    return {
      status: 400,
      body: {
        error: { message: `code ${CODE} canary-token-0123456789abcdef01 refused`, type: "OAuthException", code: 100 },
      },
    };
  if (host !== "graph.facebook.com") return tokens("canary-access-1", "canary-refresh-1");
  if (pathname.endsWith("/oauth/access_token"))
    return { status: 200, body: { access_token: body.includes("fb_exchange") ? "canary-long" : "canary-short" } };
  if (pathname.endsWith("/me")) return { status: 200, body: { id: "77", name: "Priya" } };
  const data = { is_valid: true, app_id: META.clientId, user_id: "77", scopes: ["ads_read"] };
  return { status: 200, body: [{ code: 200, body: JSON.stringify({ data }) }] };
}

const outbound = outboundThat((request) => {
  asked.push(request);
  const { status, body } = answerTo(request);
  return answerWith(status, body);
});
const note = (event: string, facts?: object) => void lines.push(`${event} ${JSON.stringify(facts)}`);
const log: Log = { info: note, warn: note, error: note };

const api = ownApi({ outbound, log, apps: new Map([["meta-ads", META]]) });
beforeEach(() => {
  asked.length = 0;
  isRefusing = false;
});

async function startMeta(owner: Visitor): Promise<URL> {
  const { data } = await owner.ask(MUTATIONS.connect, {
    input: { platform: "meta-ads", fields: [], idempotencyKey: randomUUID() },
  });
  return new URL(data.result.authorizeUrl);
}
const homeFromMeta = (state: string, more: Record<string, string> = {}) =>
  new URLSearchParams({ code: CODE, state, ...more }).toString();

/** Who may connect both, with a trip to each under way. */
async function underWay() {
  const owner = await signUp(api);
  await setPlan(api, owner, "custom");
  const shop = shopName();
  const shopify = await start(owner, shop);
  const meta = await startMeta(owner);
  const homes = {
    shopify: (more: Record<string, string> = {}) =>
      signedQuery({ code: CODE, shop: `${shop}.myshopify.com`, state: stateIn(shopify.authorizeUrl), ...more }),
    "meta-ads": (more: Record<string, string> = {}) => homeFromMeta(meta.searchParams.get("state") ?? "", more),
  };
  return { owner, shop, meta, homes };
}
const platforms = ["shopify", "meta-ads"] as const;

test("O1: a state is random, kept hashed, for ten minutes at most, and used up by the first who brings it", async () => {
  const { owner, homes } = await underWay();
  const inTenMinutes = api.serving.services.clock().getTime() + 600_000;
  const states = platforms.map((platform) => new URLSearchParams(homes[platform]()).get("state") ?? "");
  expect(new Set(states).size).toBe(2);
  for (const state of states) expect(Buffer.from(state, "base64url").length - 16, "besides the organisation").toBe(32);
  const rows = await api.owner.sql<{ text: string; until: Date }[]>`
    select t::text as text, expires_at as until from connect_attempts t
    where organisation_id = ${owner.organisationId}`;
  for (const { text, until } of rows) {
    for (const state of states) expect(text).not.toContain(state);
    expect(until.getTime()).toBeLessThanOrEqual(inTenMinutes);
  }
  for (const platform of platforms) {
    expect((await comeHome(api, homes[platform](), owner.cookie, platform)).status).toBe(303);
    const before = asked.length;
    expect((await comeHome(api, homes[platform](), owner.cookie, platform)).status).toBe(403);
    expect(asked.length, "no token call").toBe(before);
  }
});

test("O2: where the source takes PKCE every trip has a proof of its own, told to nobody and gone after use", async () => {
  const { owner, meta, homes } = await underWay();
  const other = await startMeta(owner);
  expect(meta.searchParams.get("code_challenge_method")).toBe("S256");
  const challenge = meta.searchParams.get("code_challenge") ?? "";
  expect(challenge).toMatch(/^[\w-]{43}$/);
  expect(other.searchParams.get("code_challenge")).not.toBe(challenge);
  await comeHome(api, homes["meta-ads"](), owner.cookie, "meta-ads");
  const verifier = new URLSearchParams(asked[0]?.body).get("code_verifier") ?? "";
  expect(createHash("sha256").update(verifier).digest("base64url")).toBe(challenge);
  expect(meta.href).not.toContain(verifier);
  const kept = await api.owner.sql`select code_verifier from connect_attempts where consumed_at is not null
    and organisation_id = ${owner.organisationId}`;
  expect(kept.map((row) => row["code_verifier"])).toEqual([null]);
});

describe("O3", () => {
  test("the address to come home to is ours to the letter, one for each platform", async () => {
    const { meta, owner } = await underWay();
    const shopify = new URL((await start(owner)).authorizeUrl);
    expect(shopify.searchParams.getAll("redirect_uri")).toEqual([`${api.url}/oauth/shopify/callback`]);
    expect(meta.searchParams.getAll("redirect_uri")).toEqual([`${api.url}/oauth/meta-ads/callback`]);
  });

  const hostile = [
    "//evil.example",
    "/\\evil.example",
    "\\\\evil.example",
    "https:evil.example",
    "https://evil.example",
    "/@evil.example",
    "//user@evil.example/%2f..",
    "%2f%2fevil.example",
    "/%09/evil.example",
    "javascript:alert(1)",
    "\r\nlocation: https://evil.example",
  ];

  test("and nothing that comes home with somebody says where they go on", async () => {
    for (const there of hostile) {
      const owner = await signUp(api);
      const state = (await startMeta(owner)).searchParams.get("state") ?? "";
      const names = ["return_to", "returnTo", "next", "redirect_uri", "url", "attempt", "outcome"];
      const query = homeFromMeta(state, Object.fromEntries(names.map((name) => [name, there])));
      const home = await comeHome(api, query, owner.cookie, "meta-ads");
      expect(home.headers.get("location"), there).toMatch(/^\/oauth\/returned\?outcome=returned&attempt=[\w-]+$/);
    }
  });

  test("paths beside it are no way home", async () => {
    const { owner, homes } = await underWay();
    for (const path of [
      "/oauth//shopify/callback",
      "/oauth/shopify//callback",
      "/oauth/shopify/callback/",
      "/oauth/shopify/callback/x",
      "/oauth/shopify%00/callback",
      "/oauth/@shopify/callback",
      "/oauth/shopify%5Ccallback",
      "/oauth/SHOPIFY/callback",
      "/oauth/__proto__/callback",
      "//oauth/shopify/callback",
    ]) {
      const answer = await fetch(`${api.url}${path}?${homes.shopify()}`, {
        redirect: "manual",
        headers: { cookie: owner.cookie },
      });
      expect([path, answer.status >= 400, answer.headers.get("location")]).toEqual([path, true, null]);
    }
    expect(asked).toEqual([]);
  });

  test("where the page leads afterwards is one of a list", async () => {
    const owner = await signUp(api);
    for (const returnTo of [...hostile, "ELSEWHERE", ""]) {
      const answer = await owner.ask(MUTATIONS.connect, {
        input: {
          platform: "shopify",
          fields: [{ name: "shop", value: shopName() }],
          returnTo,
          idempotencyKey: randomUUID(),
        },
      });
      expect(answer.errors?.[0]?.extensions["code"], returnTo).toBe("BAD_REQUEST");
    }
  });
});

describe("O4", () => {
  test("what was begun at one platform ends at no other's door", async () => {
    const { owner, shop, homes } = await underWay();
    const toMeta = await comeHome(
      api,
      homeFromMeta(new URLSearchParams(homes.shopify()).get("state") ?? ""),
      owner.cookie,
      "meta-ads",
    );
    const metaState = new URLSearchParams(homes["meta-ads"]()).get("state") ?? "";
    const toShopify = await comeHome(
      api,
      signedQuery({ code: CODE, shop: `${shop}.myshopify.com`, state: metaState }),
      owner.cookie,
    );
    expect([toMeta.status, toShopify.status, asked.length]).toEqual([403, 403, 0]);
    for (const platform of platforms)
      expect((await comeHome(api, homes[platform](), owner.cookie, platform)).status, "neither was used up").toBe(303);
  });

  test.each(["https://evil.example", "https://www.facebook.com.evil.example", "", "null"])(
    "an answer that says it comes from %j is not believed",
    async (iss) => {
      const { owner, homes } = await underWay();
      for (const platform of platforms) {
        const home = await comeHome(api, homes[platform]({ iss }), owner.cookie, platform);
        expect([platform, home.status, asked.length]).toEqual([platform, 403, 0]);
      }
    },
  );

  test("one that names its own source is", async () => {
    const { owner, shop, homes } = await underWay();
    const own = { shopify: `https://${shop}.myshopify.com`, "meta-ads": "https://www.facebook.com" };
    for (const platform of platforms) {
      const home = await comeHome(api, homes[platform]({ iss: own[platform] }), owner.cookie, platform);
      expect(home.headers.get("location"), platform).toContain("outcome=returned");
    }
  });

  test("a name that stands twice in it makes it nobody's", async () => {
    const { owner, homes } = await underWay();
    for (const platform of platforms)
      for (const twice of ["&code=other-code-0123456789", "&state=x", "&iss=https://a.example&iss=https://b.example"]) {
        const home = await comeHome(api, `${homes[platform]()}${twice}`, owner.cookie, platform);
        expect([platform, twice, home.status, asked.length]).toEqual([platform, twice, 400, 0]);
      }
  });
});

test("O8: what was granted and never asked for is shown as that", async () => {
  const owner = await signUp(api);
  const { gid } = await makeDatasource(api, owner.organisationId, { scopes: ["read_orders", "write_orders"] });
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { grant { scopes { name purpose isAsked isGranted } } } }`,
    { id: gid },
  );
  const scopes: { name: string; isAsked: boolean; isGranted: boolean; purpose: string }[] =
    data.datasource.grant.scopes;
  expect(scopes.filter(({ isAsked }) => !isAsked)).toEqual([
    { name: "write_orders", isAsked: false, isGranted: true, purpose: expect.stringMatching(/\w/) },
  ]);
});

describe("O9", () => {
  const SEEN = `{ datasources(first: 10) { nodes { id name attempt { id state problem { code message } } grant { holder } } } }`;

  test("no secret is in an address, a log, an answer, a mail, or a row outside the vault, whatever the end", async () => {
    for (const refusing of [false, true]) {
      const { owner, homes } = await underWay();
      isRefusing = refusing;
      lines.length = 0;
      const told: string[] = [];
      for (const platform of platforms) {
        const home = await comeHome(api, homes[platform](), owner.cookie, platform);
        told.push(home.headers.get("location") ?? "", await home.text());
      }
      const seen = await owner.ask(SEEN);
      expect(seen.errors).toBeUndefined();
      told.push(JSON.stringify(seen.data), ...lines);
      for (const { url } of asked) told.push(url);
      expect(told.join("\n")).not.toMatch(/canary-|AQ-canary/);
    }
    const tables = await api.owner.sql<{ name: string }[]>`
      select table_name as name from information_schema.tables where table_schema = 'public' and table_type = 'BASE TABLE'`;
    for (const { name } of tables) {
      const [found] = await api.owner.sql`
        select count(*)::int as n from ${api.owner.sql(name)} t where t::text like '%canary-%'`;
      expect([name, found?.["n"]]).toEqual([name, 0]);
    }
  });

  test("the app's own secret goes to the source's address for tokens, and in a body", async () => {
    const { owner, homes } = await underWay();
    for (const platform of platforms) await comeHome(api, homes[platform](), owner.cookie, platform);
    for (const { url, body = "", headers = {} } of asked) {
      expect(url).not.toMatch(/test-secret|canary/);
      if (/(test|meta)-secret/.test(body + JSON.stringify(headers)))
        expect(new URL(url).host).toMatch(/^(graph\.facebook\.com|[a-z0-9-]+\.myshopify\.com)$/);
    }
  });
});
