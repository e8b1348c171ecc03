// The migrations make the database and the schema files describe it to TypeScript: here the two are held equal.
import { getTableName, is } from "drizzle-orm";
import { getTableConfig, PgTable } from "drizzle-orm/pg-core";
import { expect, test } from "vitest";
import { tablesOf } from "./testing/catalogue.ts";
import * as schema from "./schema/tables.ts";
import * as values from "./schema/values.ts";
import { ownDatabase } from "./testing/own-database.ts";

const made = ownDatabase();

const tables = Object.values(schema).filter((value) => is(value, PgTable));
const withoutSchemaFile = ["schema_migrations", "stage_aside"];

/** As both sides say it: `"id" uuid not null default`. */
const column = (name: string, type: string, isRequired: boolean, hasDefault: boolean) =>
  [name, type, isRequired ? "not null" : "", hasDefault ? "default" : ""].filter(Boolean).join(" ");

test("every table has a schema file", async () => {
  const inDatabase = (await tablesOf(made.owner.sql)).map((table) => table.name);
  expect(tables.map(getTableName).toSorted()).toEqual(inDatabase.filter((name) => !withoutSchemaFile.includes(name)));
});

test.each(tables.map((table) => [getTableName(table), table] as const))(
  "%s is as its schema file says",
  async (name, table) => {
    const config = getTableConfig(table);
    const described = config.columns.map((c) => {
      const type = c.getSQLType().replace(/^timestamp \((\d)\) with time zone$/, "timestamp($1) with time zone");
      const hasDefault = c.hasDefault || c.generatedIdentity !== undefined || c.generated !== undefined;
      const list = c.dimensions ? "[]" : "";
      return column(c.name, type.replace(/^char\((\d)\)$/, "character($1)") + list, c.notNull || c.primary, hasDefault);
    });
    const rows = await made.owner.sql<{ name: string; type: string; required: boolean; has_default: boolean }[]>`
    select a.attname as name, format_type(a.atttypid, a.atttypmod) as type, a.attnotnull as required,
      a.atthasdef or a.attidentity <> '' as has_default
    from pg_attribute a where a.attrelid = ${name}::regclass and a.attnum > 0 and not a.attisdropped`;
    const found = rows.map((row) => column(row.name, row.type, row.required, row.has_default));
    expect(described.toSorted()).toEqual(found.toSorted());
  },
);

test.each(tables.map((table) => [getTableName(table), table] as const))(
  "%s has the keys and indexes it names",
  async (name, table) => {
    const config = getTableConfig(table);
    const described = [
      ...config.indexes.map((index) => index.config.name ?? "unnamed"),
      ...config.uniqueConstraints.map((unique) => unique.getName() ?? "unnamed"),
      ...config.columns.filter((c) => c.isUnique).map((c) => `${name}_${c.name}_key`),
    ];
    const rows = await made.owner.sql<{ name: string }[]>`
    select c.relname as name from pg_index i join pg_class c on c.oid = i.indexrelid
    where i.indrelid = ${name}::regclass and not i.indisprimary`;
    expect(described.toSorted()).toEqual(rows.map((row) => row.name).toSorted());
    const key =
      config.primaryKeys[0]?.columns.map((c) => c.name) ?? config.columns.filter((c) => c.primary).map((c) => c.name);
    expect(key).toEqual((await tablesOf(made.owner.sql)).find((facts) => facts.name === name)?.key);
  },
);

test.each([
  ["memberships", "role", values.roles],
  ["datasources", "phase", values.phases],
  ["datasources", "auth", values.authStates],
  ["datasources", "backfill", values.backfillStates],
  ["commands", "kind", values.commandKinds],
  ["commands", "state", values.commandStates],
  ["runs", "kind", values.runKinds],
  ["runs", "state", values.runStates],
  ["slices", "state", values.sliceStates],
  ["run_attempts", "ended", values.attemptEndings],
  ["run_attempts", "next", values.attemptNexts],
  ["holds", "scope", values.holdScopes],
  ["notices", "kind", values.noticeKinds],
  ["access_decisions", "kind", values.accessKinds],
  ["access_decisions", "choice", values.accessChoices],
  ["connect_attempts", "purpose", values.connectPurposes],
  ["api_tokens", "scopes", values.tokenScopes],
  ["uploads", "how", values.uploadHows],
  ["uploads", "mode", values.uploadModes],
  ["uploads", "state", values.uploadStates],
  ["uploads", "asked", values.uploadAskeds],
  ["upload_findings", "severity", values.severities],
  ["cost_feeds", "kind", values.feedKinds],
  ["cost_feeds", "mode", values.feedModes],
  ["cost_feeds", "state", values.feedStates],
  ["cost_left_out", "reason", values.leftOutReasons],
])("%s.%s takes the values that values.ts lists and no others", async (table, name, list) => {
  const [row] = await made.owner.sql<{ says: string }[]>`
    select pg_get_constraintdef(oid) as says from pg_constraint
    where conrelid = ${table}::regclass and conname = ${`${table}_${name}_check`}`;
  expect([...(row?.says ?? "").matchAll(/'([^']+)'/g)].map((match) => match[1])).toEqual([...list]);
});
