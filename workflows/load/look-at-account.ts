/**
 * What an account says of itself, read again every day: its name, how it stands, what its source wants a person to know; and
 * beside it what the source says of the grant. Days are cut in its zone and amounts stand in its currency, so where one of these has changed, every day that has a number is
 * read again: aside, and swapped in window by window.
 */
import type { AccountFacts, Notice } from "@headwater/connectors/contract.ts";
import type { TransactionSql } from "postgres";
import { askForAllDays } from "./ask-for-days.ts";
import type { DatasourceRef, LoadDeps, RunRef, WorkOptions } from "./contract.ts";
import { outcomeOf } from "./failures.ts";
import { fenced, lockFence } from "./fence.ts";
import { mustStand, openOn } from "./open-run.ts";
import type { WorkOutcome } from "./outcome.ts";
import { inspectGrant, keepGrantFacts } from "../source/inspect-grant.ts";
import type { Standing } from "../source/standing.ts";

type Known = NonNullable<Standing["account"]>;

export async function lookAtAccount(deps: LoadDeps, run: RunRef, options: WorkOptions): Promise<WorkOutcome> {
  const worked = { pages: 0, rows: 0, intentVersion: 0 };
  try {
    const standing = await mustStand(deps, run);
    worked.intentVersion = standing.intent_version;
    const { account } = standing;
    if (account === null || wasJustProven(standing)) return { kind: "done", ...worked };
    const { source } = openOn(deps, run, standing, { signal: options.signal });
    const seen = await source.connector.account.verify(source.session, account.external_id);
    const grant = await inspectGrant(deps, source);
    // Another account under the same login is for VERIFYING to judge, not for this.
    const isSame = seen.account.externalId === account.external_id;
    await fenced(deps.sql, run, [], async (tx) => {
      await lockFence(tx, run);
      if (isSame) await keepFacts(tx, run, account, seen);
      if (grant !== null) await keepGrantFacts(tx, run, standing, grant);
      await source.calls.write(tx, run);
    });
    return { kind: "done", ...worked };
  } catch (error) {
    return outcomeOf(error, worked);
  }
}

/** Whoever connected or authorized today has just heard it. */
const wasJustProven = ({ grant, database_now: now }: Standing): boolean =>
  grant?.verified_at != null && now.getTime() - Date.parse(grant.verified_at) < LATELY_MS;

const LATELY_MS = 12 * 3_600_000;

type Seen = { readonly account: AccountFacts; readonly notices: readonly Notice[] };

async function keepFacts(tx: TransactionSql, ref: DatasourceRef, known: Known, { account, notices }: Seen) {
  await tx.unsafe(
    `update accounts as a set name = $3, domain = $4, currency = coalesce($5, a.currency), zone = coalesce($6, a.zone),
       details = a.details || $7::jsonb || jsonb_build_object('notices', $8::jsonb)
     from datasources as d where d.organisation_id = $1 and d.id = $2 and a.organisation_id = $1 and a.id = d.account_id
       and (a.name, a.domain, a.currency, a.zone, a.details) is distinct from ($3, $4, coalesce($5, a.currency), coalesce($6, a.zone),
         a.details || $7::jsonb || jsonb_build_object('notices', $8::jsonb))`,
    [
      ref.organisationId,
      ref.datasourceId,
      account.name,
      account.domain,
      account.currency,
      account.zone,
      { ...account.details },
      notices,
    ],
  );
  await tellNotices(tx, ref, notices);
  await readAgainWhereDaysDiffer(tx, ref, known, account);
}

/** In the timeline once, for as long as they stay the same. */
async function tellNotices(tx: TransactionSql, ref: DatasourceRef, notices: readonly Notice[]): Promise<void> {
  await tx.unsafe(
    `select append_audit('{"kind":"system","name":"engine"}', 'sourceNoticed', 'datasource', $2::uuid::text, $2::uuid, null,
       jsonb_build_object('notices', $3::jsonb))
     where $3::jsonb is distinct from coalesce((select after->'notices' from audit_log where organisation_id = $1 and datasource_id = $2
       and verb = 'sourceNoticed' and not after ? 'stream' order by n desc limit 1), '[]')`,
    [ref.organisationId, ref.datasourceId, notices],
  );
}

/** Nothing where the source only spells the same zone in another way. */
export async function readAgainWhereDaysDiffer(
  tx: TransactionSql,
  ref: Pick<DatasourceRef, "organisationId" | "datasourceId">,
  known: Pick<Known, "zone" | "currency">,
  seen: Pick<AccountFacts, "zone" | "currency">,
): Promise<void> {
  const isOther = {
    zone: seen.zone !== null && canonical(seen.zone) !== canonical(known.zone ?? "UTC"),
    currency: seen.currency !== null && known.currency !== null && seen.currency !== known.currency,
  };
  if (!isOther.zone && !isOther.currency) return;
  const kind = isOther.zone && isOther.currency ? "both" : isOther.zone ? "zone" : "currency";
  await askForAllDays(tx, ref, {
    before: { zone: known.zone, currency: known.currency },
    after: { kind, zone: seen.zone, currency: seen.currency },
  });
}

function canonical(zone: string): string {
  try {
    return new Intl.DateTimeFormat("en", { timeZone: zone }).resolvedOptions().timeZone;
  } catch {
    return zone; // unknown here: taken as it is spelled
  }
}
