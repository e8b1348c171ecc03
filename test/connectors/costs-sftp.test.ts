// One connection to an SFTP server at a time: keys that open it, servers that stop in the middle, and how much is asked for
// before it is wanted.
import { FileMoved, openFolder } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import type { RemoteFile, RemoteFolder } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import { KeyMet, type SftpAsk } from "@headwater/connectors/custom-costs/sftp-line.ts";
import { failureOf } from "@headwater/connectors/testing/failure-of.ts";
import { makeDial } from "@headwater/connectors/outbound/dial.ts";
import { generateKeyPairSync, type KeyObject } from "node:crypto";
import { createServer, type Socket } from "node:net";
import ssh2 from "ssh2";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { openSftpDouble, type SftpDouble } from "../sandbox/custom-costs/sftp-double.ts";
import type { LaidFile } from "../sandbox/custom-costs/sftp-ground.ts";
import { sftpDemo } from "../sandbox/custom-costs/sftp.ts";

const pair = ssh2.utils.generateKeyPairSync("ecdsa", { bits: 256 });
const sealedPair = ssh2.utils.generateKeyPairSync("ecdsa", {
  bits: 256,
  cipher: "aes256-ctr",
  passphrase: "canary",
  rounds: 16,
});
let publicKey = pair.public;
let files: LaidFile[] = [];
let double: SftpDouble;
beforeAll(async () => {
  double = await openSftpDouble({
    ...sftpDemo,
    port: 0,
    key: null,
    keepKey: () => undefined,
    get publicKey() {
      return publicKey;
    },
    files: () => [...files],
    // A name that lost letters on its way here leads to nothing there.
    find: (name) => (name.includes("\ufffd") ? null : (files.find((file) => file.name === name) ?? null)),
    grow: () => undefined,
  });
});
afterAll(() => double.close());
beforeEach(() => {
  files = [{ name: "a.csv", bytes: Buffer.alloc(300_000, "x"), modifiedMs: 1_700_000_000_000 }];
  double.operations.length = 0;
});
afterEach(() => {
  for (const way of Object.keys(double.ways)) Reflect.deleteProperty(double.ways, way);
});

const address = { kind: "sftp", host: sftpDemo.host, port: 22, user: sftpDemo.user, pattern: "out/*.csv" } as const;
const askOf = (more: Partial<SftpAsk> = {}, port = double.port): SftpAsk => ({
  dial: makeDial({ routes: new Map([[sftpDemo.host, new URL(`sftp://127.0.0.1:${port}`)]]) }),
  address: { ...address, auth: "password" },
  hostKey: double.hostKey(),
  secret: async () => ({ secret: sftpDemo.password }),
  totalMs: 60_000,
  signal: new AbortController().signal,
  ...more,
});
/** Takes each of its chunks, and does that with it. */
async function eachChunk(folder: RemoteFolder, file: RemoteFile | undefined, work: () => void): Promise<void> {
  if (file === undefined) throw new Error("no file is listed");
  for await (const chunk of folder.read(file, 10_000_000)) if (chunk.length > 0) work();
}
async function readAll(ask: SftpAsk): Promise<number> {
  const folder = await openFolder(ask);
  try {
    const [file] = await folder.list();
    let bytes = 0;
    if (file !== undefined) for await (const chunk of folder.read(file, 1_000_000)) bytes += chunk.length;
    return bytes;
  } finally {
    folder.close();
  }
}

function ed25519Line(key: KeyObject): string {
  const bytes = Buffer.from(key.export({ format: "jwk" }).x ?? "", "base64url");
  const wire = Buffer.concat([Buffer.from("\0\0\0\x0bssh-ed25519\0\0\0\x20", "latin1"), bytes]);
  return `ssh-ed25519 ${wire.toString("base64")}`;
}

