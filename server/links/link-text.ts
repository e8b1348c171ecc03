/** The text of a link: whose organisation, and 256 bits. Rows keep its hash; it proves nothing until its row is found. */
import { createHash, randomBytes } from "node:crypto";
import { isUuid, organisationId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";

export const makeLinkToken = (organisation: OrganisationId): string =>
  Buffer.concat([Buffer.from(organisation.replaceAll("-", ""), "hex"), randomBytes(32)]).toString("base64url");

export const hashLink = (token: string): string => createHash("sha256").update(`link ${token}`).digest("hex");

export function organisationInLink(token: string): OrganisationId | null {
  if (!/^[\w-]{64}$/.test(token)) return null;
  const hex = Buffer.from(token, "base64url").subarray(0, 16).toString("hex");
  const id = hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
  return isUuid(id) ? organisationId(id) : null;
}
