/* oxlint-disable typescript/no-unsafe-type-assertion -- answers are of any shape; each expectation checks what it reads */
import { createHash } from "node:crypto";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect, inject, test } from "vitest";
import { DEMO, makeDemo } from "../demo.ts";
import { PASSWORD, startApi } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { cookieIn, post, signUp, visitor } from "../testing/visitor.ts";

const ME = "query Me { me { name } }";
const onRecord = createHash("sha256").update(ME).digest("hex");
const dist = mkdtempSync(join(tmpdir(), "headwater-dist-"));
mkdirSync(join(dist, "assets"));
writeFileSync(join(dist, "index.html"), "<!doctype html><title>Headwater</title>");
writeFileSync(join(dist, "assets", "app-abc.js"), "export const app = 1;");
writeFileSync(join(dist, "persisted-documents.json"), JSON.stringify({ [onRecord]: ME }));
afterAll(() => rmSync(dist, { recursive: true }));
const api = ownApi({ webDist: dist });

test("the web app: files by their names, itself for every other path, and nothing that is not there", async () => {
  const script = await fetch(`${api.url}/assets/app-abc.js`);
  expect(await script.text()).toBe("export const app = 1;");
  expect(script.headers.get("cache-control")).toContain("immutable");
  expect(script.headers.get("content-type")).toContain("text/javascript");
  for (const path of [
    "/",
    "/sign-in",
    "/monsoon-and-moss/overview",
    "/monsoon-and-moss/settings/integrations/datasources",
  ]) {
    const page = await fetch(`${api.url}${path}`);
    expect(await page.text(), path).toContain("<title>Headwater</title>");
    expect(page.headers.get("cache-control"), path).toBe("no-cache");
    const again = await fetch(`${api.url}${path}`, { headers: { "if-none-match": page.headers.get("etag") ?? "" } });
    expect(again.status, path).toBe(304);
  }
  for (const path of [
    "/assets/gone.js",
    "/persisted-documents.json",
    "/../package.json",
    "/%2e%2e/package.json",
    "/assets/%2e%2e/%2e%2e/etc/passwd.txt",
    "/index.php",
  ])
    expect((await fetch(`${api.url}${path}`)).status, path).toBe(404);
  expect((await fetch(`${api.url}/`, { method: "POST" })).status).toBe(405);
});

test("documents on record may be asked by anybody, by their id alone; ids that are none are told so", async () => {
  const byId = (sha256Hash: string) =>
    post(api, "/graphql", { extensions: { persistedQuery: { version: 1, sha256Hash } } });
  const answered = await byId(onRecord);
  expect([answered.status, await answered.json()]).toEqual([200, { data: { me: null } }]);
  const unknown = (await (await byId("0".repeat(64))).json()) as { errors: { extensions: object }[] };
  expect(unknown.errors[0]?.extensions).toMatchObject({ code: "PERSISTED_DOCUMENT_UNKNOWN" });
  expect((await post(api, "/graphql", { query: ME })).status, "the same text freely").toBe(401);
  const { cookie } = await signUp(api);
  expect((await post(api, "/graphql", { query: ME }, { cookie })).status).toBe(200);
});

test("the demo merchant is made once, and signs in with the password of each start", async () => {
  expect(await makeDemo(api.owner, PASSWORD)).toBe("made");
  expect(await makeDemo(api.owner, `${PASSWORD} again`)).toBe("kept");
  expect((await post(api, "/api/auth/sign-in/email", { email: DEMO.email, password: PASSWORD })).status).toBe(401);
  const right = await post(api, "/api/auth/sign-in/email", { email: DEMO.email, password: `${PASSWORD} again` });
  const demo = await visitor(api, cookieIn(right));
  const { data } = await demo.ask(
    "{ organisation { name slug zone currency plan { name allowance } viewerRole slots { used } } }",
  );
  expect(data.organisation).toEqual({
    name: "Monsoon & Moss",
    slug: "monsoon-and-moss",
    zone: "Asia/Kolkata",
    currency: "INR",
    plan: { name: "growth", allowance: 10 },
    viewerRole: "OWNER",
    slots: { used: 0 },
  });
});

