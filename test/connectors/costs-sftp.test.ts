// One connection to an SFTP server at a time: keys that open it, servers that stop in the middle, and how much is asked for
// before it is wanted.
import { FileMoved, openFolder } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import type { RemoteFile, RemoteFolder } from "@headwater/connectors/custom-costs/sftp-folder.ts";
import { KeyMet, type SftpAsk } from "@headwater/connectors/custom-costs/sftp-line.ts";
import { failureOf } from "@headwater/connectors/testing/failure-of.ts";
import { makeDial } from "@headwater/connectors/outbound/dial.ts";
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
    find: (name) => files.find((file) => file.name === name) ?? null,
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
  for await (const chunk of folder.read(file, 1_000_000)) if (chunk.length > 0) work();
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

  test("that is another one, or whose passphrase is wrong or missing, is refused", async () => {
    publicKey = sealedPair.public;
    for (const ask of [
      byKey(pair.private),
      byKey(sealedPair.private, "wrong"),
      byKey(sealedPair.private),
      byKey("no key"),
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
    double.ways.drip = { bytes: 10, everyMs: 5 };
    const ours = new AbortController();
    const folder = await openFolder(askOf({ signal: ours.signal }));
    const [file] = await folder.list();
    const end = () => ours.abort(new DOMException("shut down", "AbortError"));
    await expect(eachChunk(folder, file, end)).rejects.toThrow("shut down");
  });
});

test("no more is asked for than is taken: a file of any size is held in one piece of itself", async () => {
  const folder = await openFolder(askOf());
  const [file] = await folder.list();
  for await (const chunk of folder.read(file ?? { name: "", size: 0, modifiedAt: new Date() }, 1_000_000)) {
    expect(chunk.length).toBeLessThanOrEqual(65_536);
    break;
  }
  expect(double.operations.filter((name) => name === "READ").length, "of ten").toBeLessThan(5);
  folder.close();
});

test("a file that is another one by its last byte is not believed", async () => {
  const folder = await openFolder(askOf());
  const [file] = await folder.list();
  const touch = () => (files = files.map((one) => ({ ...one, modifiedMs: one.modifiedMs + 1_000 })));
  await expect(eachChunk(folder, file, touch)).rejects.toBeInstanceOf(FileMoved);
  folder.close();
});
