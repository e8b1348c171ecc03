// One connection to an SFTP server. The key that the server shows is looked at before anything else: of an unknown or
// another one it is only written down, and the secret is not even opened.
import { setImmediate as soon } from "node:timers/promises";
import type { Socket } from "node:net";
import type {
  AnyAuthMethod,
  AuthHandlerMiddleware,
  Client,
  ConnectConfig,
  KeyboardInteractiveAuthMethod,
  NextAuthHandler,
  SFTPWrapper,
} from "ssh2";
import { networkFailure } from "../outbound/answer.ts";
import { cutShort } from "../outbound/body.ts";
import type { Dial } from "../outbound/dial.ts";
import { saidBy } from "../outbound/redact.ts";
import { isSourceFailure } from "../failure.ts";
import { failed, inOurWords, refused } from "./failures.ts";
import type { FeedSecret, SftpAddress } from "./feed-address.ts";
import { algorithmsFor, hostKeyOf } from "./host-key.ts";
import { keyForSsh, shapeOfKey } from "./private-key.ts";

const IDLE_MS = 30_000;

export interface SftpAsk {
  readonly dial: Dial;
  readonly address: SftpAddress;
  /** The one that a person agreed to; null: none yet, and the server is asked for nothing but its key. */
  readonly hostKey: string | null;
  /** Called only once the server has shown that key. */
  readonly secret: () => Promise<FeedSecret>;
  /** For the greeting and the list of files together, and again for each file. */
  readonly totalMs: number;
  readonly idleMs?: number;
  readonly signal: AbortSignal;
}

/** The server shows another key than the one that was agreed to, or none was yet. Nothing else was sent to it. */
export class KeyMet extends Error {
  override readonly name = "KeyMet";
  readonly hostKey: string;
  constructor(hostKey: string) {
    super(hostKey);
    this.hostKey = hostKey;
  }
}

type Done<T> = (error: Error | null | undefined, value: T) => void;

export class Line {
  readonly #socket: Socket;
  readonly #client: Client;
  readonly #waiting = new Set<(error: unknown) => void>();
  #broken: unknown = null;
  #timer: NodeJS.Timeout | null = null;

  constructor(socket: Socket, client: Client) {
    this.#socket = socket;
    this.#client = client;
    client.on("error", (error: Error) => this.break(explained(error)));
    client.on("close", () => this.break(cutShort("network", "The server closed the connection")));
    client.on("change password", () => this.break(refused("The server asks for a new password")));
  }

