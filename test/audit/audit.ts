// The ledger auditor: reads what the sandbox served and what Headwater holds, and says where they part.
// Lost 0, doubled 0, older over newer 0, money equal to the cent, rollups per day equal the shop's own figures.
import postgres from "postgres";
import { compareRecords, compareRollups, moneyOf, type Finding } from "./compare.ts";
import { auditedKinds } from "./facts.ts";
import { findAccounts, readHeld } from "./held.ts";
import { readFigures, readTold, type Basis } from "./told.ts";

export interface AuditOptions {
  readonly sandboxUrl: string;
  readonly databaseUrl: string;
  readonly shop: string;
  /** `served`: the ledger so far. `truth`: the shop as it stands, once nothing moves any more. */
  readonly basis?: Basis;
  readonly mustFollowDeletes?: boolean;
  readonly organisationId?: string;
  /** Rollups move only with a finished sync; off while one is under way. */
  readonly hasRollups?: boolean;
}

export interface AuditReport {
  readonly shop: string;
  readonly findings: readonly Finding[];
  readonly counts: Readonly<Record<Finding["what"], number>>;
  readonly served: number;
  readonly held: number;
  readonly money: {
    readonly served: Readonly<Record<string, string>>;
    readonly held: Readonly<Record<string, string>>;
  };
}

function count(findings: readonly Finding[]): AuditReport["counts"] {
  const counts = { lost: 0, doubled: 0, stale: 0, ahead: 0, wrong: 0, "kept though deleted": 0, rollup: 0 };
  for (const finding of findings) counts[finding.what] += 1;
  return counts;
}

async function isTaxIncluded(sql: postgres.Sql, shop: string): Promise<boolean> {
  const rows =
    await sql`select o.taxes_included from orders o join accounts a on a.id = o.account_id where a.domain = ${shop} limit 1`;
  return rows[0]?.["taxes_included"] === true;
}

export async function audit(options: AuditOptions): Promise<AuditReport> {
  const { sandboxUrl, databaseUrl, shop, basis = "served", mustFollowDeletes = false, hasRollups = true } = options;
  const sql = postgres(databaseUrl, { max: 1, onnotice: () => undefined });
  try {
    const accounts = (await findAccounts(sql, shop)).filter(
      (each) => options.organisationId === undefined || each.organisationId === options.organisationId,
    );
    const [account] = accounts;
    if (!account) throw new Error(`Headwater holds no account ${shop}`);
    if (accounts.length > 1) throw new Error(`${shop} stands under ${accounts.length} organisations: say which`);
    const held = await readHeld(sql, account, auditedKinds);
    const told = await readTold(sandboxUrl, shop, basis, await isTaxIncluded(sql, shop));
    const findings = compareRecords(told.facts, held.facts, { mustFollowDeletes, basis });
    for (const key of held.twice) findings.push({ what: "doubled", key, detail: "one source record under two ids" });
    if (hasRollups) {
      const dropped = (basis === "truth" ? [] : [...told.deleted]).filter(
        (id) => held.facts.get(`orders ${id}`)?.isDeleted ?? true,
      );
      findings.push(...compareRollups(await readFigures(sandboxUrl, shop, basis, dropped), held.rollups));
    }
    const living = [...held.facts.values()].filter((fact) => !fact.isDeleted).length;
    const money = { served: moneyOf(told.facts), held: moneyOf(held.facts) };
    return { shop, findings, counts: count(findings), served: told.facts.size, held: living, money };
  } finally {
    await sql.end();
  }
}

/** A report a person can act on: the counts, and the first findings of each sort. */
export function reportInWords(report: AuditReport): string {
  const counts = Object.entries(report.counts).map(([what, n]) => `${what} ${n}`);
  const kinds = new Set(report.findings.map((finding) => finding.what));
  const samples = [...kinds].flatMap((what) => report.findings.filter((finding) => finding.what === what).slice(0, 5));
  return [
    `${report.shop}: ${report.served} records served, ${report.held} held; ${counts.join(", ")}`,
    ...samples.map((finding) => `  ${finding.what}: ${finding.key} (${finding.detail})`),
  ].join("\n");
}
