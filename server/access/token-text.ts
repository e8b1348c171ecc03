/** The text of an API token: a prefix that scanners know, whose it is, which it is, a 256-bit secret, and a checksum. */
import { createHash, randomBytes, timingSafeEqual } from "node:crypto";
import { crc32 } from "node:zlib";
import { apiTokenId, isUuid, organisationId } from "@headwater/db/schema/ids.ts";
import type { ApiTokenId, OrganisationId } from "@headwater/db/schema/ids.ts";

export const prefixOf = (organisation: OrganisationId, token: ApiTokenId): string =>
  `hw_${organisation.replaceAll("-", "")}${token.replaceAll("-", "")}`;

export interface MadeToken {
  readonly text: string;
  readonly secretHash: string;
  readonly lastFour: string;
}

export function makeToken(organisation: OrganisationId, token: ApiTokenId): MadeToken {
  const secret = randomBytes(32).toString("base64url");
  const body = `${prefixOf(organisation, token)}_${secret}`;
  return { text: `${body}_${checksum(body)}`, secretHash: hashSecret(secret), lastFour: secret.slice(-4) };
}

export interface ReadToken {
  readonly organisationId: OrganisationId;
  readonly tokenId: ApiTokenId;
  readonly secretHash: string;
}

/** Null for whatever was never a token of ours: a typing mistake costs no statement. */
export function readToken(text: string): ReadToken | null {
  const [, body, organisation, token, secret, sum] =
    /^((?:hw_)([0-9a-f]{32})([0-9a-f]{32})_([\w-]{43}))_([0-9a-f]{8})$/.exec(text) ?? [];
  if (body === undefined || organisation === undefined || token === undefined || secret === undefined) return null;
  if (checksum(body) !== sum || !isUuid(dashed(organisation)) || !isUuid(dashed(token))) return null;
  return {
    organisationId: organisationId(dashed(organisation)),
    tokenId: apiTokenId(dashed(token)),
    secretHash: hashSecret(secret),
  };
}

export const isSameHash = (a: string, b: string): boolean =>
  a.length === b.length && timingSafeEqual(Buffer.from(a), Buffer.from(b));

const hashSecret = (secret: string): string => createHash("sha256").update(secret).digest("hex");
const checksum = (body: string): string => crc32(body).toString(16).padStart(8, "0");
const dashed = (hex: string): string => hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
