import { eq } from "drizzle-orm";
import { memberships, throttles } from "@headwater/db/schema/tables.ts";
import { expect, test } from "vitest";
import { PASSWORD } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { cookieIn, post, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { ACCOUNT_TRIES, countTry, forgetOldTries } from "./throttle.ts";

const warned: unknown[] = [];
const quiet = () => undefined;
const api = ownApi({
  log: { info: quiet, error: quiet, warn: (event, facts = {}) => warned.push({ event, ...facts }) },
});

const log = ({ organisationId }: Visitor) =>
  api.owner.sql<{ verb: string; actor: object; address: string | null; object_id: string }[]>`
    select verb, actor, address, object_id from audit_log
    where organisation_id = ${organisationId} and verb ~ '^(session|signIn)' order by n`;

const emailOf = async (person: Visitor): Promise<string> => (await person.ask("{ me { email } }")).data.me.email;

test("each session's begin and end is in the log of every organisation that it opens, and of no other", async () => {
  const person = await signUp(api);
  const host = await signUp(api);
  await api.owner.drizzle
    .insert(memberships)
    .values({ organisationId: host.organisationId, userId: person.userId, role: "viewer" });
  const stranger = await signUp(api);
  const email = await emailOf(person);
  const cookie = cookieIn(await post(api, "/api/auth/sign-in/email", { email, password: PASSWORD }));
  expect((await post(api, "/api/auth/sign-out", {}, { cookie })).status).toBe(200);

  const actor = { kind: "person", userId: person.userId };
  const [signedUp, began, ended, ...rest] = await log(person);
  expect(rest).toEqual([]);
  expect(signedUp).toMatchObject({ verb: "session.started", actor });
  expect(began).toMatchObject({ verb: "session.started", actor, address: "127.0.0.1" });
  expect(ended).toMatchObject({ verb: "session.ended", actor, address: "127.0.0.1", object_id: began?.object_id });
  const asMember = (await log(host)).filter(({ object_id }) => object_id === began?.object_id);
  expect(asMember.map(({ verb }) => verb)).toEqual(["session.started", "session.ended"]);
  expect(await log(stranger)).toHaveLength(1);
});

test("an account that is locked says so once, whoever tried; a wrong password before it says nothing", async () => {
  const person = await signUp(api);
  const email = await emailOf(person);
  const wrong = () => post(api, "/api/auth/sign-in/email", { email, password: "wrong password 12" });
  for (let n = 0; n < ACCOUNT_TRIES; n += 1) expect((await wrong()).status).toBe(401);
  expect((await log(person)).map(({ verb }) => verb)).toEqual(["session.started"]);
  for (let n = 0; n < 3; n += 1) expect((await wrong()).status).toBe(429);
  await expect
    .poll(async () => (await log(person)).slice(1))
    .toEqual([
      {
        verb: "signIn.locked",
        actor: { kind: "system", name: "nobody" },
        address: "127.0.0.1",
        object_id: person.userId,
      },
    ]);
});

test("tries of long ago are forgotten, those that count are not", async () => {
  const now = new Date("2026-03-01T12:00:00Z");
  await countTry(api.owner, "old", 10, new Date("2026-02-28T11:00:00Z"));
  await countTry(api.owner, "young", 10, new Date("2026-03-01T11:50:00Z"));
  await forgetOldTries(api.owner, now);
  const left = async (key: string) => api.owner.drizzle.select().from(throttles).where(eq(throttles.key, key));
  expect(await left("old")).toEqual([]);
  expect(await left("young")).toHaveLength(1);
});

test("what was refused is in the process's own log: by whom as a hash, from where, and no password", async () => {
  const person = await signUp(api);
  const email = await emailOf(person);
  warned.length = 0;
  for (let n = 0; n <= ACCOUNT_TRIES; n += 1)
    await post(api, "/api/auth/sign-in/email", { email, password: "not this one at all" });
  await api.owner.drizzle.update(memberships).set({ role: "viewer" }).where(eq(memberships.userId, person.userId));
  await person.ask(`mutation { setPlan(input: { plan: "scale", idempotencyKey: "x" }) { __typename } }`);
  expect(warned.filter((line) => Object(line).event === "sign-in refused")).toHaveLength(ACCOUNT_TRIES);
  expect(warned).toContainEqual(
    expect.objectContaining({ event: "sign-in refused", status: 401, address: "127.0.0.1" }),
  );
  expect(warned).toContainEqual(expect.objectContaining({ event: "too many tries" }));
  expect(warned).toContainEqual({
    event: "command refused",
    permission: "setPlan",
    by: expect.objectContaining({ kind: "person", userId: person.userId }),
  });
  const written = JSON.stringify(warned);
  for (const secret of [email, "not this one"]) expect(written).not.toContain(secret);
});
