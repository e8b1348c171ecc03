// What a pasted private key looks like, without opening it: opening one takes as long as whoever made it wished.
import { createPrivateKey } from "node:crypto";
import type { KeyObject } from "node:crypto";

export type KeyShape = "open" | "sealed" | "public" | "unreadable";

const LONGEST = 20_000;
/** `ssh-keygen -a`; each takes milliseconds of this process. */
const ROUNDS_MOST = 128;
const MAGIC = "openssh-key-v1\0";

/** One trailing line end less or more, and Windows' own, come of copying; OpenSSL writes the curve before the key. */
const tidyKey = (text: string): string =>
  text
    .trim()
    .replaceAll("\r\n", "\n")
    .replace(/^-----BEGIN EC PARAMETERS-----\n[^-]*-----END EC PARAMETERS-----\n/, "");

/** PKCS #8 without a passphrase, as OpenSSL 3 writes every key. */
const PKCS8 = /^-----BEGIN PRIVATE KEY-----\n[\s\S]+\n-----END PRIVATE KEY-----$/;

/** As the SSH library reads it. Throws for one that cannot be opened. */
export function keyForSsh(text: string): string {
  const key = tidyKey(text);
  if (!PKCS8.test(key)) return key;
  const opened = createPrivateKey(key);
  if (opened.asymmetricKeyType === "ed25519") return ed25519InOpenSsh(opened);
  return opened.export({ type: opened.asymmetricKeyType === "ec" ? "sec1" : "pkcs1", format: "pem" }).toString();
}

/** No older form has a place for such a key. */
function ed25519InOpenSsh(opened: KeyObject): string {
  const { x = "", d = "" } = opened.export({ format: "jwk" });
  const [open, seed] = [Buffer.from(x, "base64url"), Buffer.from(d, "base64url")];
  const head = [sized("ssh-ed25519"), sized(open)];
  const body = [Buffer.alloc(8), ...head, sized(Buffer.concat([seed, open])), sized("")];
  const length = body.reduce((sum, { length: bytes }) => sum + bytes, 0);
  const filled = [...body, Buffer.from([1, 2, 3, 4, 5, 6, 7]).subarray(0, (8 - (length % 8)) % 8)];
  const one = Buffer.from([0, 0, 0, 1]);
  const blob = [sized("none"), sized("none"), sized(""), one, sized(Buffer.concat(head)), sized(Buffer.concat(filled))];
  const text = Buffer.concat([Buffer.from(MAGIC), ...blob]).toString("base64");
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${text}\n-----END OPENSSH PRIVATE KEY-----`;
}

function sized(content: Buffer | string): Buffer {
  const bytes = Buffer.from(content);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(bytes.length);
  return Buffer.concat([length, bytes]);
}

/** `sealed`: a passphrase goes with it. */
export function shapeOfKey(text: string): KeyShape {
  const key = tidyKey(text);
  if (key.length > LONGEST) return "unreadable";
  if (/^(ssh-|ecdsa-|sk-)|^-+ ?BEGIN [A-Z0-9 ]*PUBLIC KEY/.test(key)) return "public";
  const openssh = /^-----BEGIN OPENSSH PRIVATE KEY-----\n([\s\S]+)\n-----END OPENSSH PRIVATE KEY-----$/.exec(key);
  if (openssh !== null) return shapeOfOpenSsh(Buffer.from(openssh[1] ?? "", "base64"));
  if (/^-----BEGIN (RSA|EC) PRIVATE KEY-----\n[\s\S]+\n-----END \1 PRIVATE KEY-----$/.test(key))
    return key.includes("\nProc-Type: 4,ENCRYPTED") ? "sealed" : "open";
  if (PKCS8.test(key)) return "open";
  if (key.startsWith("PuTTY-User-Key-File-2: ")) return /^Encryption: none$/m.test(key) ? "open" : "sealed";
  return "unreadable";
}

function shapeOfOpenSsh(blob: Buffer): KeyShape {
  if (blob.subarray(0, MAGIC.length).toString("latin1") !== MAGIC) return "unreadable";
  let at = MAGIC.length;
  const next = (): Buffer => {
    const length = at + 4 <= blob.length ? blob.readUInt32BE(at) : blob.length;
    const part = blob.subarray(at + 4, at + 4 + length);
    at += 4 + length;
    return part;
  };
  const cipher = next().toString("latin1");
  const kdf = next().toString("latin1");
  const options = next();
  if (at > blob.length) return "unreadable";
  if (cipher === "none" && kdf === "none") return "open";
  if (kdf !== "bcrypt" || options.length < 8) return "unreadable";
  return options.readUInt32BE(options.length - 4) <= ROUNDS_MOST ? "sealed" : "unreadable";
}