  /** From now on there is this long for what is asked. */
  limit(ms: number): void {
    if (this.#timer !== null) clearTimeout(this.#timer);
    this.#timer = setTimeout(() => this.break(cutShort("timeout", `Not done within ${ms} ms`)), ms);
  }

  /** What waits for an answer waits no longer: the first reason is the one that is told. */
  break(error: unknown): void {
    if (this.#broken !== null) return;
    this.#broken = error;
    if (this.#timer !== null) clearTimeout(this.#timer);
    for (const reject of this.#waiting) reject(error);
    this.#waiting.clear();
    this.#socket.destroy();
  }

  ask<T>(start: (done: Done<T>) => void): Promise<T> {
    return new Promise((resolve, reject) => {
      if (this.#broken !== null) return reject(this.#broken);
      this.#waiting.add(reject);
      start((error, value) => {
        this.#waiting.delete(reject);
        if (error === null || error === undefined) resolve(value);
        else reject(this.#broken ?? error);
      });
    });
  }

  async openSftp(): Promise<SFTPWrapper> {
    const sftp = await this.ask<SFTPWrapper>((done) =>
      this.#client.sftp((error, opened) => done(error === undefined ? error : asNoSftp(error), opened)),
    );
    sftp.on("error", (error: Error) => this.break(explained(error)));
    return sftp;
  }

  end(): void {
    this.break(cutShort("network", "It was ended by us"));
  }
}

/** Throws `KeyMet`, or a `SourceFailure` in this connector's words. */
export async function openLine(ask: SftpAsk): Promise<Line> {
  const { host, port } = ask.address;
  ask.signal.throwIfAborted();
  let socket: Socket;
  try {
    socket = await ask.dial({ host, port, signal: ask.signal });
  } catch (error) {
    throw inOurWords(error);
  }
  const { Client } = (await import("ssh2")).default;
  const client = new Client();
  const line = new Line(socket, client);
  line.limit(ask.totalMs);
  const stop = () => line.break(ask.signal.reason);
  ask.signal.addEventListener("abort", stop, { once: true });
  socket.once("close", () => ask.signal.removeEventListener("abort", stop));
  const idleMs = ask.idleMs ?? IDLE_MS;
  try {
    await line.ask<void>((done) => {
      client.once("ready", () => done(null));
      client.connect(configOf(ask, socket, line));
      socket.setTimeout(idleMs, () => line.break(cutShort("idle", `Nothing came for ${idleMs} ms`)));
    });
    return line;
  } catch (error) {
    line.end();
    await soon(); // what the library still says of the socket's end finds its listeners
    throw inOurWords(error);
  }
}

const configOf = (ask: SftpAsk, socket: Socket, line: Line): ConnectConfig => ({
  sock: socket,
  username: ask.address.user,
  readyTimeout: 0, // the line's own limits hold
  algorithms: {
    serverHostKey: algorithmsFor(ask.hostKey),
    hmac: ["hmac-sha2-256-etm@openssh.com", "hmac-sha2-512-etm@openssh.com", "hmac-sha2-256", "hmac-sha2-512"],
    compress: ["none"],
  },
  hostVerifier: (key: Buffer): boolean => {
    const met = hostKeyOf(key);
    if (met === ask.hostKey) return true;
    line.break(new KeyMet(met));
    return false;
  },
  authHandler: signIn(ask, line),
});

type Way = "password" | "keyboard-interactive" | "publickey";

/** Each way once. A server that takes no password as such often asks for it as a question. */
function signIn(ask: SftpAsk, line: Line): AuthHandlerMiddleware {
  const ways: Way[] = ask.address.auth === "key" ? ["publickey"] : ["password", "keyboard-interactive"];
  const attempt = async (offered: readonly string[] | null, next: NextAuthHandler): Promise<void> => {
    const way = ways.shift();
    if (way === undefined || (offered !== null && !offered.includes(way)))
      return line.break(refused("The server does not accept the sign-in"));
    try {
      next(methodOf(way, ask.address.user, await ask.secret()));
    } catch (error) {
      line.break(error);
    }
  };
  // Before the first attempt nothing is known of what the server takes: the list is null then.
  return (left: readonly string[] | null, _partial, next) => void attempt(left, next);
}

function methodOf(way: Way, username: string, { secret, passphrase }: FeedSecret): AnyAuthMethod {
  if (way === "password") return { type: way, username, password: secret };
  if (way === "keyboard-interactive") return { type: way, username, prompt: answering(secret) };
  const shape = shapeOfKey(secret);
  if (shape !== "open" && shape !== "sealed") throw unreadableKey();
  return { type: way, username, key: readKey(secret), ...(passphrase === undefined ? {} : { passphrase }) };
}

const unreadableKey = (cause?: unknown) =>
  failed(
    { class: "reauthorize", why: "revoked", code: "custom-costs.refused" },
    "The private key cannot be read",
    cause,
  );

function readKey(secret: string): string {
  try {
    return keyForSsh(secret);
  } catch (error) {
    throw unreadableKey(error);
  }
}

/** One hidden question is the one for the password; whatever else is asked gets no answer. */
const answering =
  (secret: string): KeyboardInteractiveAuthMethod["prompt"] =>
  // oxlint-disable-next-line max-params -- the library calls it so
  (_name, _instructions, _language, prompts, finish) => {
    const [only] = prompts;
    finish(prompts.length === 1 && only?.echo !== true ? [secret] : prompts.map(() => ""));
  };

/** Somebody is in, and is given a shell's words or nothing where files were asked for. */
const NO_SFTP = /^(Unable to start subsystem|Received exit |Packet length \d+ exceeds)/;

const asNoSftp = (error: Error): Error =>
  NO_SFTP.test(error.message)
    ? failed({ class: "invalid_request", code: "custom-costs.noSftp" }, saidBy(error.message), error)
    : error;

/** SSH's own reasons to hang up: no more ways to sign in, and no such user. */
const NO_SIGN_IN = new Set([14, 15]);
const OF_A_SIGN_IN = /authenticat|log-?in|password/i;

/** Many a server hangs up with a word on it instead of saying no once more. */
const endsTheSignIn = (error: Error): boolean =>
  "code" in error && typeof error.code === "number" && (NO_SIGN_IN.has(error.code) || OF_A_SIGN_IN.test(error.message));

/** What the library says, as a failure of ours. */
function explained(error: Error): unknown {
  if (isSourceFailure(error)) return error;
  const level = "level" in error ? error.level : "";
  if (level === "client-authentication" || endsTheSignIn(error))
    return refused("The server does not accept the sign-in");
  if (error.message.startsWith("Handshake failed: no matching"))
    return failed({ class: "invalid_request", code: "custom-costs.handshake" }, saidBy(error.message), error);
  if (level === "client-socket") return networkFailure(error);
  return failed({ class: "transient", code: "custom-costs.trouble" }, saidBy(error.message), error);
}
