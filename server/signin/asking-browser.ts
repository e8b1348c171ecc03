/**
 * Whoever asks to sign up chooses the password, and whoever reads the mail makes the account: both must be one person, or a
 * stranger knows the password of an account that somebody else has opened by a click. So the link is good in the browser
 * that asked for it, and in no other.
 */
import { createHash } from "node:crypto";
import { browserCookie, browserIn, newBrowser } from "./browser-name.ts";

export const hashBrowser = (browser: string): string =>
  createHash("sha256").update(`sign-up browser ${browser}`).digest("base64url");

export const askingBrowser = (publicUrl: string, cookies: string | undefined): string | null =>
  browserIn("sign-up", cookies, publicUrl);

/** Its own name again where it has one: of two questions from one browser, either mail will do. */
export function askingCookie(
  publicUrl: string,
  cookies: string | undefined,
  keptSeconds: number,
): readonly [browser: string, cookie: string] {
  const browser = askingBrowser(publicUrl, cookies) ?? newBrowser();
  return [browser, browserCookie("sign-up", browser, publicUrl, keptSeconds)];
}
