/** `/mailbox`: what would have gone out, where nothing hands mails on. On this machine and in the embedded default alone. */
import { desc } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import type { Database } from "@headwater/db";
import { mails } from "@headwater/db/schema/tables.ts";
import { escapeHtml, htmlPage } from "../http/html.ts";
import type { Words } from "../words/words.ts";

const MOST = 50;

interface Kept {
  readonly id: string;
  readonly toAddress: string;
  readonly createdAt: Date;
  readonly sentAt: Date | null;
  readonly subject: string | null;
  readonly body: string | null;
}

const readMails = (db: Database): Promise<Kept[]> =>
  inTenant(
    db,
    null,
    ({ drizzle }) =>
      drizzle
        .select({
          id: mails.id,
          toAddress: mails.toAddress,
          createdAt: mails.createdAt,
          sentAt: mails.sentAt,
          subject: mails.subject,
          body: mails.body,
        })
        .from(mails)
        .orderBy(desc(mails.createdAt))
        .limit(MOST),
    { readOnly: true },
  );

/** Addresses of ours become links; everything else stays text. */
const withLinks = (text: string, publicUrl: string): string =>
  text
    .split(/(\s+)/)
    .map((word) =>
      URL.parse(word)?.origin === new URL(publicUrl).origin
        ? `<a href="${escapeHtml(word)}">${escapeHtml(word)}</a>`
        : escapeHtml(word),
    )
    .join("");

const letterOf = (words: Words, publicUrl: string, { toAddress, createdAt, sentAt, subject, body }: Kept): string =>
  `<article>
<header><b>${escapeHtml(subject ?? words.say(sentAt === null ? "mailbox.waiting" : "mailbox.handedOn"))}</b>
<span>${escapeHtml(toAddress)} · <time datetime="${createdAt.toISOString()}">${escapeHtml(words.when(createdAt, "UTC"))} UTC</time></span></header>
${body === null ? "" : `<pre>${withLinks(body, publicUrl)}</pre>`}
</article>`;

export async function mailboxPage(db: Database, words: Words, publicUrl: string): Promise<string> {
  const letters = await readMails(db);
  return htmlPage({
    locale: words.locale,
    title: `${words.say("mailbox.title")} · Headwater`,
    style: "/mailbox/mailbox.css",
    body: `<body>
<main>
<h1>${escapeHtml(words.say("mailbox.title"))}</h1>
<p>${escapeHtml(words.say("mailbox.about"))}</p>
${letters.length === 0 ? `<p>${escapeHtml(words.say("mailbox.empty"))}</p>` : letters.map((one) => letterOf(words, publicUrl, one)).join("\n")}
</main>
</body>`,
  });
}

export const MAILBOX_STYLE = `:root { color-scheme: light dark; font: 16px/1.5 system-ui, sans-serif; }
body { margin: 0; background: Canvas; color: CanvasText; }
main { max-width: 44rem; margin: 0 auto; padding: 2rem 1rem; }
article { border-top: 1px solid GrayText; padding: 1rem 0; }
header { display: flex; flex-wrap: wrap; gap: 0 1rem; justify-content: space-between; }
pre { font: inherit; white-space: pre-wrap; overflow-wrap: anywhere; }
a { color: LinkText; }
`;
