import { request } from "node:http";
import { expect, inject, test } from "vitest";
import { startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { statementsOf } from "../testing/statements.ts";
import { cookieIn, post, signUp, signUpAs } from "../testing/visitor.ts";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";

const api = ownApi();

const graphql = (init: RequestInit) => fetch(`${api.url}/graphql`, init);

test("GraphQL takes POST alone, JSON alone, one question at a time, 100 kB at most", async () => {
  const { cookie } = await signUp(api);
  const json = { "content-type": "application/json", cookie };
  expect((await graphql({ method: "GET", headers: { cookie } })).status).toBe(405);
  expect((await fetch(`${api.url}/graphql?query={me{name}}`, { headers: { cookie } })).status).toBe(405);
  expect((await graphql({ method: "PUT", headers: json, body: "{}" })).status).toBe(405);
  for (const type of [
    "application/x-www-form-urlencoded",
    "text/plain",
    "multipart/form-data; boundary=x",
    "application/graphql",
    "application/jsonp",
  ])
    expect(
      (await graphql({ method: "POST", headers: { "content-type": type, cookie }, body: "query=%7Bme%7Bname%7D%7D" }))
        .status,
      type,
    ).toBe(415);
  expect((await graphql({ method: "POST", headers: json, body: "not json" })).status).toBe(400);
  expect((await graphql({ method: "POST", headers: json, body: "[]" })).status).toBe(400);
  expect(
    (await graphql({ method: "POST", headers: json, body: JSON.stringify([{ query: "{me{name}}" }]) })).status,
  ).toBe(400);
  const long = await graphql({
    method: "POST",
    headers: json,
    body: JSON.stringify({ query: `{me{name}} #${"x".repeat(100_001)}` }),
  });
  expect(long.status).toBe(413);
  const right = await graphql({
    method: "POST",
    headers: { ...json, "content-type": "application/json; charset=utf-8" },
    body: JSON.stringify({ query: "{me{name}}" }),
  });
  expect(right.status).toBe(200);
  expect(await right.json()).toMatchObject({ data: { me: { name: expect.any(String) } } });
});

/** 400 kB in pieces, with no length declared; the status, or 413 where the door was shut while it still came. */
const pour = (headers: Record<string, string>): Promise<number> =>
  new Promise((resolve) => {
    const sending = request(`${api.url}/graphql`, {
      method: "POST",
      headers: { "content-type": "application/json", "transfer-encoding": "chunked", ...headers },
    });
    sending.on("response", (answer) => resolve(answer.resume().statusCode ?? 0));
    sending.on("error", () => resolve(413));
    for (let piece = 0; piece < 40; piece += 1) sending.write("x".repeat(10_000));
    sending.end();
  });

test("a body without a declared length is counted as it comes, for nobody and for everybody", async () => {
  const { cookie } = await signUp(api);
  for (const headers of [{}, { cookie }]) expect(await pour(headers)).toBe(413);
  for (const body of ["{}", "null", '"text"', "7"])
    expect(
      (await graphql({ method: "POST", headers: { "content-type": "application/json", cookie }, body })).status,
      body,
    ).toBe(400);
});

test("x-forwarded-for is believed of proxies of ours alone, and read from the right", async () => {
  const lastAddress = async (one: TestApi, forwarded: string) => {
    const email = `proxied${Math.random()}@example.com`;
    await signUpAs(one, { name: "P", email, password: PASSWORD, organisation: "P" }, { "x-forwarded-for": forwarded });
    const [row] = await one.owner
      .sql`select s.ip_address from sessions s join users u on u.id = s.user_id where u.email = ${email}`;
    return row?.["ip_address"];
  };
  expect(await lastAddress(api, "203.0.113.9")).toBe("127.0.0.1");
  const behind = await startApi(inject("postgresUrl"), { trustedProxies: ["127.0.0.0/8", "10.0.0.0/8", "::1"] });
  try {
    expect(await lastAddress(behind, "203.0.113.9")).toBe("203.0.113.9");
    expect(await lastAddress(behind, "6.6.6.6, 203.0.113.9, 10.1.2.3")).toBe("203.0.113.9");
    expect(await lastAddress(behind, "6.6.6.6, 198.51.100.4:5678")).toBe("198.51.100.4");
    expect(await lastAddress(behind, "6.6.6.6, [2001:db8::9]:443")).toMatch(/^2001:0?db8:/);
    for (const hidden of ["unknown", "_hidden", "nonsense"])
      expect(await lastAddress(behind, `6.6.6.6, ${hidden}`)).toBe("127.0.0.1");
    expect(await lastAddress(behind, "")).toBe("127.0.0.1");
  } finally {
    await behind.close();
  }
});

test("a question that a browser sends from another origin is refused; a tool with a token has none", async () => {
  const { cookie } = await signUp(api);
  const ask = (headers: Record<string, string>) => post(api, "/graphql", { query: "{me{name}}" }, headers);
  expect((await ask({ cookie, origin: "https://evil.example" })).status).toBe(403);
  expect((await ask({ cookie, origin: "null" })).status).toBe(403);
  expect((await ask({ cookie, origin: api.url })).status).toBe(200);
});

test("whoever is not signed in gets nothing but what is on record, no introspection and no suggestions", async () => {
  const anonymous = await post(api, "/graphql", { query: "{ me { name } }" });
  expect(anonymous.status).toBe(401);
  expect(await anonymous.json()).toMatchObject({ errors: [{ extensions: { code: "UNAUTHENTICATED" } }] });
  const introspecting = await post(api, "/graphql", { query: "{ __schema { types { name } } }" });
  expect(introspecting.status).toBe(401);
});

test("signed in, one may introspect; a misspelt field is not guessed at", async () => {
  const person = await signUp(api);
  const { getIntrospectionQuery } = await import("graphql");
  const schema = await person.ask(getIntrospectionQuery());
  expect(schema.errors).toBeUndefined();
  expect(schema.data["__schema"].types.length).toBeGreaterThan(100);
  const misspelt = await person.ask("{ organisaton { id } }");
  expect(misspelt.errors?.[0]?.message).toContain("organisaton");
  expect(misspelt.errors?.[0]?.message).not.toMatch(/did you mean/i);
  expect(misspelt.errors?.[0]?.extensions["code"]).toBe("BAD_REQUEST");
});

test("every answer carries the headers of quality 3.7", async () => {
  for (const path of [
    "/",
    "/graphql",
    "/healthz",
    "/oauth/returned?outcome=returned",
    "/api/auth/get-session",
    "/nothing.js",
  ]) {
    const { headers } = await fetch(`${api.url}${path}`);
    expect(headers.get("content-security-policy"), path).toContain("default-src 'none'");
    expect(headers.get("content-security-policy"), path).toContain("frame-ancestors 'none'");
    expect(headers.get("content-security-policy"), path).toContain("trusted-types 'none'");
    expect(headers.get("content-security-policy"), path).not.toContain("unsafe");
    expect(headers.get("x-content-type-options"), path).toBe("nosniff");
    expect(headers.get("cross-origin-opener-policy"), path).toBe(
      path.startsWith("/oauth/returned?") ? "unsafe-none" : "same-origin-allow-popups",
    );
    expect(headers.get("cross-origin-resource-policy"), path).toBe("same-origin");
    expect(headers.get("permissions-policy"), path).toContain("camera=()");
    expect(headers.get("strict-transport-security"), `${path}: http`).toBeNull();
  }
});

test("health: alive, ready, metrics", async () => {
  expect(await (await fetch(`${api.url}/healthz`)).text()).toBe("alive\n");
  expect((await fetch(`${api.url}/readyz`)).status).toBe(200);
  expect(await (await fetch(`${api.url}/metrics`)).text()).toContain("headwater_http_seconds");
});

test("the session cookie is for no script and no other site, and its token is nowhere in the clear", async () => {
  const email = "cookie@example.com";
  await signUpAs(api, { name: "Cookie", email, password: PASSWORD, organisation: "Cookie & Co" });
  const made = await post(api, "/api/auth/sign-in/email", { email, password: PASSWORD });
  expect(made.status).toBe(200);
  const body = JSON.stringify(await made.json());
  const [set = ""] = made.headers.getSetCookie();
  expect(set).toMatch(/HttpOnly/i);
  expect(set, "the row says when it ends, thirty days at most").toContain("Max-Age=2592000;");
  expect(set).toMatch(/SameSite=Lax/i);
  const token = decodeURIComponent(set.split("=")[1]?.split(";")[0] ?? "").split(".")[0] ?? "";
  expect(token.length).toBeGreaterThanOrEqual(43);
  expect(body).not.toContain(token);
  const rows = await api.owner.sql`select token from sessions`;
  expect(rows.map((row) => String(row["token"]))).not.toContain(token);
});

test("sign-in and sign-out; a wrong password and an unknown person get one answer", async () => {
  const email = "sign@example.com";
  await signUpAs(api, { name: "Sign", email, password: PASSWORD, organisation: "Sign" });
  const wrong = await post(api, "/api/auth/sign-in/email", { email, password: "wrong password 12" });
  const unknown = await post(api, "/api/auth/sign-in/email", {
    email: "nobody@example.com",
    password: "wrong password 12",
  });
  expect(wrong.status).toBe(401);
  expect(unknown.status).toBe(401);
  expect(await wrong.json()).toEqual(await unknown.json());
  const right = await post(api, "/api/auth/sign-in/email", { email: "Sign@Example.com", password: PASSWORD });
  expect(right.status).toBe(200);
  const cookie = cookieIn(right);
  expect((await post(api, "/graphql", { query: "{me{name}}" }, { cookie })).status).toBe(200);
  expect((await post(api, "/api/auth/sign-out", {}, { cookie })).status).toBe(200);
  expect((await post(api, "/graphql", { query: "{me{name}}" }, { cookie })).status).toBe(401);
});

test("sign-up refuses weak passwords and values that are none", async () => {
  const good = { name: "Some", email: "some@example.com", password: PASSWORD, organisation: "Some" };
  const status = async (change: object) => (await post(api, "/api/auth/sign-up/email", { ...good, ...change })).status;
  expect(await status({ password: "short" })).toBe(400);
  expect(await status({ password: "password1234" })).toBe(422);
  expect(await status({ password: "aaaaaaaaaaaaaa" })).toBe(422);
  expect(await status({ email: "no address" })).toBe(400);
  expect(await status({ zone: "Mars/Olympus" })).toBe(400);
  expect(await status({ currency: "rupees" })).toBe(400);
  expect(await status({ name: "a\u0000b" })).toBe(400);
  expect(await status({ organisation: "" })).toBe(400);
  expect(await status({})).toBe(200);
});

test("two organisations of one name get slugs of their own, and none takes a path of ours", async () => {
  const [one, two] = [await signUp(api, "Twin Peaks"), await signUp(api, "Twin Peaks")];
  expect(one.slug).toBe("twin-peaks");
  expect(two.slug).toMatch(/^twin-peaks-/);
  expect((await signUp(api, "GraphQL")).slug).toMatch(/^graphql-/);
  expect((await signUp(api, "মৌচুমী")).slug).toMatch(/^brand/);
});

test("sign-in from another origin is refused, and paths that nobody needs are closed", async () => {
  const foreign = await post(
    api,
    "/api/auth/sign-in/email",
    { email: "a@example.com", password: PASSWORD },
    { origin: "https://evil.example" },
  );
  expect(foreign.status).toBe(403);
  for (const path of [
    "/sign-in/social",
    "/list-sessions",
    "/update-user",
    "/forget-password",
    "/delete-user",
    "/api-key/create",
    "/set-password",
    "/",
  ]) {
    const closed = await post(api, `/api/auth${path}`, {});
    expect(closed.status, path).toBe(404);
  }
});

test("too many tries for one account are turned away, whatever the password, and say when to come back", async () => {
  const email = "throttled@example.com";
  await signUpAs(api, { name: "T", email, password: PASSWORD, organisation: "T" });
  const statuses: number[] = [];
  for (let attempt = 0; attempt < 11; attempt += 1)
    statuses.push((await post(api, "/api/auth/sign-in/email", { email, password: "wrong password 12" })).status);
  expect(statuses.slice(0, 10)).toEqual(Array.from({ length: 10 }, () => 401));
  expect(statuses[10]).toBe(429);
  const right = await post(api, "/api/auth/sign-in/email", { email, password: PASSWORD });
  expect(right.status).toBe(429);
  expect(Number(right.headers.get("retry-after"))).toBeGreaterThan(0);
});

test("cookies that we did not sign, or that speak of no session, are nobody's", async () => {
  const { cookie } = await signUp(api);
  const [name, value = ""] = (cookie.split("; ")[0] ?? "").split("=");
  const decoded = decodeURIComponent(value);
  const forged = [
    `${decoded.slice(0, -3)}AAA`,
    decoded.split(".")[0] ?? "",
    "",
    "%",
    `x.${decoded.split(".")[1]}`,
    `${"A".repeat(43)}.${decoded.split(".")[1]}`,
  ];
  for (const one of forged) {
    const answered = await post(
      api,
      "/graphql",
      { query: "{me{name}}" },
      { cookie: `${name}=${encodeURIComponent(one)}` },
    );
    expect(answered.status, one).toBe(401);
  }
});

test("a stranger who tries somebody's account keeps nobody out: who comes from elsewhere signs in", async () => {
  const behind = await startApi(inject("postgresUrl"), { trustedProxies: ["127.0.0.1"] });
  try {
    const email = "victim@example.com";
    const from = (address: string) => ({ "x-forwarded-for": address });
    await signUpAs(behind, { name: "V", email, password: PASSWORD, organisation: "V" }, from("203.0.113.1"));
    const signIn = async (password: string, address: string) =>
      (await post(behind, "/api/auth/sign-in/email", { email, password }, from(address))).status;
    for (let n = 0; n < 12; n += 1) await signIn("wrong password 12", "198.51.100.7");
    expect(await signIn(PASSWORD, "198.51.100.7")).toBe(429);
    expect(await signIn(PASSWORD, "203.0.113.1")).toBe(200);
  } finally {
    await behind.close();
  }
});

test("made-up tokens stop costing a look into the database", async () => {
  const { makeToken } = await import("../access/token-text.ts");
  const { apiTokenId, organisationId } = await import("@headwater/db/schema/ids.ts");
  const ids = [organisationId(crypto.randomUUID()), apiTokenId(crypto.randomUUID())] as const;
  const madeUp = () => makeToken(...ids).text;
  const tried = () => post(api, "/graphql", { query: "{me{name}}" }, { authorization: `Bearer ${madeUp()}` });
  for (let n = 0; n < 60; n += 1) await tried();
  const { answer, texts } = await statementsOf(api, tried);
  expect([answer.status, texts]).toEqual([401, []]);
});

test("opened by another name of this machine, the page goes to the name that its session belongs to", async () => {
  const { port } = new URL(api.url);
  const opened = (path: string, host: string) =>
    new Promise<[number, string | undefined]>((resolve, reject) => {
      request(`${api.url}${path}`, { headers: { host } }, (answer) =>
        resolve([answer.resume().statusCode ?? 0, answer.headers.location]),
      )
        .on("error", reject)
        .end();
    });
  expect(await opened("/brand/overview?range=7", `localhost:${port}`)).toEqual([
    307,
    `${api.url}/brand/overview?range=7`,
  ]);
  expect(await opened("//evil.example/x", `localhost:${port}`)).toEqual([307, `${api.url}//evil.example/x`]);
  expect((await opened("/", `evil.example:${port}`))[1]).toBeUndefined();
  expect((await opened("/", `127.0.0.1:${port}`))[1]).toBeUndefined();
  expect((await opened("/healthz", `localhost:${port}`))[0]).toBe(200);
});
