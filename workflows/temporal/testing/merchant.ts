/** What the API does in its one transaction, by the seam of the commands: the person's side of a test. */
import { randomUUID } from "node:crypto";
import postgres from "postgres";
import type { Sql } from "postgres";
import type { Ringer, RingTarget } from "../../client.ts";
import type { CommandKind } from "../../lifecycle/actions.ts";

export interface Merchant {
  readonly sql: Sql;
  readonly organisationId: string;
  /** The click on Connect. */
  connect(options?: {
    readonly forMs?: number;
    readonly platform?: string;
    /** Borrows that one's slot. */
    readonly replaces?: RingTarget;
  }): Promise<RingTarget>;
  /** The consent screen sends the person back. */
  comeBack(target: RingTarget): Promise<"sealed" | "too late">;
  /** Returns the command's id. `ring: false`: the API died between its commit and its ring. */
  command(
    target: RingTarget,
    kind: CommandKind,
    change?: string,
    options?: { readonly ring?: boolean; readonly args?: Readonly<Record<string, string>> },
  ): Promise<string>;
  row(target: RingTarget): Promise<Row | undefined>;
  close(): Promise<void>;
}

export interface Row {
  readonly phase: string;
  readonly auth: string;
  readonly backfill: string;
  readonly seq: number;
  readonly generation: number;
  readonly lastSuccessAt: Date | null;
}

/** What each command changes, as SQL on the row. */
const CHANGES: Partial<Record<CommandKind, string>> = {
  pause: "user_paused_at = now()",
  resume: "user_paused_at = null, user_paused_until = null",
  cancelConnect: "authorizing_until = now()",
  disconnect: "disconnected_at = now(), undo_until = now() + interval '2 seconds', generation = generation + 1",
  deleteData: "delete_data = true, undo_until = now(), generation = generation + 1",
  undoDisconnect: `disconnected_at = null, undo_until = null, generation = generation + 1,
    auth = 'revoked', auth_reason = '{"code":"disconnectUndone"}', auth_since = clock_timestamp()`,
};

export async function newMerchant(ownerUrl: string, ringer: Ringer): Promise<Merchant> {
  const sql = postgres(ownerUrl, { max: 4, onnotice: () => {} });
  const organisationId = randomUUID();
  await sql`insert into organisations (id, slug, name, zone, currency, plan)
    values (${organisationId}, ${organisationId}, 'Test', 'Asia/Kolkata', 'INR', 'growth')`;

  const merchant: Merchant = {
    sql,
    organisationId,
    async connect({ forMs = 600_000, platform = "shopify", replaces } = {}) {
      const datasourceId = randomUUID();
      const grantId = randomUUID();
      await sql.begin(async (tx) => {
        await tx`insert into grants (organisation_id, id, platform, login_key)
          values (${organisationId}, ${grantId}, ${platform}, ${datasourceId})`;
        await tx`insert into datasources (organisation_id, id, platform, name, grant_id, authorizing_until, replaces)
          values (${organisationId}, ${datasourceId}, ${platform}, 'Test shop', ${grantId},
            now() + ${forMs}::float8 * interval '1 millisecond', ${replaces?.datasourceId ?? null})`;
        if (replaces === undefined)
          await tx`insert into slots (organisation_id, datasource_id) values (${organisationId}, ${datasourceId})`;
      });
      await ringer.ring({ organisationId, datasourceId }, 0);
      return { organisationId, datasourceId };
    },
    async comeBack(target) {
      const sealed = await sql.begin(async (tx) => {
        const [row] = await tx<{ version: number; grantId: string }[]>`
          update datasources set intent_version = intent_version + 1 where organisation_id = ${organisationId} and id = ${target.datasourceId}
          returning intent_version as version, grant_id as "grantId"`;
        if (row === undefined) return null;
        const [credential] = await tx<{ id: string }[]>`
          insert into credentials (organisation_id, grant_id, version, key_id, sealed, wrapped_key)
          values (${organisationId}, ${row.grantId}, 1, 'test', '\\x00', '\\x00')
          returning id`;
        await tx`update grants set candidate_credential_id = ${credential?.id ?? null} where organisation_id = ${organisationId} and id = ${row.grantId}`;
        return row.version;
      });
      if (sealed === null) return "too late";
      await ringer.ring(target, sealed);
      return "sealed";
    },
    async command(target, kind, change = CHANGES[kind] ?? "", options = {}) {
      const id = randomUUID();
      const version = await sql.begin(async (tx) => {
        const also = change === "" ? "" : `, ${change}`;
        const [row] = await tx.unsafe<{ version: number }[]>(
          `update datasources set intent_version = intent_version + 1${also} where organisation_id = $2 and id = $1
            returning intent_version as version`,
          [target.datasourceId, organisationId],
        );
        if (kind === "disconnect")
          await tx`delete from slots where organisation_id = ${organisationId} and datasource_id = ${target.datasourceId}`;
        const at = row?.version ?? 0;
        await tx`insert into commands (organisation_id, id, datasource_id, kind, args, args_hash, idempotency_key, actor, intent_version)
          values (${organisationId}, ${id}, ${target.datasourceId}, ${kind}, ${JSON.stringify(options.args ?? {})}::text::jsonb, '', ${id}, '{}', ${at})`;
        await tx`insert into outbox (organisation_id, datasource_id, intent_version)
          values (${organisationId}, ${target.datasourceId}, ${at})`;
        return at;
      });
      if (options.ring !== false) await ringer.ring(target, version);
      return id;
    },
    async row({ datasourceId }) {
      const [row] = await sql<Row[]>`select phase, auth, backfill, seq, generation, last_success_at as "lastSuccessAt"
        from datasources where id = ${datasourceId}`;
      return row;
    },
    close: () => sql.end({ timeout: 5 }),
  };
  return merchant;
}
