// What a pasted private key looks like, without opening it: opening one takes as long as whoever made it wished.

export type KeyShape = "open" | "sealed" | "public" | "unreadable";

const LONGEST = 20_000;
/** `ssh-keygen -a`; each takes milliseconds of this process. */
const ROUNDS_MOST = 128;
const MAGIC = "openssh-key-v1\0";

/** One trailing line end less or more, and Windows' own, come of copying. */
export const tidyKey = (text: string): string => text.trim().replaceAll("\r\n", "\n");

/** `sealed`: a passphrase goes with it. */
export function shapeOfKey(text: string): KeyShape {
  const key = tidyKey(text);
  if (key.length > LONGEST) return "unreadable";
  if (/^(ssh-|ecdsa-|sk-)|^-+ ?BEGIN [A-Z0-9 ]*PUBLIC KEY/.test(key)) return "public";
  const openssh = /^-----BEGIN OPENSSH PRIVATE KEY-----\n([\s\S]+)\n-----END OPENSSH PRIVATE KEY-----$/.exec(key);
  if (openssh !== null) return shapeOfOpenSsh(Buffer.from(openssh[1] ?? "", "base64"));
  if (/^-----BEGIN (RSA|EC) PRIVATE KEY-----\n[\s\S]+\n-----END \1 PRIVATE KEY-----$/.test(key))
    return key.includes("\nProc-Type: 4,ENCRYPTED") ? "sealed" : "open";
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
