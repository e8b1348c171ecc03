import { users, verifications } from "@headwater/db/schema/tables.ts";
import { sql } from "drizzle-orm";
import { request } from "node:http";
import { describe, expect, inject, test } from "vitest";
import { PASSWORD, startApi } from "../testing/api.ts";
import type { TestApi } from "../testing/api.ts";
import { ownApi } from "../testing/own-api.ts";
import { confirm, cookieIn, mailsTo, post, signUpAs, visitor } from "../testing/visitor.ts";
import { askingCookie } from "./asking-browser.ts";
import { knownBrowser, knownCookie } from "./known-browser.ts";
import { ACCOUNT_TRIES, MAILS_TO_ONE } from "./throttle.ts";

const api = ownApi();

let made = 0;
const address = () => `newcomer${(made += 1)}@example.com`;
const input = (email: string) => ({ name: "Mira", email, password: PASSWORD, organisation: "Tea House" });
const ask = (email: string, more: object = {}) => post(api, "/api/auth/sign-up/email", { ...input(email), ...more });
const signIn = (email: string, password: string, headers = {}) =>
  post(api, "/api/auth/sign-in/email", { email, password }, headers);
const counts = async () =>
  (
    await api.owner.sql`select (select count(*) from users) as users, (select count(*) from organisations) as brands`
  )[0];
/** A browser's name is its own; all else must be alike. */
const nameless = (cookie: string) => cookie.replace(/=[\w-]{43};/, "=a name;");
const told = async (response: Response) => [
  response.status,
  await response.json(),
  response.headers.getSetCookie().map(nameless),
  [...response.headers.keys()].toSorted((a, b) => a.localeCompare(b)),
];

test("a name of nothing that can be seen is refused beside its field, in the language of whoever asks", async () => {
  const unseen = { ...input(address()), name: "\u200B", organisation: "\u3164\u202E" };
  const refused = async (language: string): Promise<string[]> => {
    const response = await post(api, "/api/auth/sign-up/email", unseen, { "accept-language": language });
    const { code, fields } = await response.json();
    expect([response.status, code]).toEqual([400, "INVALID_INPUT"]);
    expect(fields.map(({ path }: { path: string }) => path)).toEqual(["name", "organisation"]);
    return fields.map(({ message }: { message: string }) => message);
  };
  const [en, hi, as] = [await refused("en"), await refused("hi"), await refused("as")];
  expect(en.join(" ")).toMatch(/^Enter your name.* Enter the name of your brand/);
  expect(hi.join(" ")).toMatch(/^अपना नाम .* अपने ब्रांड/);
  expect(as.join(" ")).toMatch(/^আপোনাৰ নাম .* আপোনাৰ ব্ৰেণ্ডৰ/);
});

describe("sign-up tells nobody whether an address is here", () => {
  test("a free and a taken address get one answer, and their owners two mails", async () => {
    const taken = address();
    await signUpAs(api, input(taken));
    const free = address();
    expect(await told(await ask(taken))).toEqual(await told(await ask(free)));
    expect((await mailsTo(api, taken)).map(({ kind }) => kind)).toEqual(["confirmSignUp", "addressTaken"]);
    expect((await mailsTo(api, free)).map(({ kind }) => kind)).toEqual(["confirmSignUp"]);
  });

  test("until the mail is read there is no person, no organisation and no way in", async () => {
    const email = address();
    const before = await counts();
    await ask(email);
    expect(await counts()).toEqual(before);
    const [early, unknown] = [await signIn(email, PASSWORD), await signIn(address(), PASSWORD)];
    expect([early.status, await early.json()]).toEqual([unknown.status, await unknown.json()]);
  });

  test("the link makes person and organisation once, signs in, and is told in no address that a server logs", async () => {
    const email = address();
    const cookie = cookieIn(await ask(email));
    const [mail] = await mailsTo(api, email);
    expect(mail?.link).toMatch(new RegExp(`^${api.url}/sign-up/confirm#[\\w-]{43}$`));
    const confirmed = await confirm(api, mail?.link, { cookie });
    expect(confirmed.status).toBe(200);
    const person = await visitor(api, cookieIn(confirmed));
    expect((await person.ask("{ me { name email } organisation { name } }")).data).toMatchObject({
      me: { name: "Mira", email },
      organisation: { name: "Tea House" },
    });
    expect((await confirm(api, mail?.link, { cookie })).status).toBe(410);
    expect((await signIn(email, PASSWORD)).status).toBe(200);
    const [user] = await api.owner.drizzle
      .select()
      .from(users)
      .where(sql`email = ${email}`);
    expect(user?.emailVerified).toBe(true);
  });

  test("two clicks at once make one organisation; two links of one address make one person", async () => {
    const email = address();
    const cookie = cookieIn(await ask(email));
    await post(api, "/api/auth/sign-up/email", input(email), { cookie });
    const before = await counts();
    const links = (await mailsTo(api, email)).map(({ link }) => link);
    const answers = await Promise.all([...links, ...links, ...links].map((link) => confirm(api, link, { cookie })));
    expect(answers.filter(({ status }) => status === 200)).toHaveLength(1);
    const after = await counts();
    expect([Number(after?.["users"]), Number(after?.["brands"])]).toEqual([
      Number(before?.["users"]) + 1,
      Number(before?.["brands"]) + 1,
    ]);
  });
});

