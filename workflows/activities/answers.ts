/**
 * Who ends a command, of each kind: nobody is left without a word. What work has not ended a day later, while its source is
 * worked on and nothing of that is for it, nobody would end any more: it is said then.
 */
import { inTenant, organisationId } from "@headwater/db";
import type { TenantTransaction } from "@headwater/db";
import { commandKinds } from "@headwater/db/schema/values.ts";
import type { CommandKind } from "@headwater/db/schema/values.ts";
import type { SweepResult } from "./contract.ts";
import type { SweepDeps } from "./deps.ts";
import { announce } from "./writing.ts";

/**
 * `reading`: its facts are in the row, and with them it is applied. `plan`: read, it moves days to the front. The others are
 * ended by work: the run that it asks for, the child that reads windows, the look at a credential that came, the import of a
 * file, the switch to what takes the source's place.
 */
const ANSWERED_BY = {
  chooseAccount: "reading",
  cancelConnect: "reading",
  pause: "reading",
  resume: "reading",
  setCadence: "reading",
  setQuietHours: "reading",
  setQuotaCeiling: "reading",
  disconnect: "reading",
  undoDisconnect: "reading",
  deleteData: "reading",
  rename: "reading",
  bringForward: "plan",
  syncNow: "run",
  checkNow: "run",
  resync: "child",
  extendHistory: "child",
  reauthorized: "look",
  upload: "import",
  replace: "switch",
} as const satisfies Record<CommandKind, string>;

type Answerer = (typeof ANSWERED_BY)[CommandKind];

export const answeredBy = (...those: Answerer[]): CommandKind[] =>
  commandKinds.filter((kind) => those.includes(ANSWERED_BY[kind]));

const CHILD_AT_WORK = `exists (select from runs r where r.organisation_id = c.organisation_id and r.datasource_id = c.datasource_id
  and r.kind in ('backfill', 'resync') and r.finished_at is null)`;

/** What is still at work on a command `c` of a datasource `d`, or will be. Days that count otherwise wait as long as it takes. */
const AT_WORK: Readonly<Record<Exclude<Answerer, "reading" | "plan">, string>> = {
  run: `exists (select from runs r where r.organisation_id = c.organisation_id and r.datasource_id = c.datasource_id
    and r.kind = case c.kind when 'syncNow' then 'sync' else 'spotCheck' end and r.finished_at is null)`,
  child: `${CHILD_AT_WORK} or c.args ?| '{choice,because}'`,
  look: `exists (select from grants g where g.organisation_id = d.organisation_id and g.id = d.grant_id
    and g.candidate_credential_id is not null)`,
  import: `exists (select from uploads u where u.organisation_id = c.organisation_id and u.id::text = c.args->>'upload'
    and u.asked is not null)`,
  switch: `exists (select from datasources n where n.organisation_id = c.organisation_id and n.id::text = c.args->>'replacement'
    and n.counts_from is null and n.phase <> 'END')`,
};

const IS_LEFT = `c.state = 'accepted' and d.last_attempt_at > c.created_at + interval '1 day'`;

export async function endUnanswered(deps: Pick<SweepDeps, "db">): Promise<SweepResult> {
  const left = await inTenant(
    deps.db,
    null,
    (tx) => tx.sql<{ id: string }[]>`
      select distinct c.organisation_id as id from commands c
      join datasources d on d.organisation_id = c.organisation_id and d.id = c.datasource_id
      where ${tx.sql.unsafe(IS_LEFT)} and c.kind <> all(${answeredBy("reading", "plan")}::text[])`,
  );
  let acted = 0;
  for (const { id } of left) acted += await inTenant(deps.db, organisationId(id), endOfOne);
  return { looked: left.length, acted };
}

async function endOfOne(tx: TenantTransaction): Promise<number> {
  let acted = 0;
  for (const [by, isAtWork] of Object.entries(AT_WORK)) {
    const kinds = commandKinds.filter((kind) => ANSWERED_BY[kind] === by);
    const ended = await tx.sql<{ datasource: string }[]>`
      update commands c set state = 'failed', settled_at = now(), outcome = '{"code":"unanswered"}'
      from datasources d
      where d.organisation_id = c.organisation_id and d.id = c.datasource_id and c.kind = any(${kinds}::text[])
        and ${tx.sql.unsafe(IS_LEFT)} and not (${tx.sql.unsafe(isAtWork)})
      returning d.id as datasource`;
    for (const { datasource } of ended) await announce(tx, datasource);
    acted += ended.length;
  }
  return acted;
}
