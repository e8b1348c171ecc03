// What the catalogue of a real database says, read for the tests that hold it to our rules.
import type { Sql, TransactionSql } from "postgres";

type Query = Sql | TransactionSql;

/** Not about one organisation, each for its reason. Every other table of the schema is a tenant table. */
export const sharedTables: Record<string, string> = {
  users: "a person may belong to several organisations",
  sessions: "a person's",
  sign_in_methods: "a person's",
  verifications: "a person's",
  throttles: "counts by address and account",
  plans: "the price list",
  rate_buckets: "a platform's allowance for one app serves many organisations",
  inbound_webhooks: "its organisation is found only when it is handled",
  processes: "signs of life",
  vault_keys: "names of key pairs",
  mails: "some are about a person alone, before there is an organisation",
  schema_migrations: "which files ran",
  stage_aside: "a stage: COPY is refused where row-level security is on; the API has no grant",
};

/** The tables that the worker's sweeps may read across organisations. */
export const sweptTables = ["accounts", "commands", "cost_feeds", "datasources", "grants", "holds", "outbox", "wishes"];

/** The functions that run with their owner's rights, each reviewed. */
const definerFunctions = [
  "append_audit",
  "end_notices_with_disconnect",
  "end_sample",
  "mail_people",
  "seal_audit_entry",
];

export interface TableFacts {
  name: string;
  kind: string;
  persistence: string;
  owner: string;
  hasRowSecurity: boolean;
  forcesRowSecurity: boolean;
  policies: number;
  key: string[];
  columns: string[];
}

export const tablesOf = (sql: Query) => sql<TableFacts[]>`
  select c.relname as name, c.relkind as kind, c.relpersistence as persistence, pg_get_userbyid(c.relowner) as owner,
    c.relrowsecurity as "hasRowSecurity", c.relforcerowsecurity as "forcesRowSecurity",
    (select count(*)::int from pg_policy p where p.polrelid = c.oid) as policies,
    coalesce((select array_agg(a.attname::text order by k.place) from pg_index i,
      unnest(i.indkey::int[]) with ordinality k (number, place), pg_attribute a
      where i.indrelid = c.oid and i.indisprimary and a.attrelid = c.oid and a.attnum = k.number), '{}') as key,
    (select array_agg(a.attname::text) from pg_attribute a
      where a.attrelid = c.oid and a.attnum > 0 and not a.attisdropped) as columns
  from pg_class c where c.relnamespace = 'public'::regnamespace and c.relkind in ('r', 'p') order by 1`;

/** Every rule broken, in words; an empty list is a sound catalogue. */
export async function faultsOf(sql: Query): Promise<string[]> {
  const checks = [tableFaults, roleFaults, apiSightFaults, sweepFaults, viewFaults, functionFaults, timeFaults];
  const faults: string[] = [];
  for (const check of checks) faults.push(...(await check(sql)));
  return faults.toSorted();
}

async function tableFaults(sql: Query): Promise<string[]> {
  return (await tablesOf(sql)).flatMap((table) => {
    if (table.name in sharedTables) return [];
    const first = table.name === "organisations" ? "id" : "organisation_id";
    return [
      table.hasRowSecurity ? "" : `${table.name} has no row-level security`,
      table.forcesRowSecurity ? "" : `${table.name} does not force row-level security on its owner`,
      table.policies > 0 ? "" : `${table.name} has no policy`,
      table.key[0] === first ? "" : `the primary key of ${table.name} does not begin with the organisation`,
      table.persistence === "p" ? "" : `${table.name} does not survive a crash`,
      table.owner === "headwater_owner" ? "" : `${table.name} belongs to ${table.owner}`,
    ].filter(Boolean);
  });
}

async function roleFaults(sql: Query): Promise<string[]> {
  const rows = await sql<{ fault: string }[]>`
    select format('%s may %s', r.rolname, p.power) as fault
    from pg_roles r, lateral (values ('bypass row-level security', r.rolbypassrls), ('do everything', r.rolsuper),
      ('create roles', r.rolcreaterole), ('create databases', r.rolcreatedb), ('replicate', r.rolreplication),
      ('log in', r.rolcanlogin and r.rolname = 'headwater_owner')) p (power, has)
    where r.rolname like 'headwater\_%' and p.has
    union all
    select format('%s owns %s', pg_get_userbyid(c.relowner), c.relname) from pg_class c
    where pg_get_userbyid(c.relowner) in ('headwater_api', 'headwater_worker')
    union all
    select format('%s is a member of %s', m.member::regrole, m.roleid::regrole) from pg_auth_members m
    where m.member::regrole::text in ('headwater_api', 'headwater_worker')
    union all
    select format('%s may create tables here', r) from unnest(array['headwater_api', 'headwater_worker']) r
    where has_schema_privilege(r, 'public', 'create')`;
  return rows.map((row) => row.fault);
}

