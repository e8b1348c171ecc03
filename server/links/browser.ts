/** A name for a browser without an account, in a cookie of its own: a trip to a consent screen is bound to it. */
import { randomBytes } from "node:crypto";
import { readCookie } from "../signin/session.ts";

const KEPT_S = 3600;

const nameOf = (publicUrl: string): string =>
  publicUrl.startsWith("https:") ? "__Host-headwater-link" : "headwater-link";

export function browserIn(cookies: string | undefined, publicUrl: string): string | null {
  const value = readCookie(cookies, nameOf(publicUrl));
  return value !== null && /^[\w-]{43}$/.test(value) ? value : null;
}

export function newBrowser(publicUrl: string): readonly [browser: string, cookie: string] {
  const browser = randomBytes(32).toString("base64url");
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return [browser, `${nameOf(publicUrl)}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${KEPT_S}${secure}`];
}

/** A session's id is never mistaken for it. */
export const linkBrowser = (browser: string): string => `link ${browser}`;
