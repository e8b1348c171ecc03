import { createServer } from "node:net";
import type { Socket } from "node:net";
import { inTenant, mailBinding, mailId, makeVaultKeys, schema, seal } from "@headwater/db";
import type { JsonObject } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { eq } from "drizzle-orm";
import { randomUUID } from "node:crypto";
import { beforeEach, expect, test } from "vitest";
import { sendMails } from "./send.ts";
import type { MailDeps } from "./send.ts";
import { needsTls, openTransport } from "./transport.ts";

const keys = makeVaultKeys();
const { mails } = schema;
const made = ownDatabase("ours");
const warned: object[] = [];
const log = {
  info: () => {},
  warn: (event: string, facts?: object) => void warned.push({ event, ...facts }),
  error: () => {},
};

beforeEach(() => made.owner.drizzle.delete(mails));
const deps = (hand: MailDeps["hand"]): MailDeps => ({
  db: made.worker,
  log,
  vaultPrivateKey: keys.privateKey,
  publicUrl: "https://app.example",
  hand,
});

async function write(kind: string, details: JsonObject, link?: string): Promise<string> {
  const id = mailId(randomUUID());
  const sealed = link === undefined ? {} : seal(keys.publicKey, mailBinding(id), { link });
  const dueAt = new Date(Date.now() - 1_000); // what is due at once is due in the next millisecond, by its column's rounding
  await made.owner.drizzle.insert(mails).values({ id, toAddress: "mira@example.com", kind, details, dueAt, ...sealed });
  return id;
}
const read = async (id: string) =>
  (
    await made.owner.drizzle
      .select()
      .from(mails)
      .where(eq(mails.id, mailId(id)))
  )[0];

test("where nothing hands mails on the letter stands in its row, and what was sealed is gone", async () => {
  const id = await write("confirmSignUp", { name: "Mira", organisation: "Tea" }, "http://localhost/x#secret");
  expect(await sendMails(deps(null))).toBe(1);
  const row = await read(id);
  expect(row).toMatchObject({ subject: "Confirm your e-mail address", sealed: null, wrappedKey: null, keyId: null });
  expect(row?.body).toContain("http://localhost/x#secret");
  expect(row?.sentAt).not.toBeNull();
  expect(await sendMails(deps(null))).toBe(0);
});

test("leads to the page that it speaks of, by a path of ours and to nowhere else", async () => {
  const linksFor = async (page: string) => {
    const id = await write("grantEnded", { source: "Meta Ads", account: "Tea", page });
    await sendMails(deps(null));
    const lines = (await read(id))?.body?.split("\n") ?? [];
    return lines.filter((line) => URL.canParse(line));
  };
  expect(await linksFor("/tea/settings/plan")).toEqual(["https://app.example/tea/settings/plan"]);
  for (const page of [
    "//evil.example/x",
    "/\\evil.example",
    "\\\\evil.example",
    "/\t/evil.example",
    "https://evil.example",
    "https://app.example@evil.example",
    "javascript:alert(1)",
  ])
    expect(await linksFor(page), page).toEqual([]);
});

test("of several workers one sends it, and the letter that was handed on is not kept", async () => {
  for (let n = 0; n < 30; n += 1) await write("addressTaken", { n });
  const handed: string[] = [];
  const hand = (to: string) => Promise.resolve(void handed.push(to));
  const rounds = await Promise.all(Array.from({ length: 6 }, () => sendMails(deps(hand))));
  rounds.push(await sendMails(deps(hand)));
  expect(rounds.reduce((sum, sent) => sum + sent, 0)).toBe(30);
  expect(handed).toHaveLength(30);
  const rows = await made.owner.drizzle.select().from(mails);
  expect(rows.every((row) => row.sentAt !== null && row.body === null && row.subject === null)).toBe(true);
});

test("what is not taken waits longer, says no address, and keeps what is sealed for the next try", async () => {
  const id = await write("confirmSignUp", { name: "Mira", organisation: "Tea" }, "http://localhost/x#secret");
  const refusing = () =>
    Promise.reject(Object.assign(new Error("no such user mira@example.com"), { code: "EENVELOPE" }));
  await sendMails(deps(refusing));
  const row = await read(id);
  expect(row).toMatchObject({ sentAt: null, attempts: 1, failure: "EENVELOPE" });
  expect(row?.sealed).not.toBeNull();
  expect(row?.dueAt.getTime()).toBeGreaterThan(Date.now());
  expect(JSON.stringify(warned)).not.toContain("mira@example.com");
  expect(await sendMails(deps(null)), "not before it is due").toBe(0);
});

test("what was sealed for one mail opens in no other", async () => {
  const [one, other] = [await write("confirmSignUp", {}, "http://localhost/one"), await write("addressTaken", {})];
  const row = await read(one);
  await made.owner.drizzle
    .update(mails)
    .set({ sealed: row?.sealed, wrappedKey: row?.wrappedKey, keyId: row?.keyId })
    .where(eq(mails.id, mailId(other)));
  await sendMails(deps(null));
  expect((await read(other))?.sentAt).toBeNull();
  expect((await read(one))?.body).toContain("http://localhost/one");
});

