import { randomUUID } from "node:crypto";
import { expect, test } from "vitest";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { cookieIn, mailsTo, post, signUpAs } from "../testing/visitor.ts";

const api = ownApi();

const NEXT = "eleven grey herons at dusk";

async function somebody() {
  const email = `${randomUUID()}@example.com`;
  const cookie = await signUpAs(api, { name: "Mira Sen", email, password: PASSWORD, organisation: "Dusk Looms" });
  const signIn = async (password: string) => post(api, "/api/auth/sign-in/email", { email, password });
  const change = (body: Record<string, string>, as = cookie) =>
    post(api, "/api/auth/change-password", body, { cookie: as });
  const isIn = async (as: string) =>
    (await post(api, "/graphql", { query: "{me{name}}" }, { cookie: as })).status === 200;
  return { email, cookie, signIn, change, isIn };
}

test("the current password changes it: this browser goes on with a new session, every other one is out, and the person is told", async () => {
  const { email, cookie, signIn, change, isIn } = await somebody();
  const elsewhere = cookieIn(await signIn(PASSWORD));
  expect(await isIn(elsewhere)).toBe(true);
  const done = await change({ current: PASSWORD, next: NEXT });
  expect(done.status).toBe(200);
  const renewed = cookieIn(done);
  expect([await isIn(renewed), await isIn(cookie), await isIn(elsewhere)]).toEqual([true, false, false]);
  expect([(await signIn(PASSWORD)).status, (await signIn(NEXT)).status]).toEqual([401, 200]);
  expect((await mailsTo(api, email)).at(-1)).toMatchObject({ kind: "passwordChanged" });
  const told = await api.owner.sql`
    select a.actor->>'kind' as by, a.address is not null as placed from audit_log a join users u on u.id::text = a.object_id
    where a.verb = 'password.changed' and u.email = ${email}`;
  expect([...told]).toEqual([{ by: "person", placed: true }]);
});

test("nothing is changed by a wrong one, for a weak one, by nobody, or from elsewhere", async () => {
  const { cookie, signIn, change, isIn } = await somebody();
  const told = async (response: Response) => [response.status, Object(await response.json()).code];
  expect(await told(await change({ current: "not this one at all", next: NEXT }))).toEqual([403, "WRONG_PASSWORD"]);
  for (const next of ["short", "password1234", "mira sen 12", "dusk looms 12", PASSWORD, ""])
    expect(await told(await change({ current: PASSWORD, next })), next).toEqual([422, "WEAK_PASSWORD"]);
  expect(await told(await change({ current: PASSWORD, next: NEXT }, ""))).toEqual([401, "UNAUTHENTICATED"]);
  const foreign = await post(
    api,
    "/api/auth/change-password",
    { current: PASSWORD, next: NEXT },
    { cookie, origin: "https://evil.example" },
  );
  expect(foreign.status).toBe(403);
  expect([await isIn(cookie), (await signIn(PASSWORD)).status]).toEqual([true, 200]);
});

test("a borrowed session guesses ten times", async () => {
  const { change } = await somebody();
  const statuses: number[] = [];
  for (let n = 0; n < 11; n += 1) statuses.push((await change({ current: `guess number ${n}`, next: NEXT })).status);
  expect(statuses).toEqual([...Array.from({ length: 10 }, () => 403), 429]);
  expect((await change({ current: PASSWORD, next: NEXT })).status).toBe(429);
});
