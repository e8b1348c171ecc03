// Connecting Meta Ads over real HTTP: the consent page, tokens that nothing renews, accounts behind a login, and every way it ends.
import { connector } from "@headwater/connectors/meta-ads/index.ts";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { dayAfter, dayCutter } from "@headwater/workflows/load/days.ts";
import { sumDecimals } from "../audit/amounts.ts";
import { accounts, metaClient, openMeta, people, type Meta } from "./meta.ts";

let meta: Meta;
beforeAll(async () => {
  meta = await openMeta();
});
afterAll(() => meta.close());

const DAY_MS = 86_400_000;
const requests = async (): Promise<string[]> => {
  const { text } = await meta.sandbox.call({ path: "/_desk/requests" });
  const rows: { operation: string }[] = JSON.parse(text);
  return rows.map((row) => row.operation);
};

describe("consent", () => {
  test("gives a token of about sixty days, known by the person, with what was granted", async () => {
    const tokens = await meta.connect();
    expect(tokens.login).toEqual({ key: people.priya, details: { name: "Priya Sharma" } });
    expect(tokens.scopes).toEqual(["ads_read", "public_profile"]);
    const days = ((tokens.endsAt?.getTime() ?? 0) - meta.now().getTime()) / DAY_MS;
    expect(days).toBeGreaterThan(59);
    expect(days).toBeLessThanOrEqual(60);
    expect(await requests()).toEqual(expect.arrayContaining(["consent", "token code", "token long", "batch", "me"]));
  });

  test("asks for reading only, again for what was declined, and proves its code", async () => {
    if (connector.authorization.kind !== "oauth") throw new Error("by consent");
    const address = connector.authorization.consentAddress({
      client: metaClient,
      params: {},
      state: "s".repeat(64),
      codeChallenge: "c",
      scopes: ["ads_read"],
    });
    expect(address.host).toBe("www.facebook.com");
    expect(Object.fromEntries(address.searchParams)).toMatchObject({
      scope: "ads_read",
      auth_type: "rerequest",
      response_type: "code",
      code_challenge_method: "S256",
      redirect_uri: metaClient.redirectUri,
    });
  });

  test("refused, forged or short of a state: three different ends, and no token call", async () => {
    if (connector.authorization.kind !== "oauth") throw new Error("by consent");
    const { readCallback } = connector.authorization;
    const refused = await meta.consent({ decision: "refuse" });
    expect(readCallback(refused.back.search.slice(1), metaClient, meta.now())).toEqual({
      kind: "declined",
      state: refused.state,
      problem: { code: "meta-ads.consentRefused" },
    });
    for (const query of ["", "code=abc&state=def", `state=${"s".repeat(64)}`, `code=${"c".repeat(40)}&state=%00`])
      expect(readCallback(query, metaClient, meta.now()).kind, query).toBe("refused");
  });

  test("a code works once, for its own redirect and its own verifier", async () => {
    const trip = await meta.consent();
    await expect(meta.exchange({ ...trip, verifier: "x".repeat(43) })).rejects.toMatchObject({
      failure: { class: "invalid_request" },
    });
    const good = await meta.consent();
    await meta.exchange(good);
    await expect(meta.exchange(good)).rejects.toMatchObject({ failure: { code: "meta-ads.codeRefused" } });
  });

  test("no secret stands in an address: not the token, not the app's", async () => {
    const before = meta.sandbox.clock.nowMs();
    expect(before).toBeGreaterThan(0);
    const tokens = await meta.connect();
    const session = await meta.session(tokens, accounts.us);
    await meta.read(session, "campaignsByDay", meta.days(3));
    const sent = JSON.stringify(session.sent);
    expect(sent).not.toContain(tokens.credential["accessToken"]);
    expect(sent).not.toContain(metaClient.clientSecret);
  });
});

