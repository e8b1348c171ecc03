/** A name for a browser without an account, in a cookie of its own: what is begun in it goes on in no other. */
import { randomBytes } from "node:crypto";
import { readCookie } from "./session.ts";

type BegunFor = "link" | "sign-up";

const nameOf = (begun: BegunFor, publicUrl: string): string =>
  `${publicUrl.startsWith("https:") ? "__Host-" : ""}headwater-${begun}`;

export function browserIn(begun: BegunFor, cookies: string | undefined, publicUrl: string): string | null {
  const value = readCookie(cookies, nameOf(begun, publicUrl));
  return value !== null && /^[\w-]{43}$/.test(value) ? value : null;
}

export const newBrowser = (): string => randomBytes(32).toString("base64url");

export function browserCookie(begun: BegunFor, browser: string, publicUrl: string, keptSeconds: number): string {
  const secure = publicUrl.startsWith("https:") ? "; Secure" : "";
  return `${nameOf(begun, publicUrl)}=${browser}; Path=/; HttpOnly; SameSite=Lax; Max-Age=${keptSeconds}${secure}`;
}
