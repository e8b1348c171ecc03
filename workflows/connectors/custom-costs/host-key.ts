// The key of an SFTP server as people compare it: its type and the SHA-256 that `ssh-keygen -lf` prints.
import { createHash } from "node:crypto";
import type { ServerHostKeyAlgorithm } from "ssh2";

const TYPE = /^[a-z0-9@.-]{1,60}$/;

/** SHA-1 is in none of them. */
const ALGORITHMS: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** `ssh-ed25519 SHA256:…`, from the key as it comes over the wire. */
export function hostKeyOf(key: Buffer): string {
  const length = key.length < 4 ? 0 : key.readUInt32BE(0);
  const type = key.subarray(4, 4 + Math.min(length, 60)).toString("latin1");
  const hash = createHash("sha256").update(key).digest("base64").replace(/=+$/, "");
  return `${TYPE.test(type) ? type : "unknown"} SHA256:${hash}`;
}

/** A server may have a key of each kind. The one that was agreed to is asked for first, so that another is never met by chance. */
export function algorithmsFor(hostKey: string | null): ServerHostKeyAlgorithm[] {
  const type = hostKey?.split(" ")[0];
  const isOfType = (name: ServerHostKeyAlgorithm) => name === type || (type === "ssh-rsa" && name.startsWith("rsa-"));
  return [...ALGORITHMS.filter(isOfType), ...ALGORITHMS.filter((name) => !isOfType(name))];
}
