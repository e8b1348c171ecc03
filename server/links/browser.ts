/** A trip to a consent screen is bound to the browser that begins it. */
import { browserCookie, newBrowser } from "../signin/browser-name.ts";

const KEPT_S = 3600;

export function newLinkBrowser(publicUrl: string): readonly [browser: string, cookie: string] {
  const browser = newBrowser();
  return [browser, browserCookie("link", browser, publicUrl, KEPT_S)];
}

/** A session's id is never mistaken for it. */
export const linkBrowser = (browser: string): string => `link ${browser}`;