describe("accounts behind a login", () => {
  test("three of their own, each with currency, zone and state", async () => {
    const session = await meta.session(await meta.connect(), null);
    const list = await connector.account.list(session);
    expect(list).toMatchObject([
      {
        externalId: accounts.india,
        currency: "INR",
        zone: "Asia/Kolkata",
        state: "open",
        details: { business: "Monsoon & Moss" },
      },
      { externalId: accounts.us, currency: "USD", zone: "America/New_York", state: "open" },
      {
        externalId: accounts.old,
        currency: "EUR",
        zone: "Europe/Berlin",
        state: "restricted",
        details: { status: "disabled" },
      },
    ]);
  });

  test("forty-one of an agency, by one batch; none; and only those that were picked", async () => {
    const agency = await meta.session(await meta.connect({ person: people.agency }), null);
    const list = await connector.account.list(agency);
    expect(list).toHaveLength(41);
    expect(new Set(list.map(({ state }) => state))).toEqual(new Set(["open", "restricted", "closed"]));
    expect(agency.sent.filter(({ purpose }) => purpose === "accounts.spend")).toHaveLength(1);
    const nobody = await meta.session(await meta.connect({ person: people.nobody }), null);
    await expect(connector.account.list(nobody)).rejects.toMatchObject({ failure: { code: "meta-ads.noAccounts" } });
    const picked = await meta.connect({ targets: accounts.us });
    expect(
      (await connector.account.list(await meta.session(picked, null))).map(({ externalId }) => externalId),
    ).toEqual([accounts.us]);
    await expect(meta.session(picked, accounts.india)).rejects.toMatchObject({
      failure: { class: "permission", curedBy: "grant" },
    });
  });

  test("a permission that was not given, and a role that does not reach", async () => {
    const without = await meta.connect({ keeps: [] });
    expect(without.scopes).toEqual(["public_profile"]);
    await expect(meta.session(without, accounts.us)).rejects.toMatchObject({
      failure: { class: "permission", lacks: "ads_read", code: "meta-ads.permissionMissing" },
    });
    const wrong = await meta.connect({ person: people.wrongRole });
    const listed = await connector.account.list(await meta.session(wrong, null));
    expect(listed.map(({ externalId, state }) => [externalId, state])).toEqual([[accounts.india, "unreadable"]]);
    const roleMissing = { failure: { class: "permission", lacks: "Analyst", code: "meta-ads.roleMissing" } };
    await expect(meta.session(wrong, accounts.india)).rejects.toMatchObject(roleMissing);
    // Where nothing was told of tasks, the reports say it.
    const { account } = await meta.session(await meta.connect(), accounts.india);
    const session = { ...(await meta.session(wrong, null)), account };
    await expect(meta.read(session, "campaignsByDay", meta.days(3))).rejects.toMatchObject(roleMissing);
  });

  test("a disabled account is said to be, and can still be read", async () => {
    const session = await meta.session(await meta.connect(), accounts.old);
    const verified = await connector.account.verify(session, accounts.old);
    expect(verified.notices).toEqual([{ code: "meta-ads.accountDisabled" }]);
    expect((await meta.read(session, "campaigns", meta.days(1))).records).toHaveLength(2);
  });
});

describe("what an account has spent lately", () => {
  test("is that of the thirty whole days before today where it is, to the cent", async () => {
    await meta.toNoon("Asia/Kolkata");
    const list = await connector.account.list(await meta.session(await meta.connect(), null));
    for (const { externalId, zone, details } of list) {
      const today = dayCutter(zone ?? "UTC")(meta.now().getTime());
      const rows = await meta.rows(
        externalId,
        "account",
        `&since=${dayAfter(today, -30)}&until=${dayAfter(today, -1)}`,
      );
      expect(details["spent30Days"], externalId).toBe(sumDecimals(rows.map(({ spend }) => spend)));
    }
    expect(list.map(({ details }) => Number(details["spent30Days"]) > 1_000)).toContain(true);
  });

  test("may stay untold of one, or of all: they are there all the same, and nobody waits", async () => {
    await meta.act(`accounts/${accounts.us}`, { action: "refuse", error: "2" });
    const tokens = await meta.connect();
    const told = async () => {
      const session = await meta.session(tokens, null);
      const list = await connector.account.list(session);
      const tries = session.sent.filter(({ purpose }) => purpose === "accounts.spend");
      return { known: list.map(({ details }) => details["spent30Days"] !== null), tries: tries.length };
    };
    expect(await told()).toEqual({ known: [true, false, true], tries: 1 });
    await meta.act(`accounts/${accounts.us}`, { action: "refuse", error: "" });
    for (const kind of ["serverError", "reset", "html"]) {
      await meta.fault({ kind, match: "batch=" });
      expect(await told(), kind).toEqual({ known: [false, false, false], tries: 1 });
    }
    await meta.fault({ kind: "providerError", text: "17", match: "batch=" });
    expect(await told(), "out of calls").toEqual({ known: [false, false, false], tries: 1 });
    expect(await told()).toMatchObject({ known: [true, true, true] });
  });
});

