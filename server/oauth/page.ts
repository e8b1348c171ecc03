/** The small page that a consent ends on: it tells the opener, closes itself, and otherwise shows one sentence and a way back. */
import { escapeHtml, htmlPage } from "../http/html.ts";
import type { Words } from "../words/words.ts";

export const OUTCOMES = ["returned", "renewed", "refused", "failed", "late", "forged", "otherSession"] as const;
export type Outcome = (typeof OUTCOMES)[number];

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
    body: `<body data-outcome="${outcome}" data-attempt="${escapeHtml(attempt ?? "")}">
<main>
<p role="status">${escapeHtml(words.say(`page.${outcome}`))}</p>
${outcome === "renewed" ? "" : `<p><a href="${escapeHtml(back)}">${escapeHtml(words.say("page.back"))}</a></p>`}
</main>
<script src="/oauth/returned.js"></script>
</body>`,
  });

/** A hint only: the outcome itself comes through the server. Told twice, because a provider's page may have cut the opener loose. */
export const RETURNED_SCRIPT = `"use strict";
const { outcome, attempt } = document.body.dataset;
const message = { type: "headwater:connect", outcome, attempt };
const channel = new BroadcastChannel("headwater-connect");
channel.postMessage(message);
if (window.opener !== null) {
  window.opener.postMessage(message, window.location.origin);
  window.close();
}
`;

export const RETURNED_STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; min-height: 100vh; display: grid; place-items: center; background: Canvas; color: CanvasText; }
main { max-width: 34rem; padding: 2rem; }
a { color: inherit; }
`;
