/**
 * Who opens the vault, and how often: every open is counted, the first of a credential and day is in the audit log, and
 * a process that opens more credentials in a minute than its work can need is refused, loudly.
 */
import { SourceFailure } from "@headwater/connectors/failure.ts";
import type { CredentialId } from "@headwater/db";
import type { Sql } from "postgres";
import { inOrganisation } from "../load/fence.ts";
import type { SourceLog, VaultWatch } from "./contract.ts";
import type { GrantRef } from "./grant-ref.ts";

/** Of one process: 36,000 datasources synced an hour. The same one again and again is a backfill, not a theft. */
const CREDENTIALS_A_MINUTE = 600;
const MINUTE_MS = 60_000;

export interface VaultWatchOptions {
  readonly sql: Sql;
  readonly log: SourceLog;
  readonly workerId: string;
  readonly count: (outcome: "opened" | "refused") => void;
  readonly most?: number;
  readonly now?: () => number;
}

export function watchVault({ most = CREDENTIALS_A_MINUTE, now = Date.now, ...options }: VaultWatchOptions): VaultWatch {
  const today = { day: "", audited: new Set<CredentialId>() };
  let minute = { endsAt: 0, credentials: new Set<CredentialId>(), isTold: false };

  function limit(credential: CredentialId): void {
    if (now() >= minute.endsAt) minute = { endsAt: now() + MINUTE_MS, credentials: new Set(), isTold: false };
    if (minute.credentials.has(credential)) return;
    if (minute.credentials.size < most) {
      minute.credentials.add(credential);
      return;
    }
    options.count("refused");
    if (!minute.isTold) options.log.error("vault opened in bulk", { credentials: most, withinMs: MINUTE_MS });
    minute.isTold = true;
    const retryAt = new Date(minute.endsAt).toISOString();
    throw new SourceFailure({ class: "rate_limit", retryAt, code: "vault.limit", said: "" });
  }

  async function audit(grant: GrantRef, credential: CredentialId): Promise<void> {
    const day = new Date(now()).toISOString().slice(0, 10);
    if (day !== today.day) Object.assign(today, { day, audited: new Set() });
    if (today.audited.has(credential)) return;
    await writeOnceADay(options, grant, credential);
    today.audited.add(credential);
  }

  return {
    async opening(grant, credential) {
      limit(credential);
      await audit(grant, credential);
      options.count("opened");
    },
  };
}

const writeOnceADay = ({ sql, workerId }: VaultWatchOptions, grant: GrantRef, credential: CredentialId) =>
  inOrganisation(sql, grant, (tx) =>
    tx.unsafe(
      `select append_audit(jsonb_build_object('kind', 'system', 'name', 'worker'), 'credential.opened', 'credential', $2::text,
         null, null, jsonb_build_object('grant', $3::text, 'worker', $4::text))
       where not exists (select 1 from audit_log where organisation_id = $1 and datasource_id is null
         and verb = 'credential.opened' and object_id = $2::text and at >= date_trunc('day', now(), 'UTC'))`,
      [grant.organisationId, credential, grant.grantId, workerId],
      { prepare: true },
    ),
  );
