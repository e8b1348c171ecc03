/** The small page that a consent ends on: it tells the app's pages, and closes itself or shows one sentence and a way on. */
import { escapeHtml, htmlPage } from "../http/html.ts";
import type { Words } from "../words/words.ts";

export const OUTCOMES = [
  "returned",
  "renewed",
  "notRenewed",
  "otherAccount",
  "refused",
  "failed",
  "late",
  "forged",
  "otherSession",
] as const;
export type Outcome = (typeof OUTCOMES)[number];

/** Whoever followed a link has no page of ours to go back to. */
const WITHOUT_WAY_BACK: readonly Outcome[] = ["renewed", "notRenewed", "otherAccount"];

export interface PageParts {
  readonly outcome: Outcome;
  readonly attempt: string | null;
  /** A path of ours. */
  readonly back: string;
  readonly words: Words;
}

export const returnedPage = ({ outcome, attempt, back, words }: PageParts): string =>
  htmlPage({
    locale: words.locale,
    style: "/oauth/returned.css",
    meta: '<meta name="referrer" content="no-referrer">',
    body: `<body data-outcome="${outcome}" data-attempt="${escapeHtml(attempt ?? "")}" data-back="${escapeHtml(back)}">
<main>
<p role="status">${escapeHtml(words.say(`page.${outcome}`))}</p>
${WITHOUT_WAY_BACK.includes(outcome) ? "" : `<p><a href="${escapeHtml(back)}">${escapeHtml(words.say("page.back"))}</a></p>`}
</main>
<script src="/oauth/returned.js"></script>
</body>`,
  });

/**
 * A hint only: the outcome itself comes through the server. Consent that was given has nothing to read, so its window closes. Any
 * other end stays to be read until a page of the app that watches the attempt tells it, and closes the window then. An opener that
 * the source has cut loose is gone; so is this window's right to close. A tab that went to the source itself goes on in the app; one
 * that followed a link, on the link's own page, which says what became of it.
 */
export const RETURNED_SCRIPT = `"use strict";
const { outcome, attempt, back } = document.body.dataset;
new BroadcastChannel("headwater-connect").postMessage({ outcome, attempt });
let inThisTab = null;
let link = null;
try {
  inThisTab = sessionStorage.getItem("headwater-in-this-tab");
  link = attempt === "" ? sessionStorage.getItem("headwater-link") : null;
  if (link !== null) sessionStorage.removeItem("headwater-link");
} catch {
  // Where storage is barred, no tab has noted anything.
}
if (link !== null) location.replace("/reauthorize#" + encodeURIComponent(link));
else if (inThisTab === attempt) location.replace(back);
else if (outcome === "returned" && window.opener !== null) window.close();
`;

/** Like the app's own pages without navigation: the mark, and one column on plain canvas. */
export const RETURNED_STYLE = `:root { color-scheme: light dark; font: 15px/22px system-ui, sans-serif; }
body {
  margin: 0; min-height: 100vh; display: grid; place-items: center;
  background: light-dark(#f6f7f7, #0d0f11); color: light-dark(#14181b, #eceff1);
}
main { box-sizing: border-box; width: min(392px, 100%); padding: 24px 16px; }
main::before {
  content: ""; display: block; width: 36px; height: 36px; margin-bottom: 20px;
  background: url("/icon.svg"); border: 1px solid light-dark(transparent, #6b747c); border-radius: 9px;
}
:lang(hi), :lang(as) { line-height: 26px; }
a { color: light-dark(#0b62c4, #5aa9ff); text-underline-offset: 3px; }
a:focus-visible { outline: 2px solid; outline-offset: 2px; }
`;
