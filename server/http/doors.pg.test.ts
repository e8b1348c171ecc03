/** What every door of ours asks before it looks anything up: where a request comes from, how often, and who may keep its answer. */
import { request } from "node:http";
import { describe, expect, test } from "vitest";
import { RATES } from "../access/rates.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeToken, post, signUp } from "../testing/visitor.ts";

const api = ownApi({ trustedProxies: ["127.0.0.1"] });

const ME = { query: "{ me { name } }" };

describe("a session", () => {
  test.each(["Basic eDp5", "x", "Bearer", ""])(
    "is not lent to another site by a header that is no token: authorization %j",
    async (authorization) => {
      const { cookie } = await signUp(api);
      const foreign = { cookie, origin: "https://evil.example", authorization };
      expect((await post(api, "/graphql", ME, foreign)).status).toBe(403);
      expect((await post(api, "/graphql", ME, { cookie, origin: api.url, authorization })).status).toBe(200);
    },
  );

  test("and a token with it: the token answers, wherever the question comes from", async () => {
    const owner = await signUp(api);
    const { secret } = await makeToken(owner, ["READ"]);
    const headers = { cookie: owner.cookie, origin: "https://tool.example", authorization: `Bearer ${secret}` };
    const answer = await post(api, "/graphql", { query: "{ organisation { slug } me { name } }" }, headers);
    expect(await answer.json()).toMatchObject({
      data: { organisation: { slug: owner.slug }, me: null },
    });
  });
});

test("no answer to somebody is kept on the way", async () => {
  const { cookie } = await signUp(api);
  const own = { cookie };
  for (const answer of [
    await post(api, "/graphql", ME, own),
    await post(api, "/graphql", { query: "{ nothing }" }, own),
    await post(api, "/graphql", ME),
    await fetch(`${api.url}/api/auth/get-session`, { headers: own }),
    await fetch(`${api.url}/v1/uploads/${crypto.randomUUID()}`, { headers: own }),
    await fetch(`${api.url}/v1/uploads/${crypto.randomUUID()}/report.csv`, { headers: own }),
    await fetch(`${api.url}/oauth/shopify/callback?x=1`, { headers: own }),
  ])
    expect(answer.headers.get("cache-control"), answer.url).toBe("no-store");
});

test("letters and figures are shown to this machine alone, called by its own name", async () => {
  const { port } = new URL(api.url);
  const status = (path: string, headers: Record<string, string>) =>
    new Promise<number | undefined>((resolve, reject) => {
      request(`${api.url}${path}`, { headers }, (answer) => resolve(answer.resume().statusCode))
        .on("error", reject)
        .end();
    });
  for (const path of ["/mailbox", "/metrics"]) {
    expect(await status(path, { host: `localhost:${port}` }), path).toBe(200);
    expect(await status(path, { host: `evil.example:${port}` }), `${path}: a name that was led here`).toBe(404);
    expect(await status(path, { forwarded: "for=203.0.113.9" }), `${path}: through a proxy`).toBe(404);
  }
});

let visitors = 0;
/** A visitor that nobody has seen before. */
const elsewhere = () => ({ "x-forwarded-for": `203.0.113.${(visitors += 1)}` });

/** All but the last five of a minute's questions are spent, then ten are asked: how often each status came. */
async function flood(
  kind: "callbacks" | "doors",
  from: { readonly "x-forwarded-for": string },
  ask: (headers: Record<string, string>) => Promise<Response>,
): Promise<Map<number, number>> {
  const { rates, clock } = api.serving.services;
  const budget = [{ key: `${kind} ${from["x-forwarded-for"]}`, limit: RATES[kind] }];
  rates.take(budget, RATES[kind] - 5, clock().getTime());
  const statuses = await Promise.all(Array.from({ length: 10 }, async () => (await ask(from)).status));
  return new Map([...Map.groupBy(statuses, (status) => status)].map(([status, all]) => [status, all.length]));
}

describe("a flood", () => {
  test("of made-up consents is turned away before the database hears of it, and only where it comes from", async () => {
    const state = Buffer.alloc(48, 7).toString("base64url");
    const from = elsewhere();
    const ask = (headers: Record<string, string>) =>
      fetch(`${api.url}/oauth/shopify/callback?error=access_denied&state=${state}`, { headers });
    expect(await flood("callbacks", from, ask)).toEqual(
      new Map([
        [403, 5],
        [429, 5],
      ]),
    );
    const late = await ask(from);
    expect(Number(late.headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask(elsewhere())).status).toBe(403);
  });

  test("at the doors for programs is turned away by address, with the time to wait", async () => {
    const from = elsewhere();
    const ask = (headers: Record<string, string>) =>
      fetch(`${api.url}/v1/uploads/${crypto.randomUUID()}/file?organisation=${crypto.randomUUID()}`, {
        method: "PUT",
        body: "x",
        headers,
      });
    expect(await flood("doors", from, ask)).toEqual(
      new Map([
        [404, 5],
        [429, 5],
      ]),
    );
    expect(Number((await ask(from)).headers.get("retry-after"))).toBeGreaterThan(0);
    expect((await ask(elsewhere())).status).toBe(404);
  });

  test("of one token's questions counts at every door alike", async () => {
    const owner = await signUp(api);
    const { secret } = await makeToken(owner, ["COSTS_UPLOAD"]);
    const ask = () =>
      fetch(`${api.url}/v1/uploads/${crypto.randomUUID()}`, {
        headers: { authorization: `Bearer ${secret}`, ...elsewhere() },
      });
    const { rates, clock } = api.serving.services;
    expect((await ask()).status).toBe(404);
    const [, token = ""] = /^hw_[0-9a-f]{32}([0-9a-f]{32})_/.exec(secret) ?? [];
    const id = token.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
    const spent = rates.take([{ key: `token:${id}`, limit: RATES.token }], 0, clock().getTime());
    expect(spent.remaining, "the question above was paid for").toBeLessThan(RATES.token);
    rates.take([{ key: `token:${id}`, limit: RATES.token }], spent.remaining, clock().getTime());
    const refused = await ask();
    expect([refused.status, Number(refused.headers.get("retry-after")) > 0]).toEqual([429, true]);
  });
});