describe("the end of a grant", () => {
  test.each([
    ["removeApp", "meta-ads.appRemoved", "revoked"],
    ["changePassword", "meta-ads.passwordChanged", "revoked"],
    ["expire", "meta-ads.tokenExpired", "expired"],
    ["logOut", "meta-ads.loggedOut", "revoked"],
  ])("%s is %s: somebody must authorize", async (action, code, why) => {
    const session = await meta.session(await meta.connect(), accounts.us);
    await meta.act(`people/${people.priya}`, { action });
    await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
      failure: { class: "reauthorize", code, why },
    });
    // A second consent cures it.
    await expect(meta.session(await meta.connect(), accounts.us)).resolves.toBeDefined();
  });

  test("after sixty days by the clock, with no way to renew", async () => {
    const own = await openMeta();
    try {
      const session = await own.session(await own.connect(), accounts.us);
      await own.sandbox.desk("clock", { byDays: 61 });
      await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
        failure: { class: "reauthorize", code: "meta-ads.tokenExpired" },
      });
      expect("refresh" in connector.authorization).toBe(false);
    } finally {
      await own.close();
    }
  });

  test("revoked by us: every token of that login is dead, and doing it again is no failure", async () => {
    const tokens = await meta.connect();
    const session = await meta.session(tokens, accounts.us);
    await connector.revoke?.(session);
    await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
      failure: { code: "meta-ads.appRemoved" },
    });
    await expect(connector.revoke?.(session)).resolves.toBeUndefined();
  });

  test("a role taken away, an account gone or another's is asked about, never disconnected on a guess", async () => {
    const session = await meta.session(await meta.connect(), accounts.us);
    await meta.act(`people/${people.priya}`, { action: "role", account: accounts.us });
    await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
      failure: { class: "permission", code: "meta-ads.roleMissing", curedBy: "grant" },
    });
    await meta.act(`people/${people.priya}`, { action: "role", account: accounts.us, on: "yes" });
    await meta.act(`accounts/${accounts.us}`, { action: "owner", to: people.agency });
    await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
      failure: { class: "permission", code: "meta-ads.accountNotReached", curedBy: "grant" },
    });
    await meta.act(`accounts/${accounts.us}`, { action: "owner", to: "" });
    await meta.act(`accounts/${accounts.us}`, { action: "gone" });
    await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
      failure: { class: "permission", code: "meta-ads.accountNotReached", curedBy: "grant" },
    });
    await meta.act(`accounts/${accounts.us}`, { action: "gone", on: "no" });
    await meta.act(`accounts/${accounts.us}`, { action: "refuse", error: "368" });
    await expect(connector.account.verify(session, accounts.us)).rejects.toMatchObject({
      failure: { class: "permission", code: "meta-ads.blocked", curedBy: "source" },
    });
    await meta.act(`accounts/${accounts.us}`, { action: "refuse", error: "" });
    await expect(connector.account.verify(session, accounts.us)).resolves.toBeDefined();
  });
});

test("asked of itself, a token says that its end was moved, that its scope was cut, and how it ended", async () => {
  const own = await openMeta();
  try {
    const { login, credential } = await own.connect();
    const signal = new AbortController().signal;
    const inspect = () =>
      connector.inspect?.(own.outbound, { client: metaClient, login, credential, now: own.now(), signal });
    const days = async () => (((await inspect())?.endsAt?.getTime() ?? 0) - own.now().getTime()) / DAY_MS;
    expect(await days()).toBeGreaterThan(59);
    await own.act(`people/${people.priya}`, { action: "moveEnd", days: 5 });
    expect(Math.round(await days())).toBe(5);
    expect((await inspect())?.scopes).toContain("ads_read");
    await own.act(`people/${people.priya}`, { action: "permission", permission: "ads_read", status: "declined" });
    await expect(inspect()).rejects.toMatchObject({ failure: { class: "permission", lacks: "ads_read" } });
    await own.act(`people/${people.priya}`, { action: "changePassword" });
    await expect(inspect()).rejects.toMatchObject({
      failure: { class: "reauthorize", code: "meta-ads.passwordChanged" },
    });
    expect((await own.sandbox.call({ path: "/_desk/requests" })).text).not.toContain(credential["accessToken"]);
  } finally {
    await own.close();
  }
});