describe("a private key", () => {
  const byKey = (secret: string, passphrase?: string) =>
    askOf({
      address: { ...address, auth: "key" },
      secret: async () => ({ secret, ...(passphrase === undefined ? {} : { passphrase }) }),
    });

  test("opens the server, sealed with a passphrase as well", async () => {
    publicKey = pair.public;
    expect(await readAll(byKey(pair.private))).toBe(300_000);
    publicKey = sealedPair.public;
    expect(await readAll(byKey(`\r\n${sealedPair.private.replaceAll("\n", "\r\n")}`, "canary"))).toBe(300_000);
  });

  const kinds: [string, { privateKey: KeyObject; publicKey: KeyObject }, "pkcs1" | "sec1" | null][] = [
    ["Ed25519", generateKeyPairSync("ed25519"), null],
    ["RSA", generateKeyPairSync("rsa", { modulusLength: 2048 }), "pkcs1"],
    ["ECDSA", generateKeyPairSync("ec", { namedCurve: "prime256v1" }), "sec1"],
  ];
  test.each(kinds)("of the kind %s opens it as OpenSSL writes it, too", async (_kind, made, form) => {
    publicKey =
      form === null ? ed25519Line(made.publicKey) : String(made.privateKey.export({ type: form, format: "pem" }));
    expect(await readAll(byKey(String(made.privateKey.export({ type: "pkcs8", format: "pem" }))))).toBe(300_000);
  });

  test("that is another one, or whose passphrase is wrong or missing, is refused", async () => {
    publicKey = sealedPair.public;
    for (const ask of [
      byKey(pair.private),
      byKey(sealedPair.private, "wrong"),
      byKey(sealedPair.private),
      byKey("no key"),
      byKey("-----BEGIN PRIVATE KEY-----\nbm8ga2V5\n-----END PRIVATE KEY-----\n"),
    ])
      expect(await failureOf(readAll(ask))).toMatchObject({ class: "reauthorize", code: "custom-costs.refused" });
  });
});

test("the secret is not even opened for a server whose key is unknown or another", async () => {
  let opened = 0;
  const secret = async () => ((opened += 1), { secret: sftpDemo.password });
  for (const hostKey of [null, "ssh-ed25519 SHA256:another"]) {
    const met = await openFolder(askOf({ hostKey, secret })).catch((error: unknown) => error);
    expect(met).toBeInstanceOf(KeyMet);
    expect(met).toMatchObject({ hostKey: double.hostKey() });
  }
  expect(opened).toBe(0);
});

test.each([
  ["hangs up instead of saying no", { hangsUp: true }, "wrong"],
  ["wants a new password first", { asksNewPassword: true }, sftpDemo.password],
])("a sign-in that the server %s to asks for a person, at once", async (_what, ways, secret) => {
  Object.assign(double.ways, ways);
  const failure = await failureOf(readAll(askOf({ secret: async () => ({ secret }), idleMs: 5_000 })));
  expect(failure).toMatchObject({ class: "reauthorize", code: "custom-costs.refused" });
});

test("a server that gives this user no files is told so, and is no trouble on the way", async () => {
  double.ways.noSftp = true;
  expect(await failureOf(readAll(askOf()))).toMatchObject({ class: "invalid_request", code: "custom-costs.noSftp" });
});

describe("a link", () => {
  const lay = (leadsTo: string) =>
    files.push({ name: "latest.csv", bytes: Buffer.alloc(0), modifiedMs: 1_800_000_000_000, leadsTo });

  test("is the file that it leads to, under its own name", async () => {
    lay("a.csv");
    const folder = await openFolder(askOf({ address: { ...address, pattern: "out/latest.*", auth: "password" } }));
    const listed = await folder.list();
    const modifiedAt = new Date(1_700_000_000_000);
    expect(listed).toEqual([{ name: "latest.csv", size: 300_000, modifiedAt }]);
    let bytes = 0;
    for await (const chunk of folder.read(listed[0] ?? { name: "", size: 0, modifiedAt }, 1_000_000))
      bytes += chunk.length;
    expect(bytes).toBe(300_000);
    folder.close();
  });

  test.each([
    ["nowhere", "nowhere.csv"],
    ["a file that is listed with it", "a.csv"],
  ])("to %s is none", async (_where, leadsTo) => {
    lay(leadsTo);
    const folder = await openFolder(askOf());
    expect((await folder.list()).map(({ name }) => name)).toEqual(["a.csv"]);
    folder.close();
  });
});

