// What the operator of an installation does about plans: how many connected apps each holds, and who is on which.
//   DATABASE_URL=<superuser> node server/db/set-plan.ts
//   DATABASE_URL=<superuser> node server/db/set-plan.ts allow growth 15
//   DATABASE_URL=<superuser> node server/db/set-plan.ts put monsoon-and-moss scale
//   DATABASE_URL=<superuser> node server/db/set-plan.ts put monsoon-and-moss free <datasource> <datasource>
//   DATABASE_URL=<superuser> node server/db/set-plan.ts put monsoon-and-moss free ask
// Without a word it lists. A plan with room for less than is in use asks which connected apps pause: name them, or let the
// owner be asked. Nothing is deleted: what is named pauses at once; where nobody has chosen, the plan sweep pauses what was
// connected last within the hour. It lets them go on when there is room again.
import { parseArgs } from "node:util";
import type { TransactionSql } from "postgres";
import * as v from "valibot";
import type { Database } from "./connection.ts";
import { runCommand, withDatabase } from "./operator.ts";

export class PlanRefused extends Error {}

export interface PlanLine {
  readonly id: string;
  /** Null is as many as you like. */
  readonly allowance: number | null;
  readonly organisations: number;
}

/** A sample brand is on no plan: it holds no slot, and its row stays for its log alone once it is removed. */
const IS_OWN = "o.sample_until is null";

/** `everything` is a database opened by a superuser: a role of the product sees the organisation that it names alone. */
const operating = <T>(everything: Database, work: (sql: TransactionSql) => Promise<T>) =>
  everything.sql.begin(async (sql) => {
    await sql`set local row_security = off`;
    return work(sql);
  });

export const listPlans = (everything: Database): Promise<PlanLine[]> =>
  operating(everything, async (sql) => [
    ...(await sql<PlanLine[]>`
      select p.id, p.allowance, count(o.id)::int as organisations
      from plans p left join organisations o on o.plan = p.id and ${sql.unsafe(IS_OWN)} group by p.id order by p.rank`),
  ]);

/** Gives how many organisations have more connected apps than that. */
export const allowPlan = (everything: Database, plan: string, allowance: number | null): Promise<number> =>
  operating(everything, async (sql) => {
    const [was] = await sql<{ allowance: number | null }[]>`select allowance from plans where id = ${plan} for update`;
    if (was === undefined) throw new PlanRefused(`there is no plan ${plan}`);
    if (was.allowance === allowance) return 0;
    await sql`update plans set allowance = ${allowance} where id = ${plan}`;
    const told = await sql<{ id: string }[]>`
      select o.id from organisations o where o.plan = ${plan} and ${sql.unsafe(IS_OWN)} order by o.id`;
    const over = [];
    for (const { id } of told) if ((await readHeld(sql, id)).length > (allowance ?? Infinity)) over.push(id);
    for (const { id } of told)
      await tell(sql, id, {
        verb: "organisation.allowanceSet",
        before: { allowance: was.allowance },
        after: { plan, allowance },
      });
    for (const id of over) await askOwner(sql, id, allowance ?? 0);
    return over.length;
  });

export interface Held {
  readonly id: string;
  readonly name: string;
  readonly platform: string;
  readonly lastSuccessAt: Date | null;
}

const OPERATOR = JSON.stringify({ kind: "system", name: "operator" });

/** What holds a slot, longest first. */
const readHeld = (sql: TransactionSql, organisation: string) => sql<Held[]>`
  select d.id, d.name, d.platform, d.last_success_at as "lastSuccessAt"
  from slots s join datasources d on d.organisation_id = s.organisation_id and d.id = s.datasource_id
  where s.organisation_id = ${organisation} order by s.since, s.datasource_id`;

/** Too little was said about what pauses: what could. */
export class PauseUnnamed extends PlanRefused {
  constructor(held: readonly Held[], allowance: number) {
    const lines = held.map(
      ({ id, name, platform, lastSuccessAt }) =>
        `  ${id} ${platform} ${name}, last synced ${lastSuccessAt?.toISOString() ?? "never"}`,
    );
    super(
      [
        `it has room for ${allowance} of the ${held.length} connected apps: name ${held.length - allowance} that pause, or say "ask"`,
        ...lines,
      ].join("\n"),
    );
  }
}

/** Whoever manages it is told where to choose; until then the sweep's own order holds. */
async function askOwner(sql: TransactionSql, organisation: string, allowance: number): Promise<void> {
  await sql`select set_config('row_security', 'on', true), set_config('app.tenant', ${organisation}, true)`;
  await sql`
    select mail_people('planSmaller', jsonb_build_object('organisation', o.name, 'allowance', ${allowance}::int,
        'page', '/' || o.slug || '/settings/plan',
        'used', (select count(*) from slots s where s.organisation_id = o.id)), 'plan ' || now())
    from organisations o where o.id = ${organisation}`;
}

/** The log is written by its own owner, in the organisation's name; the last thing of a transaction, for it seals at its end. */
async function tell(sql: TransactionSql, organisation: string, { verb, before, after }: Told): Promise<void> {
  await sql`select set_config('row_security', 'on', true), set_config('app.tenant', ${organisation}, true)`;
  await sql`
    select append_audit(${OPERATOR}::text::jsonb, ${verb}, 'organisation', ${organisation},
      before => ${sql.json(before)}, after => ${sql.json(after)})`;
}
interface Told {
  readonly verb: string;
  readonly before: Facts;
  readonly after: Facts;
}
type Facts = Readonly<Record<string, string | number | null>>;

