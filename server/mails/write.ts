/** A mail is a row, written in the transaction of what it tells; the `lifecycle` worker words it and sends it. */
import { randomUUID } from "node:crypto";
import { mailBinding, seal } from "@headwater/db";
import { mails } from "@headwater/db/schema/tables.ts";
import { mailId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import type { Transaction } from "../reading/transaction.ts";

export interface MailToWrite {
  readonly to: string;
  readonly locale: string;
  /** `mail.<kind>` of `workflows/locales` words it. */
  readonly kind: string;
  readonly details: JsonObject;
  /** For the receiver alone: sealed here, opened by the worker that sends it, then erased. */
  readonly link: string;
  readonly organisation: OrganisationId | null;
}

export async function writeMail(
  db: Pick<Transaction, "insert">,
  vaultPublicKey: string,
  { to, locale, kind, details, link, organisation }: MailToWrite,
): Promise<void> {
  const id = mailId(randomUUID());
  const sealed = seal(vaultPublicKey, mailBinding(id), { link });
  await db.insert(mails).values({ id, organisationId: organisation, toAddress: to, locale, kind, details, ...sealed });
}
