/** The append-only log: who did what to what, from where. Codes and values, never secrets. Last in its transaction. */
import { sql } from "drizzle-orm";
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { actorOf } from "../access/caller.ts";
import type { Acting } from "../access/caller.ts";
import type { Transaction } from "../reading/transaction.ts";

export interface AuditEntry {
  readonly verb: string;
  readonly objectType:
    | "datasource"
    | "grant"
    | "apiToken"
    | "accessReview"
    | "organisation"
    | "membership"
    | "session"
    | "person"
    | "reauthorizeLink";
  readonly objectId: string;
  readonly datasourceId?: DatasourceId;
  readonly before?: JsonObject | null;
  readonly after?: JsonObject | null;
}

interface Auditing {
  readonly db: Transaction;
  readonly caller: Acting;
  readonly visitor: { readonly address: string | null };
}

const json = (value: JsonObject | null | undefined): string | null => (value == null ? null : JSON.stringify(value));

export async function audit({ db, caller, visitor }: Auditing, entry: AuditEntry): Promise<void> {
  await db.execute(sql`select append_audit(
    ${JSON.stringify(actorOf(caller))}::text::jsonb, ${entry.verb}, ${entry.objectType}, ${entry.objectId},
    ${entry.datasourceId ?? null}::uuid, ${json(entry.before)}::text::jsonb, ${json(entry.after)}::text::jsonb, ${visitor.address})`);
}