describe("a sign-up's link", () => {
  test("of a stranger's question makes no account whose password the stranger knows, however often it is clicked", async () => {
    const victim = address();
    const attacker = cookieIn(await ask(victim, { password: "the attacker knows this" }));
    const [mail] = await mailsTo(api, victim);
    const before = await counts();
    for (const cookie of ["", cookieIn(await ask(address())), `headwater-sign-up=${"A".repeat(43)}`]) {
      const clicked = await confirm(api, mail?.link, { cookie });
      expect(clicked.status).toBe(409);
      expect(await clicked.json()).toMatchObject({ code: "OTHER_BROWSER", message: expect.stringMatching(/browser/) });
      expect(clicked.headers.getSetCookie()).toEqual([]);
    }
    expect(await counts()).toEqual(before);
    expect((await signIn(victim, "the attacker knows this")).status).toBe(401);
    expect((await confirm(api, mail?.link, { cookie: attacker })).status, "the link was not used up").toBe(200);
  });

  test("comes in a mail that carries no word of whoever asked", async () => {
    const email = address();
    await ask(email, { name: "You won: evil.example", organisation: "Call +1 900" });
    const [mail] = await mailsTo(api, email);
    expect(mail?.details).toEqual({});
  });

  test("is bound by a cookie that is for no script and no other site", async () => {
    expect((await ask(address())).headers.getSetCookie()[0]).toMatch(
      /^headwater-sign-up=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=86400$/,
    );
    expect(askingCookie("https://app.example", undefined, 60)[1]).toMatch(
      /^__Host-headwater-sign-up=[\w-]{43}; Path=\/; HttpOnly; SameSite=Lax; Max-Age=60; Secure$/,
    );
  });

  test("a link that has lapsed, or that nobody wrote, makes nothing", async () => {
    const email = address();
    const cookie = cookieIn(await ask(email));
    await api.owner.drizzle.update(verifications).set({ expiresAt: new Date(Date.now() - 1000) });
    expect((await confirm(api, (await mailsTo(api, email))[0]?.link, { cookie })).status).toBe(410);
    for (const token of ["", "x", "A".repeat(43), "../..", "A".repeat(5000)])
      expect((await confirm(api, `#${token}`)).status, token.slice(0, 50)).toBe(410);
  });

  test("nobody's mail is filled by another, and who asks learns nothing of it", async () => {
    const email = address();
    const answers = [];
    for (let n = 0; n < MAILS_TO_ONE + 3; n += 1) answers.push(await told(await ask(email)));
    expect(new Set(answers.map((one) => JSON.stringify(one))).size).toBe(1);
    expect(await mailsTo(api, email)).toHaveLength(MAILS_TO_ONE);
  });

  test("the token is nowhere in the database, and the password nowhere at all", async () => {
    const email = address();
    await ask(email);
    const token = (await mailsTo(api, email))[0]?.link.split("#")[1] ?? "nothing";
    const rows = await api.owner.sql`select m::text as text from mails m union all select v::text from verifications v`;
    const dump = rows.map((row) => String(row["text"])).join("\n");
    expect(dump).toContain(email);
    expect(dump).not.toContain(token);
    expect(dump).not.toContain(PASSWORD);
  });

  test("the mail is in the language of the question, else of the browser", async () => {
    const [one, other] = [address(), address()];
    await ask(one, { locale: "as" });
    await post(api, "/api/auth/sign-up/email", input(other), { "x-locale": "hi" });
    expect([(await mailsTo(api, one))[0]?.locale, (await mailsTo(api, other))[0]?.locale]).toEqual(["as", "hi"]);
  });
});