/** What no role of the API may see: stages (unlogged or temporary), the inside of the vault. */
async function apiSightFaults(sql: Query): Promise<string[]> {
  const rows = await sql<{ fault: string }[]>`
    select format('the API can read the stage %s', c.relname) as fault from pg_class c
    where c.relkind = 'r' and (c.relpersistence = 'u' or c.relname like 'stage%')
      and has_any_column_privilege('headwater_api', c.oid, 'select')
    union all
    select format('the API can read credentials.%s', a) from unnest(array['sealed', 'wrapped_key', 'key_id']) a
    where has_column_privilege('headwater_api', 'credentials', a, 'select')
    union all
    select format('the API may %s %s', p, t) from unnest(array['update', 'delete', 'truncate', 'insert']) p,
      unnest(array['audit_log', 'runs', 'run_attempts', 'slices', 'checkpoints', 'progress', 'orders',
      'rollups']) t where has_table_privilege('headwater_api', t, p)
    union all
    select format('a worker may %s audit_log', p) from unnest(array['update', 'delete', 'truncate', 'insert']) p
    where has_table_privilege('headwater_worker', 'audit_log', p)
    union all
    select format('a worker can see %s', t) from unnest(array['users', 'sessions', 'sign_in_methods', 'verifications',
      'throttles', 'memberships', 'api_tokens']) t where has_any_column_privilege('headwater_worker', t, 'select')
    union all
    select format('everybody has a privilege on %s', c.relname) from pg_class c, aclexplode(c.relacl) g
    where c.relnamespace = 'public'::regnamespace and g.grantee = 0`;
  return rows.map((row) => row.fault);
}

/** A policy that does not compare with the organisation is one of those named here, or a fault. */
async function sweepFaults(sql: Query): Promise<string[]> {
  const rows = await sql<{ table: string; policy: string; says: string; to: string[]; restrictive: boolean }[]>`
    select tablename as table, policyname as policy, coalesce(qual, with_check) as says, roles::text[] as to,
      permissive = 'RESTRICTIVE' as restrictive
    from pg_policies where schemaname = 'public'`;
  return rows.flatMap((row) => {
    if (row.restrictive || /^\((organisation_id|id) = \(NULLIF\(current_setting\('app\.tenant'/.test(row.says))
      return [];
    const isSweep = row.to.join() === "headwater_worker" && sweptTables.includes(row.table);
    const isPerson = row.to.join() === "headwater_api" && ["memberships", "organisations"].includes(row.table);
    if (isPerson || (row.table === "holds" && row.policy === "everyone")) return [];
    if (isSweep && /^\(NULLIF\(current_setting\('app\.tenant'.*IS NULL\)$/.test(row.says)) return [];
    return [`the policy ${row.policy} of ${row.table} opens it to other organisations`];
  });
}

async function viewFaults(sql: Query): Promise<string[]> {
  const rows = await sql<{ fault: string }[]>`
    select case c.relkind when 'm' then format('the materialised view %s carries no policies', c.relname)
      else format('the view %s runs with its owner''s rights', c.relname) end as fault
    from pg_class c where c.relnamespace = 'public'::regnamespace and (c.relkind = 'm' or (c.relkind = 'v'
      and not coalesce(c.reloptions @> array['security_invoker=true'] or c.reloptions @> array['security_invoker=on'], false)))`;
  return rows.map((row) => row.fault);
}

async function functionFaults(sql: Query): Promise<string[]> {
  const rows = await sql<{ name: string; definer: boolean; path: boolean; open: boolean }[]>`
    select p.proname as name, p.prosecdef as definer,
      exists (select from unnest(p.proconfig) c where c like 'search\_path=%') as path,
      has_function_privilege('public', p.oid, 'execute') as open
    from pg_proc p where p.pronamespace = 'public'::regnamespace`;
  return rows.flatMap((row) => [
    ...(row.definer && !definerFunctions.includes(row.name) ? [`${row.name} runs with its owner's rights`] : []),
    ...(row.path ? [] : [`${row.name} does not fix its search path`]),
    ...(row.open ? [`everybody may call ${row.name}`] : []),
  ]);
}

async function timeFaults(sql: Query): Promise<string[]> {
  const rows = await sql<{ fault: string }[]>`
    select format('%s.%s keeps %s, not milliseconds', table_name, column_name,
      case when data_type = 'timestamp with time zone' then 'microseconds' else data_type end) as fault
    from information_schema.columns where table_schema = 'public' and data_type like 'time%'
      and (data_type <> 'timestamp with time zone' or datetime_precision <> 3)
    union all
    select format('%s.%s is a float', table_name, column_name) from information_schema.columns
    where table_schema = 'public' and data_type in ('real', 'double precision', 'money')`;
  return rows.map((row) => row.fault);
}
