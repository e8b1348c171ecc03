// A merchant's SFTP server with one folder of files, as a real one speaks the protocol: host keys that can change, three
// ways to sign in, and the misbehaviour that a puller must outlive. It writes down what it was asked, so that a test can say
// what never was: a rename, a delete, a password before the key was looked at.
import { createHash, timingSafeEqual } from "node:crypto";
import { once } from "node:events";
import { createServer, type Server as NetServer, type Socket } from "node:net";
import ssh2 from "ssh2";
import type { AuthContext, AuthenticationType, Connection } from "ssh2";
import { serveFolder } from "./sftp-folder.ts";
import type { Misbehaviour, Room, SftpGround } from "./sftp-ground.ts";

export interface SftpDouble {
  readonly port: number;
  /** As people compare it: `ssh-ed25519 SHA256:…`. */
  hostKey(): string;
  /** Another machine in its place, or one that was set up anew. */
  changeKey(): void;
  readonly ways: Misbehaviour;
  /** Each request by its name, in order. */
  readonly operations: string[];
  /** Each attempt to sign in: the way and the user, never a secret. */
  readonly attempts: string[];
  close(): Promise<void>;
}

export async function openSftpDouble(ground: SftpGround): Promise<SftpDouble> {
  const { Server, utils } = ssh2;
  const make = (): string => {
    const made = utils.generateKeyPairSync("ed25519").private;
    // One of some three hundred loses a leading zero where the library makes it, and nobody can read it.
    if (utils.parseKey(made) instanceof Error) return make();
    ground.keepKey(made);
    return made;
  };
  let key = ground.key ?? make();
  const ways: Misbehaviour = {};
  const operations: string[] = [];
  const attempts: string[] = [];
  const sockets = new Set<Socket>();
  const net: NetServer = createServer((socket) => {
    sockets.add(socket);
    socket.on("error", () => undefined).on("close", () => sockets.delete(socket));
    // A server for each connection: the next one may meet another key.
    const server = new Server({ hostKeys: [key], ident: "MerchantFiles" }, (client) => {
      client.on("error", () => undefined);
      client.on("authentication", (context) => {
        attempts.push(`${context.method} ${context.username}`);
        signIn(context, ground, ways, () => hangUp(client));
      });
      client.on("ready", () => welcome(client, { ground, ways, operations }));
    });
    server.on("error", () => undefined);
    server.injectSocket(socket);
  });
  net.listen(ground.port, "127.0.0.1");
  await once(net, "listening");
  const address = net.address();
  return {
    port: typeof address === "object" && address !== null ? address.port : ground.port,
    hostKey: () => shownKey(key),
    changeKey: () => {
      key = make();
    },
    ways,
    operations,
    attempts,
    async close() {
      for (const socket of sockets) socket.destroy();
      net.close();
      await once(net, "close");
    },
  };
}

function shownKey(key: string): string {
  const parsed = ssh2.utils.parseKey(key);
  if (parsed instanceof Error) throw parsed;
  const hash = createHash("sha256").update(parsed.getPublicSSH()).digest("base64").replace(/=+$/, "");
  return `${parsed.type} SHA256:${hash}`;
}

function welcome(client: Connection, room: Room): void {
  client.on("session", (accept) => {
    accept().on("sftp", (acceptSftp, refuse) =>
      room.ways.noSftp === true ? refuse() : serveFolder(acceptSftp(), room),
    );
  });
}

const NO_MORE_AUTH_METHODS = 14;

const isSame = (given: string, wanted: string): boolean => {
  const [a, b] = [Buffer.from(given), Buffer.from(wanted)];
  return a.length === b.length && timingSafeEqual(a, b);
};

/** The library's own goodbye gives no reason. */
function hangUp(client: Connection): void {
  const protocol: unknown = Reflect.get(client, "_protocol");
  const say: unknown = typeof protocol === "object" && protocol !== null ? Reflect.get(protocol, "disconnect") : null;
  if (typeof say === "function") Reflect.apply(say, protocol, [NO_MORE_AUTH_METHODS]);
}

function signIn(
  context: AuthContext,
  { user, password, publicKey }: SftpGround,
  ways: Misbehaviour,
  end: () => void,
): void {
  const offered: AuthenticationType[] =
    ways.asksQuestions === true ? ["keyboard-interactive"] : ["password", "publickey"];
  const refuse = () => (ways.hangsUp === true ? end() : context.reject(offered));
  if (context.method === "password" && ways.asksNewPassword === true)
    return context.requestChange("Your password has expired", () => refuse());
  if (context.username !== user) return refuse();
  if (context.method === "password" && ways.asksQuestions !== true)
    return isSame(context.password, password) ? context.accept() : refuse();
  if (context.method === "keyboard-interactive" && ways.asksQuestions === true)
    return context.prompt([{ prompt: "Password: ", echo: false }], (answers) =>
      isSame(answers[0] ?? "", password) ? context.accept() : refuse(),
    );
  if (context.method === "publickey" && publicKey !== null) {
    const allowed = ssh2.utils.parseKey(publicKey);
    if (allowed instanceof Error || !allowed.getPublicSSH().equals(context.key.data)) return refuse();
    if (context.signature === undefined || context.blob === undefined) return context.accept(); // asks whether it may try
    const verified: unknown = allowed.verify(context.blob, context.signature, context.hashAlgo); // an Error says no as well
    return verified === true ? context.accept() : refuse();
  }
  return refuse();
}