describe("a stranger keeps nobody out", () => {
  test("in a browser that was in before one signs in, though all tries from the very same address are used up", async () => {
    const email = address();
    const cookie = await signUpAs(api, input(email));
    expect(cookie).toContain("headwater-known=");
    for (let n = 0; n < ACCOUNT_TRIES + 2; n += 1) await signIn(email, "wrong password 12");
    expect((await signIn(email, PASSWORD)).status, "a browser that nobody knows").toBe(429);
    const known = cookie.split("; ").find((one) => one.startsWith("headwater-known=")) ?? "";
    expect((await signIn(email, PASSWORD, { cookie: known })).status).toBe(200);
  });

  test("a known browser has ten tries of its own, and is known to its own account alone", async () => {
    const [email, other] = [address(), address()];
    const cookie = await signUpAs(api, input(email));
    await signUpAs(api, input(other));
    const tries = async (to: string) => {
      const statuses: number[] = [];
      for (let n = 0; n < ACCOUNT_TRIES + 1; n += 1)
        statuses.push((await signIn(to, "wrong password 12", { cookie })).status);
      return statuses;
    };
    expect((await tries(email)).at(-1)).toBe(429);
    expect((await tries(other)).at(-1)).toBe(429);
    expect((await signIn(other, PASSWORD)).status, "they were counted as anybody's").toBe(429);
    expect((await signIn(email, PASSWORD)).status, "elsewhere nothing was used up").toBe(200);
  });

  test("the cookie is no script's and cannot be made up or handed on", () => {
    const knowing = { secret: "s".repeat(40), publicUrl: "https://app.example" };
    const set = knownCookie(knowing, "mira@example.com");
    expect(set).toMatch(/^__Host-headwater-known=.+; Path=\/; HttpOnly; SameSite=Lax; Max-Age=\d+; Secure$/);
    const cookie = set.split(";")[0] ?? "";
    expect(knownBrowser(knowing, cookie, "Mira@example.com")).not.toBeNull();
    expect(knownBrowser(knowing, cookie, "another@example.com")).toBeNull();
    expect(knownBrowser({ ...knowing, secret: "t".repeat(40) }, cookie, "mira@example.com")).toBeNull();
    for (const forged of ["", "x", ".", `${"A".repeat(22)}.`, `${"A".repeat(22)}.${"A".repeat(43)}`])
      expect(knownBrowser(knowing, `__Host-headwater-known=${forged}`, "mira@example.com")).toBeNull();
  });
});

describe("the mailbox", () => {
  const get = (one: TestApi, path: string, headers: Record<string, string> = {}) =>
    new Promise<[number, string]>((resolve, reject) => {
      request(`${one.url}${path}`, { headers }, (answer) => {
        let body = "";
        answer.setEncoding("utf8").on("data", (chunk: string) => (body += chunk));
        answer.on("end", () => resolve([answer.statusCode ?? 0, body]));
      })
        .on("error", reject)
        .end();
    });

  test("shows what a worker wrote, as text, on this machine alone", async () => {
    const email = address();
    await ask(email, { organisation: "<script>alert(1)</script>" });
    await api.owner
      .sql`update mails set sent_at = now(), subject = 'Confirm <b>', body = ${`Hello <i>\n\n${api.url}/sign-up/confirm#abc\nhttps://evil.example/x`} where to_address = ${email}`;
    const [status, body] = await get(api, "/mailbox");
    expect(status).toBe(200);
    expect(body).toContain(email);
    expect(body).toContain(`<a href="${api.url}/sign-up/confirm#abc">`);
    expect(body).toContain("Confirm &lt;b&gt;");
    expect(body).not.toContain("<script");
    expect(body).not.toContain('href="https://evil.example');
    expect((await get(api, "/mailbox", { "x-forwarded-for": "203.0.113.9" }))[0], "through a proxy").toBe(404);
    expect((await get(api, "/mailbox/x"))[0]).toBe(404);
    expect((await post(api, "/mailbox", {})).status).toBe(405);
  });

  test("is not there in production", async () => {
    const real = await startApi(inject("postgresUrl"), { isEmbedded: false });
    try {
      expect((await get(real, "/mailbox"))[0]).toBe(404);
      const answer = await post(real, "/api/auth/sign-up/email", input(address()));
      expect(await answer.json()).toEqual({ sent: true });
    } finally {
      await real.close();
    }
  });
});