test("a worker may write to those who manage the organisation it works in, once for the same thing, and to nobody else", async () => {
  const tell = () =>
    inTenant(made.worker, made.ours.organisationId, async (tx) => {
      const [row] = await tx.sql<{ told: string[] }[]>`
        select mail_people('grantEnding', ${JSON.stringify({ days: 7 })}::text::jsonb, 'grant 7') as told`;
      return row?.told;
    });
  expect([await tell(), await tell()]).toEqual([[made.ours.userId], [made.ours.userId]]);
  const [row, ...more] = await made.owner.drizzle.select().from(mails);
  expect(more).toEqual([]);
  const [person] = await made.owner.drizzle.select().from(schema.users).where(eq(schema.users.id, made.ours.userId));
  expect(row).toMatchObject({
    toAddress: person?.email,
    kind: "grantEnding",
    organisationId: made.ours.organisationId,
  });
  await expect(
    inTenant(made.worker, null, (tx) => tx.sql`select mail_people('grantEnding', '{}', 'x')`),
  ).rejects.toThrow(/organisation/);
});

test("whoever turned a kind off is not written it, nor counted among those who were told; what keeps an account safe cannot be turned off", async () => {
  const { sql } = made.owner;
  const { userId, organisationId } = made.ours;
  const tell = (kind: string, once: string) =>
    inTenant(made.worker, organisationId, async (tx) => {
      const [row] = await tx.sql<{ told: string[] }[]>`select mail_people(${kind}, '{}', ${once}) as told`;
      return row?.told;
    });
  await sql`update users set mails_off = '{grantEnding}' where id = ${userId}`;
  try {
    expect([await tell("grantEnding", "off"), await tell("grantEnded", "on")]).toEqual([[], [userId]]);
    expect((await made.owner.drizzle.select().from(mails)).map(({ kind }) => kind)).toEqual(["grantEnded"]);
    for (const kind of ["passwordChanged", "recover", "confirmSignUp", "reauthorizeLink"])
      await expect(sql`update users set mails_off = array[${kind}] where id = ${userId}`, kind).rejects.toThrow(
        "users_mails_off_check",
      );
  } finally {
    await sql`update users set mails_off = '{}' where id = ${userId}`;
  }
});

/** The least of a mail server, written from RFC 5321: it takes what it is given. */
async function mailServer(): Promise<{ url: string; taken: string[]; close: () => Promise<void> }> {
  const taken: string[] = [];
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => socket.destroy());
    let data: string | null = null;
    let rest = "";
    socket.write("220 test\r\n");
    socket.on("data", (chunk) => {
      rest += chunk.toString("utf8");
      for (let end = rest.indexOf("\r\n"); end >= 0; end = rest.indexOf("\r\n")) {
        const line = rest.slice(0, end);
        rest = rest.slice(end + 2);
        if (data !== null) {
          if (line !== ".") data += `${line}\n`;
          else {
            taken.push(data);
            data = null;
            socket.write("250 ok\r\n");
          }
        } else if (line === "DATA") {
          data = "";
          socket.write("354 go on\r\n");
        } else if (line === "QUIT") socket.end("221 bye\r\n");
        else socket.write("250 ok\r\n");
      }
    });
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    url: `smtp://127.0.0.1:${port}`,
    taken,
    close: async () => {
      for (const socket of sockets) socket.destroy();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

test("a letter reaches a mail server whole, in every script", async () => {
  const server = await mailServer();
  const transport = openTransport(server.url, "Headwater <no-reply@headwater.example>");
  try {
    await write("addressTaken", {});
    await made.owner.drizzle.update(mails).set({ locale: "hi" });
    await sendMails(deps((to, letter) => transport.hand(to, letter)));
    expect(server.taken).toHaveLength(1);
    const [head = "", ...body] = server.taken[0]?.split("\n\n") ?? [];
    expect(head).toMatch(/^From: Headwater <no-reply@headwater.example>$/m);
    expect(head).toMatch(/^To: .*mira@example.com/m);
    expect(head).toMatch(/^Auto-Submitted: auto-generated$/im);
    const text = body.join("\n\n");
    const letter = /base64/i.test(head) ? Buffer.from(text, "base64").toString("utf8") : decodeQuoted(text);
    expect(letter).toMatch(/नमस्ते/);
  } finally {
    transport.close();
    await server.close();
  }
});

const decodeQuoted = (text: string): string =>
  Buffer.from(
    text
      .replaceAll(/=\n/g, "")
      .replaceAll(/=([0-9A-F]{2})/g, (_, hex: string) => String.fromCharCode(parseInt(hex, 16))),
    "latin1",
  ).toString("utf8");

test("a mail server beyond this machine that offers no TLS is handed nothing", async () => {
  expect(["smtp://mail.example", "smtp://10.0.0.5:25", "smtp://localhost.evil.example"].map(needsTls)).toEqual([
    true,
    true,
    true,
  ]);
  expect(["smtp://localhost:25", "smtp://127.0.0.1", "smtp://[::1]:25"].map(needsTls)).toEqual([false, false, false]);
  const server = await mailServer();
  const transport = openTransport(server.url, "Headwater <no-reply@headwater.example>", true);
  try {
    await expect(
      transport.hand("mira@example.com", { subject: "s", body: "https://app.example/x#secret" }),
    ).rejects.toThrow();
    expect(server.taken).toEqual([]);
  } finally {
    transport.close();
    await server.close();
  }
});
