// A system user's token over real HTTP: whom it stands for, for which app it was made, what it may read, and that nothing ends it.
import { connector } from "@headwater/connectors/meta-ads/index.ts";
import { afterAll, beforeAll, expect, test } from "vitest";
import { accounts, metaClient, openMeta, people, type Meta } from "./meta.ts";

let meta: Meta;
beforeAll(async () => {
  meta = await openMeta();
});
afterAll(() => meta.close());

const { key } = connector;
const make = async (given: object = {}): Promise<string> => {
  const made = await meta.act(`people/${people.system}`, { action: "systemToken", ...given });
  const { token }: { token: string } = JSON.parse(JSON.stringify(made));
  return token;
};
const trial = async (token: string) => {
  if (key === undefined) throw new Error("no key is taken");
  const signal = new AbortController().signal;
  return key.probe(meta.outbound, { params: { token }, now: meta.now(), signal, app: metaClient });
};
const statesOf = ({ checks }: Awaited<ReturnType<typeof trial>>) => checks.map(({ name, state }) => `${name} ${state}`);

test("stands for a user of the business, reads its accounts, and has no end", async () => {
  const tried = await trial(await make());
  expect(statesOf(tried)).toEqual(["reachable passed", "accepted passed", "ads_read passed"]);
  expect(tried.tokens).toMatchObject({
    login: { key: people.system, details: { name: "Monsoon reporting" } },
    accessExpiresAt: null,
    endsAt: null,
  });
  if (tried.tokens === null) throw new Error("refused");
  const session = await meta.session(tried.tokens, null);
  expect((await connector.account.list(session)).map(({ externalId }) => externalId)).toContain(accounts.us);
  await meta.sandbox.desk("clock", { byDays: 200 });
  await expect(connector.account.verify(session, accounts.us)).resolves.toMatchObject({
    scopes: ["ads_read", "public_profile"],
  });
});

test("made for another app, without ads_read, ended, or nobody's: each is told as what it is, and none is kept", async () => {
  const other = await trial(await make({ app: "other" }));
  expect(statesOf(other)).toEqual(["reachable passed", "accepted failed", "ads_read skipped"]);
  expect(other.checks[1]?.failure).toMatchObject({ class: "reauthorize", code: "meta-ads.otherApp" });
  const narrow = await trial(await make({ scopes: "pages_show_list" }));
  expect(statesOf(narrow)).toEqual(["reachable passed", "accepted passed", "ads_read failed"]);
  expect(narrow.checks[2]?.failure).toMatchObject({ class: "permission", code: "meta-ads.tokenLacks" });
  const ended = await make();
  await meta.act(`people/${people.system}`, { action: "removeApp" });
  for (const [dead, code] of [
    [ended, "meta-ads.appRemoved"],
    // Nobody has signed in: what is said of a sign-in that has ended would be no word of a token that was half copied.
    [`EAA${"0".repeat(90)}`, "meta-ads.tokenRefused"],
  ] as const) {
    const tried = await trial(dead);
    expect(statesOf(tried)).toEqual(["reachable passed", "accepted failed", "ads_read skipped"]);
    expect(tried.checks[1]?.failure).toMatchObject({ class: "reauthorize", code });
  }
  for (const tried of [other, narrow]) expect(tried.tokens).toBeNull();
});

test("while Meta has trouble says so, and nothing of the token", async () => {
  const token = await make();
  await meta.fault({ kind: "internalError", count: null });
  const tried = await trial(token);
  await meta.sandbox.desk("end-faults", {});
  expect(statesOf(tried)).toEqual(["reachable failed", "accepted skipped", "ads_read skipped"]);
  expect(tried.checks[0]?.failure).toMatchObject({ class: "transient" });
});

test("is looked at before it is sent, and stands in no address", async () => {
  const token = await make();
  const typed = (text: string) => key?.readTyped({ token: text });
  for (const paste of [token, ` ${token}\n`, `Bearer ${token}`])
    expect(typed(paste)).toEqual({ ok: true, params: { token } });
  expect(typed("")).toMatchObject({ ok: false, problem: { code: "meta-ads.tokenMissing" } });
  for (const wrong of ["EAAshort", `pk_${"a".repeat(60)}`, `${token}!`])
    expect(typed(wrong)).toMatchObject({ ok: false, problem: { code: "meta-ads.notAToken" } });
  await trial(token);
  const { text } = await meta.sandbox.call({ path: "/_desk/requests" });
  expect(text).not.toContain(token);
});
