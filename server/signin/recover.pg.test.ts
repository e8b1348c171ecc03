import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { mailsTo, post, signUpAs } from "../testing/visitor.ts";

const api = ownApi();

const NEXT = "eleven grey herons at dusk";
const ask = (email: string) => post(api, "/api/auth/recover/ask", { email });
const set = async (token: string, next = NEXT) => {
  const response = await post(api, "/api/auth/recover/set", { token, next });
  return [response.status, Object(await response.json()).code ?? null];
};
const signIn = async (email: string, password: string) =>
  (await post(api, "/api/auth/sign-in/email", { email, password })).status;

async function somebody() {
  const email = `${randomUUID()}@example.com`;
  const cookie = await signUpAs(api, { name: "Mira Sen", email, password: PASSWORD, organisation: "Dusk Looms" });
  return { email, cookie };
}
async function tokenFor(email: string): Promise<string> {
  const before = (await mailsTo(api, email)).length;
  await ask(email);
  await expect.poll(async () => (await mailsTo(api, email)).length).toBe(before + 1);
  return new URL((await mailsTo(api, email)).at(-1)?.link ?? "").hash.slice(1);
}

test("whoever reads the mail chooses a new password, once: every session ends, and the person is told", async () => {
  const { email, cookie } = await somebody();
  const token = await tokenFor(email);
  expect(await signIn(email, PASSWORD), "nothing is changed by asking").toBe(200);
  expect(await set(token, "password1234")).toEqual([422, "WEAK_PASSWORD"]);
  expect(await set(token)).toEqual([200, null]);
  expect([await signIn(email, PASSWORD), await signIn(email, NEXT)]).toEqual([401, 200]);
  expect((await post(api, "/graphql", { query: "{me{name}}" }, { cookie })).status).toBe(401);
  expect((await mailsTo(api, email)).at(-1)).toMatchObject({ kind: "passwordChanged" });
  expect(await set(token, "another one altogether"), "used").toEqual([410, "LINK_LAPSED"]);
  const told = await api.owner.sql`
    select 1 from audit_log a join users u on u.id::text = a.object_id where a.verb = 'password.recovered' and u.email = ${email}`;
  expect(told).toHaveLength(1);
  const kept = await api.owner
    .sql`select 1 from verifications where identifier like ${`%${token}%`} or value like ${`%${token}%`}`;
  expect(kept).toHaveLength(0);
});

test("of two who use one link at once, one chooses", async () => {
  const { email } = await somebody();
  const token = await tokenFor(email);
  const ends = await Promise.all([set(token, "first of the two herons"), set(token, "second of the two herons")]);
  expect(new Set(ends.map(([status]) => status))).toEqual(new Set([200, 410]));
});

test("a link that has lapsed, or that nobody wrote, changes nothing; a sign-up's is none", async () => {
  const { email } = await somebody();
  const token = await tokenFor(email);
  await api.owner
    .sql`update verifications set expires_at = now() - interval '1 second' where identifier like 'recover %'`;
  for (const one of [token, "A".repeat(43), "", "../x"]) expect(await set(one), one).toEqual([410, "LINK_LAPSED"]);
  expect(await signIn(email, PASSWORD)).toBe(200);
});

test("who asks learns nothing, and fills nobody's mail", async () => {
  const { email } = await somebody();
  const [known, unknown] = [await ask(email), await ask(`${randomUUID()}@example.com`)];
  expect([known.status, await known.json()]).toEqual([unknown.status, await unknown.json()]);
  for (let n = 0; n < 7; n += 1) await ask(email);
  const last = await somebody();
  await tokenFor(last.email);
  expect((await mailsTo(api, email)).length, "the mail of the sign-up aside").toBeLessThanOrEqual(6);
  expect((await post(api, "/api/auth/recover/ask", { email }, { origin: "https://evil.example" })).status).toBe(403);
  expect((await post(api, "/api/auth/recover/ask", { email: "nobody" })).status).toBe(400);
});
