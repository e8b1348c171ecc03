// What the operator of an installation does about plans: how many connected apps each holds, and who is on which.
//   DATABASE_URL=<superuser> node server/db/set-plan.ts
//   DATABASE_URL=<superuser> node server/db/set-plan.ts allow growth 15
//   DATABASE_URL=<superuser> node server/db/set-plan.ts put monsoon-and-moss scale
// Without a word it lists. Nothing is deleted by a smaller plan: the plan sweep pauses what came last, and lets it go on
// when there is room again, within the hour.
import { pathToFileURL } from "node:url";
import { parseArgs } from "node:util";
import type { TransactionSql } from "postgres";
import * as v from "valibot";
import { openDatabase, type Database } from "./connection.ts";
import { failureInWords } from "./failures.ts";
import { readVerifyConfig } from "./verify-audit.ts";

export class PlanRefused extends Error {}

export interface PlanLine {
  readonly id: string;
  /** Null is as many as you like. */
  readonly allowance: number | null;
  readonly organisations: number;
}

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
      from plans p left join organisations o on o.plan = p.id group by p.id order by p.rank`),
  ]);

export const allowPlan = (everything: Database, plan: string, allowance: number | null): Promise<void> =>
  operating(everything, async (sql) => {
    const [was] = await sql<{ allowance: number | null }[]>`select allowance from plans where id = ${plan} for update`;
    if (was === undefined) throw new PlanRefused(`there is no plan ${plan}`);
    if (was.allowance === allowance) return;
    await sql`update plans set allowance = ${allowance} where id = ${plan}`;
    const told = await sql<{ id: string }[]>`select id from organisations where plan = ${plan} order by id`;
    for (const { id } of told)
      await tell(sql, id, "organisation.allowanceSet", { allowance: was.allowance }, { plan, allowance });
  });

/** The log is written by its own owner, in the organisation's name; the last thing of a transaction, for it seals at its end. */
async function tell(sql: TransactionSql, organisation: string, verb: string, before: Told, after: Told): Promise<void> {
  await sql`select set_config('row_security', 'on', true), set_config('app.tenant', ${organisation}, true)`;
  await sql`
    select append_audit('{"kind":"system","name":"operator"}', ${verb}, 'organisation', ${organisation},
      before => ${sql.json(before)}, after => ${sql.json(after)})`;
}
type Told = Readonly<Record<string, string | number | null>>;

export const putOnPlan = (everything: Database, slug: string, plan: string): Promise<void> =>
  operating(everything, async (sql) => {
    const [known] = await sql`select id from plans where id = ${plan}`;
    if (known === undefined) throw new PlanRefused(`there is no plan ${plan}`);
    const [was] = await sql<{ id: string; plan: string }[]>`
      select id, plan from organisations where slug = ${slug} for no key update`;
    if (was === undefined) throw new PlanRefused(`there is no organisation ${slug}`);
    if (was.plan === plan) return;
    await sql`update organisations set plan = ${plan} where id = ${was.id}`;
    await tell(sql, was.id, "organisation.planSet", { plan: was.plan }, { plan });
  });

const anyNumber = "any";
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
    v.strictTuple([v.literal("put"), v.string(), v.string()]),
  ],
  `say nothing, "allow <plan> <number|${anyNumber}>" or "put <organisation> <plan>"`,
);

async function main(): Promise<void> {
  const { positionals } = parseArgs({ allowPositionals: true });
  const words = v.parse(asked, positionals);
  const db = openDatabase({ ...readVerifyConfig(process.env), max: 1, name: "headwater set plan" });
  try {
    if (words[0] === "allow") await allowPlan(db, words[1], words[2]);
    if (words[0] === "put") await putOnPlan(db, words[1], words[2]);
    for (const { id, allowance, organisations } of await listPlans(db))
      process.stdout.write(`${id}: ${allowance ?? anyNumber} connected apps, ${organisations} organisations\n`);
  } finally {
    await db.close();
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await main().catch((error: unknown) => {
    process.stderr.write(`set-plan: ${failureInWords(error)}\n`);
    process.exitCode = 1;
  });
}
