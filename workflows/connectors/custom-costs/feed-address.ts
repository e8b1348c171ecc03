// Where a feed pulls its file from, as a person types it: checked in shape here, and in fact each time it is pulled.
import * as v from "valibot";
import { isSourceFailure } from "../failure.ts";
import { checkedHost, checkedUrl } from "../outbound/address.ts";
import { hostName } from "../outbound/hosts.ts";
import { readFilePattern } from "./file-pattern.ts";

export interface HttpsAddress {
  readonly kind: "https";
  readonly url: string;
  readonly auth: "none" | "basic" | "bearer" | "header";
  /** For `basic` the user, for `header` the name of the header. */
  readonly name: string;
}

export interface SftpAddress {
  readonly kind: "sftp";
  readonly host: string;
  readonly port: number;
  readonly user: string;
  /** A folder and a name with `*` and `?` in its last part. */
  readonly pattern: string;
  readonly auth: "password" | "key";
}

export type FeedAddress = HttpsAddress | SftpAddress;

/** What is sealed of it; `host` is the one that it was given for, and no other is shown it. */
export type FeedSecret = { readonly secret: string; readonly passphrase?: string; readonly host?: string };

/** Whose key a person agrees to. With another one, it has to be met anew. */
export const serverOf = (address: FeedAddress): string =>
  address.kind === "sftp" ? JSON.stringify([hostOf(address), address.port]) : "";

/** What a secret is given for. With another one, it has to be given again. */
export const secretPlace = (address: FeedAddress): string =>
  address.kind === "https"
    ? JSON.stringify(["https", hostOf(address), address.auth, address.name])
    : JSON.stringify(["sftp", hostOf(address), address.port, address.user, address.auth]);

export const hostOf = (address: FeedAddress): string =>
  hostName(address.kind === "https" ? new URL(address.url).hostname : address.host);

const HEADER_NAME = /^[A-Za-z0-9-]{1,60}$/;
/** A header that steers the request itself is none to hang a secret on. */
const NOT_THESE =
  /^(host|content-length|transfer-encoding|connection|cookie|accept-encoding|range|if-none-match|if-modified-since)$/i;

/** The rule that refuses it: seen at once to lead nowhere public. Where a name leads, each pull looks for itself. */
export function addressRefusedBy(text: string): string | null {
  return ruleOf(() => checkedUrl(text, { hosts: [URL.parse(text)?.hostname ?? ""], ports: [443] }));
}

export const hostRefusedBy = (host: string): string | null => ruleOf(() => checkedHost(host));

function ruleOf(check: () => unknown): string | null {
  try {
    check();
    return null;
  } catch (error) {
    if (!isSourceFailure(error)) throw error;
    return error.failure.code;
  }
}

const https = v.object({
  kind: v.literal("https"),
  url: v.pipe(
    v.string(),
    v.maxLength(2_000),
    v.check((text) => addressRefusedBy(text) === null, "address"),
  ),
  auth: v.picklist(["none", "basic", "bearer", "header"]),
  name: v.pipe(v.string(), v.maxLength(200)),
});
const sftp = v.object({
  kind: v.literal("sftp"),
  host: v.pipe(
    v.string(),
    v.maxLength(253),
    v.check((host) => hostRefusedBy(host) === null, "host"),
  ),
  port: v.pipe(
    v.number(),
    v.integer(),
    v.check((port) => port === 22 || (port >= 1024 && port <= 65_535), "port"),
  ),
  user: v.pipe(v.string(), v.minLength(1), v.maxLength(200)),
  pattern: v.pipe(
    v.string(),
    v.maxLength(500),
    v.regex(/^[^\0\r\n]+$/),
    v.check((text) => readFilePattern(text) !== null, "pattern"),
  ),
  auth: v.picklist(["password", "key"]),
});
const shape = v.variant("kind", [https, sftp]);

export type ReadAddress =
  | { readonly ok: true; readonly address: FeedAddress }
  | { readonly ok: false; readonly field: string };

export function readFeedAddress(given: unknown): ReadAddress {
  const read = v.safeParse(shape, given);
  if (!read.success) return { ok: false, field: v.getDotPath(read.issues[0]) ?? "kind" };
  const { output } = read;
  if (
    output.kind === "https" &&
    output.auth === "header" &&
    (!HEADER_NAME.test(output.name) || NOT_THESE.test(output.name))
  )
    return { ok: false, field: "name" };
  if (output.kind === "https" && output.auth === "basic" && (output.name === "" || output.name.includes(":")))
    return { ok: false, field: "name" };
  return { ok: true, address: output };
}
