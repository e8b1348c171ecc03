/** Sends the mails that wait. Each is claimed first, so that of two workers one sends it; what fails waits longer each time. */
import { inTenant, mailBinding, open } from "@headwater/db";
import type { Database, JsonObject } from "@headwater/db";
import type { SourceLog } from "../source/contract.ts";
import { compose } from "./compose.ts";
import type { Letter } from "./compose.ts";

export interface MailDeps {
  readonly db: Database;
  readonly log: SourceLog;
  readonly vaultPrivateKey: string;
  readonly publicUrl: string;
  /** Null where nothing hands mails on: the letter is kept in its row, to be read in the mailbox. */
  readonly hand: ((to: string, letter: Letter) => Promise<void>) | null;
}

interface Waiting {
  readonly id: string;
  readonly toAddress: string;
  readonly locale: string;
  readonly kind: string;
  readonly details: JsonObject;
  readonly attempts: number;
  readonly sealed: Buffer | null;
  readonly wrappedKey: Buffer | null;
  readonly keyId: string | null;
}

const MOST = 20;
/** Over about two days. */
const MOST_ATTEMPTS = 12;

export async function sendMails(deps: MailDeps): Promise<number> {
  const waiting = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<Waiting[]>`
    update mails set attempts = attempts + 1, due_at = now() + power(2, attempts) * interval '30 seconds'
    where id in (select id from mails where sent_at is null and due_at <= now() and attempts < ${MOST_ATTEMPTS}
      order by due_at limit ${MOST} for update skip locked)
    returning id, to_address as "toAddress", locale, kind, details, attempts, sealed, wrapped_key as "wrappedKey",
      key_id as "keyId"`,
  );
  for (const mail of waiting) await sendOne(deps, mail);
  return waiting.length;
}

async function sendOne(deps: MailDeps, mail: Waiting): Promise<void> {
  try {
    const letter = compose({ ...mail, link: linkOf(deps, mail) ?? pageOf(deps, mail) });
    await deps.hand?.(mail.toAddress, letter);
    const kept = deps.hand === null ? letter : null;
    await inTenant(
      deps.db,
      null,
      (tx) => tx.sql`
      update mails set sent_at = now(), failure = null, sealed = null, wrapped_key = null, key_id = null,
        subject = ${kept?.subject ?? null}, body = ${kept?.body ?? null}
      where id = ${mail.id}`,
    );
  } catch (error) {
    // A mail server's words may name the receiver; its code does not.
    const said = error instanceof Error && "code" in error ? String(error.code) : "failed";
    await inTenant(deps.db, null, (tx) => tx.sql`update mails set failure = ${said} where id = ${mail.id}`);
    const facts = { mail: mail.id, kind: mail.kind, said };
    if (mail.attempts < MOST_ATTEMPTS) deps.log.warn("mail not sent", facts);
    else deps.log.error("mail given up", facts);
  }
}

function linkOf({ vaultPrivateKey }: MailDeps, { id, sealed, wrappedKey, keyId }: Waiting): string | null {
  if (sealed === null || wrappedKey === null || keyId === null) return null;
  return open(vaultPrivateKey, mailBinding(id), { sealed, wrappedKey, keyId })["link"]?.reveal() ?? null;
}

/** The page of ours that it speaks of, by its path: whoever has to sign in first is led back to it. */
function pageOf({ publicUrl }: MailDeps, { details }: Waiting): string | null {
  const page = typeof details["page"] === "string" ? URL.parse(details["page"], publicUrl) : null;
  return page?.origin === new URL(publicUrl).origin ? page.href : null;
}