test("a stop lets what is under way end, and refuses what comes after", async () => {
  const count = 5;
  const other = await startApi(inject("postgresUrl"), { databaseConnections: count });
  const person = await signUp(other);
  const { asked, stopped } = await other.owner.sql.begin(async (tx) => {
    await tx`lock table organisations in access exclusive mode`;
    const all = Array.from({ length: count }, () =>
      person.ask("{ organisation { name slots { used } } catalog { name } }"),
    );
    // A request that holds a connection of the pool has long been read off its socket.
    await expect
      .poll(() => tx`select 1 from pg_locks where relation = 'organisations'::regclass and not granted`)
      .toHaveLength(count);
    return { asked: all, stopped: other.close() };
  });
  const answers = await Promise.allSettled(asked);
  await stopped;
  const whole = answers.filter((answer) => answer.status === "fulfilled" && answer.value.data.organisation !== null);
  expect(whole).toHaveLength(count);
  await expect(fetch(`${other.url}/healthz`)).rejects.toThrow();
});

test("a plan is set by the owner where there is no operator, and not below what is held", async () => {
  const person = await signUp(api);
  const set = async (plan: string) =>
    (
      await person.ask(
        `mutation ($i: SetPlanInput!) { r: setPlan(input: $i) { is: __typename ... on SetPlanSuccess { organisation { plan { name } slots { free } } } } }`,
        { i: { plan, idempotencyKey: crypto.randomUUID() } },
      )
    ).data.r;
  expect(await set("custom")).toMatchObject({
    is: "SetPlanSuccess",
    organisation: { plan: { name: "custom" }, slots: { free: null } },
  });
  expect(await set("nothing")).toMatchObject({ is: "InvalidInput" });
  expect(await set("free")).toMatchObject({ organisation: { slots: { free: 3 } } });
});

test("one's own sessions: listed, ended by oneself and by nobody else", async () => {
  const [person, stranger] = [await signUp(api), await signUp(api)];
  const { data } = await person.ask("{ me { email sessions { id isCurrent address } } }");
  expect(data.me.sessions).toMatchObject([{ isCurrent: true, address: expect.stringContaining("127.0.0.1") }]);
  const second = cookieIn(await post(api, "/api/auth/sign-in/email", { email: data.me.email, password: PASSWORD }));
  const list = (await person.ask("{ me { sessions { id isCurrent } } }")).data.me.sessions as {
    id: string;
    isCurrent: boolean;
  }[];
  const other = list.find(({ isCurrent }) => !isCurrent);
  const end = async (who: typeof person) =>
    (
      await who.ask(`mutation ($i: EndSessionInput!) { r: endSession(input: $i) { is: __typename } }`, {
        i: { session: other?.id },
      })
    ).data.r.is;
  expect(await end(stranger)).toBe("SessionGone");
  expect((await post(api, "/graphql", { query: ME }, { cookie: second })).status).toBe(200);
  expect(await end(person)).toBe("EndSessionSuccess");
  expect((await post(api, "/graphql", { query: ME }, { cookie: second })).status).toBe(401);
});

test("a database that comes back is waited for: no question fails when every connection is cut", async () => {
  const person = await signUp(api);
  const cut = () =>
    api.owner
      .sql`select count(pg_terminate_backend(pid)) from pg_stat_activity where application_name = 'headwater api' and datname = current_database()`;
  const statuses: string[] = [];
  for (let round = 0; round < 5; round += 1) {
    const asked = Array.from({ length: 8 }, () => person.ask("{ me { name } organisation { name slots { used } } }"));
    await cut();
    for (const answer of await Promise.all(asked)) statuses.push(`${answer.status} ${answer.errors === undefined}`);
  }
  expect(new Set(statuses)).toEqual(new Set(["200 true"]));
});
