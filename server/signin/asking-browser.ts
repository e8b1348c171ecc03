/**
 * Whoever asks to sign up chooses the password, and whoever reads the mail makes the account: both must be one person, or a
 * stranger knows the password of an account that somebody else has opened by a click. So the link is good in the browser
 * that asked for it, and in no other.
 */
import { createHash, randomBytes } from "node:crypto";
import { readCookie } from "./session.ts";

const nameOf = (publicUrl: string): string =>
  publicUrl.startsWith("https:") ? "__Host-headwater-sign-up" : "headwater-sign-up";

export const hashBrowser = (browser: string): string =>
  createHash("sha256").update(`sign-up browser ${browser}`).digest("base64url");

export function askingBrowser(publicUrl: string, cookies: string | undefined): string | null {
  const value = readCookie(cookies, nameOf(publicUrl));
  return value !== null && /^[\w-]{43}$/.test(value) ? value : null;
}

/** Its own name again where it has one: of two questions from one browser, either mail will do. */
export function browserCookie(
  publicUrl: string,
  cookies: string | undefined,
  keptSeconds: number,
): readonly [browser: string, cookie: string] {
  const browser = askingBrowser(publicUrl, cookies) ?? randomBytes(32).toString("base64url");
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return [browser, `${nameOf(publicUrl)}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${keptSeconds}${secure}`];
}