describe("a server that stops", () => {
  test("answering once somebody is in is left after the silence", async () => {
    double.ways.hang = true;
    expect(await failureOf(readAll(askOf({ idleMs: 2_000 })))).toMatchObject({
      class: "transient",
      code: "custom-costs.trouble",
    });
  });

  test("after every few bytes does not hold us longer than a file may take", async () => {
    double.ways.drip = { bytes: 10, everyMs: 5 };
    let totalMs = 60_000;
    const ask = askOf();
    const folder = await openFolder({
      ...ask,
      get totalMs() {
        return totalMs;
      },
    });
    const [file] = await folder.list();
    totalMs = 300;
    const failure = await failureOf(eachChunk(folder, file, () => undefined));
    expect(failure).toMatchObject({ class: "transient", code: "custom-costs.trouble" });
    expect(failure.said).toContain("300");
  });

  test.each([
    ["says nothing at all", () => undefined],
    ["is no SSH server", (socket: Socket) => socket.end("220 ftp.example.com ready\r\n")],
    ["hangs up", (socket: Socket) => socket.destroy()],
    ["sends noise without an end", (socket: Socket) => socket.write(Buffer.alloc(400_000, "SSH"))],
  ])("before it began, for it %s", async (_what, meet) => {
    const sockets = new Set<Socket>();
    const server = createServer((socket) => {
      sockets.add(socket.on("error", () => undefined));
      meet(socket);
    });
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const at = server.address();
    const port = typeof at === "object" && at !== null ? at.port : 0;
    const failure = await failureOf(openFolder(askOf({ idleMs: 300, totalMs: 3_000 }, port)));
    expect(failure).toMatchObject({ class: "transient" });
    for (const socket of sockets) socket.destroy();
    server.close();
  });

  test("because we end it: what ended us is told and nothing else", async () => {
    double.ways.drip = { bytes: 32_768, everyMs: 5 };
    const ours = new AbortController();
    const folder = await openFolder(askOf({ signal: ours.signal }));
    const [file] = await folder.list();
    const end = () => ours.abort(new DOMException("shut down", "AbortError"));
    await expect(eachChunk(folder, file, end)).rejects.toThrow("shut down");
  });
});

describe("a file on its way", () => {
  const size = 6_000_000;
  const reads = () => double.operations.filter((name) => name === "READ").length;
  beforeEach(() => {
    files = [{ name: "a.csv", bytes: Buffer.alloc(size, "x"), modifiedMs: 1_700_000_000_000 }];
  });

  test("is held in a few pieces at once, whatever its size: no more is asked for before they are taken", async () => {
    const folder = await openFolder(askOf());
    const [file] = await folder.list();
    for await (const chunk of folder.read(file ?? { name: "", size: 0, modifiedAt: new Date() }, size)) {
      expect(chunk.length).toBeLessThanOrEqual(65_536);
      break;
    }
    expect(reads(), "of two hundred").toBeLessThan(20);
    folder.close();
  });

  test("is asked for in pieces that travel together: each way there and back may be long", async () => {
    double.ways.drip = { bytes: 32_768, everyMs: 100 };
    const folder = await openFolder(askOf());
    const [file] = await folder.list();
    await eachChunk(folder, file, () => double.operations.push("taken"));
    folder.close();
    expect(double.operations.indexOf("taken") - double.operations.indexOf("READ")).toBeGreaterThan(10);
  });

  test("comes in order and whole where the server gives less than it was asked for", async () => {
    const bytes = Buffer.from(Array.from({ length: 40_000 }, (_, n) => `${n}\n`).join(""));
    files = [{ name: "a.csv", bytes, modifiedMs: 1_700_000_000_000 }];
    double.ways.drip = { bytes: 10_007, everyMs: 1 };
    const folder = await openFolder(askOf());
    const [file] = await folder.list();
    const came: Uint8Array[] = [];
    for await (const chunk of folder.read(file ?? { name: "", size: 0, modifiedAt: new Date() }, size))
      came.push(chunk);
    folder.close();
    expect(Buffer.concat(came).equals(bytes)).toBe(true);
  });
});

test("a file whose name is no UTF-8 is told, and is not taken for one that went away", async () => {
  files = [{ name: "K\ufffdse.csv", bytes: Buffer.from("x"), modifiedMs: 1_700_000_000_000 }];
  expect(await failureOf(readAll(askOf()))).toMatchObject({
    class: "invalid_request",
    code: "custom-costs.fileName",
    said: "out/K\ufffdse.csv",
  });
});

test("a file that is another one by its last byte is not believed", async () => {
  const folder = await openFolder(askOf());
  const [file] = await folder.list();
  const touch = () => (files = files.map((one) => ({ ...one, modifiedMs: one.modifiedMs + 1_000 })));
  await expect(eachChunk(folder, file, touch)).rejects.toBeInstanceOf(FileMoved);
  folder.close();
});
