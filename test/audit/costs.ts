// The auditor of costs: every row, every figure of a day and the control totals beside the ledger that the sandbox keeps.
import type { Sql } from "postgres";
import { compareKeyed, keyed, readTold } from "./keyed.ts";
import { amount, figureOf, toldFigures } from "./figures.ts";
import type { Figure, HeldFigure } from "./figures.ts";

export interface CostsAudit {
  readonly sandboxUrl: string;
  /** With the owner's eyes. */
  readonly sql: Sql;
  readonly datasourceId: string;
  /** Of the sandbox: `ledger.csv`. */
  readonly ledger: string;
}

export interface CostsReport {
  readonly findings: readonly string[];
  readonly rows: number;
  readonly figures: number;
}

interface ToldCost {
  readonly id: string;
  readonly first: string;
  readonly last: string | null;
  readonly type: string;
  readonly amount: string;
  readonly currency: string;
  readonly recurrence: string;
  readonly isAdSpend: boolean;
}

interface Total {
  readonly costType: string;
  readonly currency: string;
  readonly count: number;
  readonly amount: string;
}

export interface Control {
  readonly day: string;
  /** Lines of the file. */
  readonly rows: number;
  /** Of all of its lines, and of what stands once it is taken. */
  readonly file: readonly Total[];
  readonly stands: readonly Total[];
}

const sorted = (totals: readonly Total[]): string[] =>
  totals.map((each) => `${each.costType} ${each.currency} ${each.count} ${amount(each.amount)}`).toSorted();

export async function auditCosts({ sandboxUrl, sql, datasourceId, ledger }: CostsAudit): Promise<CostsReport> {
  const findings: string[] = [];
  const desk = `${sandboxUrl}/_desk/custom-costs`;
  const control = await readTold<Control>(`${desk}/control/${ledger}`);
  const told = keyed(
    (await readTold<ToldCost[]>(`${desk}/rows/${ledger}`)).map((cost) => [cost.id, saidOf(cost)]),
    findings,
  );
  compareKeyed(told, keyed(await heldRows(sql, datasourceId), findings), "row", findings);
  const figures = await toldFigures(`${desk}/figures/${ledger}`);
  const held = await heldFigures(sql, datasourceId, control.day);
  compareKeyed(keyed(figures, findings), keyed(held, findings), "figure", findings);
  const [ours, theirs] = [await standing(sql, datasourceId), sorted(control.stands)];
  if (ours.join() !== theirs.join())
    findings.push(`control totals: the ledger says ${theirs.join(", ")}; we say ${ours.join(", ")}`);
  return { findings, rows: told.size, figures: figures.length };
}

function saidOf({ first, last, type, amount: value, currency, recurrence, isAdSpend }: ToldCost): string {
  // A cost of one day ends on it.
  const end = last ?? (recurrence === "none" ? first : "-");
  return [first, end, type, amount(value), currency, recurrence, isAdSpend].join(" ");
}

async function heldRows(sql: Sql, datasourceId: string): Promise<[string, string][]> {
  const rows = await sql<(Omit<ToldCost, "id"> & { id: string | null })[]>`
    select cost_id as id, start_day::text as first, end_day::text as last, cost_type as type, amount::text as amount, currency, recurrence,
      is_ad_spend as "isAdSpend" from costs where datasource_id = ${datasourceId}`;
  return rows.map((row) => [row.id ?? "", saidOf({ ...row, id: row.id ?? "" })]);
}

async function heldFigures(sql: Sql, datasourceId: string, until: string): Promise<Figure[]> {
  const rows = await sql<HeldFigure[]>`
    select r.metric, r.day::text as day, r.currency, r.value::text as value from cost_rollups r
      join datasources d on d.organisation_id = r.organisation_id and d.account_id = r.account_id
    where d.id = ${datasourceId} and r.day <= ${until}::date`;
  return rows.map(figureOf);
}

/** What a reader sees at one moment, by type and currency. */
async function standing(sql: Sql, datasourceId: string): Promise<string[]> {
  const rows = await sql<Total[]>`
    select cost_type as "costType", currency, count(*)::int as count, sum(amount)::text as amount
    from costs where datasource_id = ${datasourceId} group by 1, 2`;
  return sorted(rows);
}

interface Book {
  readonly version: number | null;
  readonly sha256: string | null;
  readonly rows: number;
  /** Of what the file brings; beside it what stands in it, where that is more. */
  readonly totals: readonly (Total & { readonly inFile?: Pick<Total, "count" | "amount"> })[];
  readonly stands: readonly Total[] | null;
}

export interface StandingFile {
  /** Null where no file counts yet, and then no row may. */
  readonly version: number | null;
  readonly findings: readonly string[];
}

/** Whole or absent: what counts at this moment is one committed file, all of it, to the last row. */
export async function auditStandingFile(options: CostsAudit): Promise<StandingFile> {
  const { sandboxUrl, sql, datasourceId, ledger } = options;
  // One statement, one snapshot: files may be committed meanwhile.
  const [book] = await sql<[Book?]>`
    select u.version, u.sha256, (u.counts->>'rows')::int as rows, u.totals, (
        select json_agg(t) from (select cost_type as "costType", currency, count(*)::int as count, sum(amount)::text as amount
          from costs where datasource_id = ${datasourceId} group by 1, 2) as t) as stands
    from (select coalesce((select head from cost_books where datasource_id = ${datasourceId}), 0) as head) as b
      left join uploads as u on u.datasource_id = ${datasourceId} and u.version = b.head and u.state = 'committed'`;
  const held = sorted(book?.stands ?? []).join();
  if (book?.sha256 == null)
    return { version: null, findings: held === "" ? [] : [`no file counts, and yet there are costs: ${held}`] };
  const control = await readTold<Control>(`${sandboxUrl}/_desk/custom-costs/control/${ledger}?sha256=${book.sha256}`);
  const pairs = [
    ["is not whole", held, sorted(control.stands).join()],
    [
      "was read wrongly",
      `${book.rows} ${sorted(book.totals.map(({ inFile, ...total }) => ({ ...total, ...inFile }))).join()}`,
      `${control.rows} ${sorted(control.file).join()}`,
    ],
    ["brings", sorted(book.totals.filter(({ count }) => count > 0)).join(), sorted(control.stands).join()],
  ] as const;
  const findings = pairs.filter(([, ours, theirs]) => ours !== theirs);
  return {
    version: book.version,
    findings: findings.map(([what, ours, theirs]) => `version ${book.version} ${what}: ${ours}\nthe file: ${theirs}`),
  };
}