/** `pause`: what pauses where the plan has room for less than is in use, or "ask": then the owner chooses. */
export const putOnPlan = (
  everything: Database,
  slug: string,
  plan: string,
  pause: readonly string[] | typeof ASK = [],
): Promise<void> =>
  operating(everything, async (sql) => {
    const [known] = await sql<{ allowance: number | null }[]>`select allowance from plans where id = ${plan}`;
    if (known === undefined) throw new PlanRefused(`there is no plan ${plan}`);
    const [was] = await sql<{ id: string; plan: string }[]>`
      select id, plan from organisations where slug = ${slug} for no key update`;
    if (was === undefined) throw new PlanRefused(`there is no organisation ${slug}`);
    const held = await readHeld(sql, was.id);
    const allowance = known.allowance ?? Infinity;
    const isOver = held.length > allowance;
    const named = pause === ASK ? [] : pause;
    const strange = named.find((id) => !held.some((one) => one.id === id));
    if (strange !== undefined) throw new PlanRefused(`${strange} holds no slot of ${slug}`);
    if (isOver && pause !== ASK && held.length - new Set(named).size > allowance)
      throw new PauseUnnamed(held, allowance);
    if (isOver && named.length > 0) await pauseNamed(sql, was.id, named);
    const isNews = was.plan !== plan;
    if (isNews) await sql`update organisations set plan = ${plan} where id = ${was.id}`;
    // Whoever asked for another plan has one.
    if (isNews)
      await sql`
        update notices set resolved_at = now() where organisation_id = ${was.id} and kind = 'requested'
          and detail->>'about' = 'changePlan' and resolved_at is null`;
    if (isNews) await tell(sql, was.id, { verb: "organisation.planSet", before: { plan: was.plan }, after: { plan } });
    if (isOver && pause === ASK) await askOwner(sql, was.id, allowance);
  });

/** These and no others; the sweep leaves what is chosen as it is. */
async function pauseNamed(sql: TransactionSql, organisation: string, ids: readonly string[]): Promise<void> {
  await sql`select set_config('row_security', 'on', true), set_config('app.tenant', ${organisation}, true)`;
  const standing = sql`organisation_id = ${organisation} and reason = 'plan' and released_at is null`;
  const released = await sql<Changed[]>`
    update holds set released_at = now() where ${standing} and datasource_id not in ${sql(ids)} returning datasource_id as id`;
  const placed = await sql<Changed[]>`
    insert into holds (organisation_id, scope, datasource_id, reason, by)
    select ${organisation}, 'source', id, 'plan', ${OPERATOR}::text::jsonb
    from (select distinct unnest(${[...ids]}::uuid[]) as id) named
    where id not in (select datasource_id from holds where ${standing}) order by id
    returning datasource_id as id`;
  for (const { id } of released) await tellOfHold(sql, organisation, "holdReleased", id);
  for (const { id } of placed) await tellOfHold(sql, organisation, "holdPlaced", id);
}
interface Changed {
  readonly id: string;
}

/** Its workflow is rung by the outbox. */
async function tellOfHold(sql: TransactionSql, organisation: string, verb: string, id: string): Promise<void> {
  await sql`
    with rung as (update datasources set intent_version = intent_version + 1
      where organisation_id = ${organisation} and id = ${id} returning organisation_id, id, intent_version)
    insert into outbox (organisation_id, datasource_id, intent_version)
    select organisation_id, id, intent_version from rung`;
  await sql`
    select append_audit(${OPERATOR}::text::jsonb, ${verb}, 'datasource', ${id}::text, ${id}::uuid, null, '{"reason":"plan"}'::jsonb),
      announce_change(${id}::uuid)`;
}

const anyNumber = "any";
const ASK = "ask";
const allowanceShape = v.union(
  [
    v.pipe(
      v.literal(anyNumber),
      v.transform(() => null),
    ),
    v.pipe(v.string(), v.regex(/^\d{1,6}$/u), v.transform(Number)),
  ],
  `how many: a whole number, or ${anyNumber}`,
);

const asked = v.union(
  [
    v.strictTuple([]),
    v.strictTuple([v.literal("allow"), v.string(), allowanceShape]),
    v.strictTuple([v.literal("put"), v.string(), v.string(), v.literal(ASK)]),
    v.tupleWithRest([v.literal("put"), v.string(), v.string()], v.pipe(v.string(), v.uuid())),
  ],
  `say nothing, "allow <plan> <number|${anyNumber}>" or "put <organisation> <plan> [${ASK}|<datasource>...]"`,
);

async function main(): Promise<void> {
  const words = v.parse(asked, parseArgs({ allowPositionals: true }).positionals);
  await withDatabase("set plan", async (everything) => {
    if (words[0] === "put") await putOnPlan(everything, words[1], words[2], words[3] === ASK ? ASK : words.slice(3));
    const over = words[0] === "allow" ? await allowPlan(everything, words[1], words[2]) : 0;
    if (over > 0)
      process.stdout.write(
        `${over} organisations have more: each is asked, and what was connected last pauses until then\n`,
      );
    for (const { id, allowance, organisations } of await listPlans(everything))
      process.stdout.write(`${id}: ${allowance ?? anyNumber} connected apps, ${organisations} organisations\n`);
  });
}

if (import.meta.main) await runCommand("set-plan", main);
