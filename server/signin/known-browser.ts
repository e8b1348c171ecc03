/**
 * A browser that signed in to an account before has tries of its own there: a stranger who uses up everybody's tries keeps
 * nobody out. The cookie proves nothing else and opens nothing.
 */
import { createHmac, randomBytes, timingSafeEqual } from "node:crypto";
import { readCookie } from "./session.ts";

const KEPT_S = 365 * 24 * 3600;

const nameOf = (publicUrl: string): string =>
  publicUrl.startsWith("https:") ? "__Host-headwater-known" : "headwater-known";

const proofOf = (secret: string, id: string, email: string): Buffer =>
  createHmac("sha256", secret).update(`known browser\n${id}\n${email.toLowerCase()}`).digest();

export interface Knowing {
  readonly secret: string;
  readonly publicUrl: string;
}

/** Bound to the address that signed in; another account's sign-in takes its place. */
export function knownCookie({ secret, publicUrl }: Knowing, email: string): string {
  const id = randomBytes(16).toString("base64url");
  const value = `${id}.${proofOf(secret, id, email).toString("base64url")}`;
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return `${nameOf(publicUrl)}=${value}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${KEPT_S}${secure}`;
}

/** The browser's own number, where it has signed in to this account before. */
export function knownBrowser(
  { secret, publicUrl }: Knowing,
  cookies: string | undefined,
  email: string,
): string | null {
  const [id = "", proof = "", ...rest] = (readCookie(cookies, nameOf(publicUrl)) ?? "").split(".");
  if (rest.length > 0 || !/^[\w-]{22}$/.test(id)) return null;
  const wanted = proofOf(secret, id, email);
  const given = Buffer.from(proof, "base64url");
  return given.length === wanted.length && timingSafeEqual(given, wanted) ? id : null;
}
