// The sandbox's own file: SQLite in SANDBOX_DATA_DIR, so that shops, tokens, ledger and clock outlive a restart.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { DatabaseSync, type SQLInputValue, type SQLOutputValue, type StatementSync } from "node:sqlite";

export type Row = Record<string, SQLOutputValue>;

export interface Store {
  readonly dataDir: string;
  all(sql: string, ...parameters: SQLInputValue[]): Row[];
  first(sql: string, ...parameters: SQLInputValue[]): Row | undefined;
  each(sql: string, ...parameters: SQLInputValue[]): Iterable<Row>;
  run(sql: string, ...parameters: SQLInputValue[]): number;
  /** Several statements without parameters: the tables of a twin. */
  exec(sql: string): void;
  transaction<T>(work: () => T): T;
  readSetting(key: string): string | undefined;
  writeSetting(key: string, value: string): void;
  close(): void;
}

const schema = `
  create table if not exists settings (key text primary key, value text not null) strict;
  create table if not exists shops (
    shop integer primary key, domain text not null unique, definition text not null, anchor integer not null,
    state text not null default 'open', live integer not null default 0, made integer not null default 0, seeded integer not null default 0
  ) strict;
  create table if not exists orders (
    shop integer not null, n integer not null, created integer not null, updated integer not null, processed integer not null,
    customer integer, test integer not null, financial text not null, fulfillment text not null, closed integer, cancelled integer,
    next_at integer, deleted integer, version integer not null default 0, primary key (shop, n)
  ) strict, without rowid;
  create index if not exists orders_created on orders (shop, created, n);
  create index if not exists orders_updated on orders (shop, updated, n);
  create index if not exists orders_processed on orders (shop, processed, n);
  create index if not exists orders_of_customer on orders (shop, customer, n);
  create index if not exists orders_next on orders (next_at) where next_at is not null;
  create table if not exists events (
    shop integer not null, n integer not null, seq integer not null, at integer not null, kind text not null,
    primary key (shop, n, seq)
  ) strict, without rowid;
  create table if not exists customers (
    shop integer not null, n integer not null, created integer not null, updated integer not null, primary key (shop, n)
  ) strict, without rowid;
  create index if not exists customers_updated on customers (shop, updated, n);
  create table if not exists products (
    shop integer not null, n integer not null, created integer not null, updated integer not null, primary key (shop, n)
  ) strict, without rowid;
  create table if not exists installs (
    shop integer not null, client text not null, scopes text not null, installed_at integer not null, uninstalled_at integer,
    primary key (shop, client)
  ) strict;
  create table if not exists codes (
    code text primary key, shop integer not null, client text not null, scopes text not null, redirect_uri text not null,
    issued_at integer not null, used_at integer
  ) strict;
  create table if not exists access_tokens (
    token text primary key, shop integer not null, client text not null, kind text not null, family text not null,
    issued_at integer not null, expires_at integer, ended_at integer
  ) strict;
  create table if not exists refresh_tokens (
    token text primary key, shop integer not null, client text not null, family text not null, issued_at integer not null,
    expires_at integer not null, first_used_at integer, replaced_by text, ended_at integer
  ) strict;
  create table if not exists webhook_subscriptions (
    id integer primary key, shop integer not null, client text not null, topic text not null, uri text not null,
    format text not null, created_at integer not null, deleted_at integer
  ) strict;
  create table if not exists webhook_deliveries (
    id text primary key, shop integer not null, topic text not null, uri text not null, body text not null, triggered_at integer not null,
    attempts integer not null default 0, next_attempt_ms integer, status integer, delivered_ms integer
  ) strict;
  create table if not exists bulk_operations (
    id integer primary key, shop integer not null, client text not null, query text not null, grouped integer not null, status text not null,
    error_code text, created_at integer not null, completed_at integer, object_count integer not null default 0,
    root_count integer not null default 0, file_size integer, file text, link_until_ms integer, reading blob
  ) strict;
  create table if not exists requests (
    id integer primary key, request_id text not null, at_ms integer not null, shop integer, surface text not null, operation text not null,
    status integer not null default 0, bytes integer not null default 0, took_ms integer not null default 0, fault text, whole integer not null default 0
  ) strict;
  create table if not exists served (
    seq integer primary key, request integer not null, shop integer not null, kind text not null, n integer not null, version integer not null
  ) strict;
  create index if not exists served_key on served (shop, kind, n, version);
  create table if not exists faults (
    id integer primary key, rule text not null, made_at_ms integer not null, ended_at_ms integer
  ) strict;
`;

export function openStore(dataDir: string): Store {
  mkdirSync(dataDir, { recursive: true });
  const database = new DatabaseSync(join(dataDir, "sandbox.sqlite"));
  // WAL without a wait for the disk: a killed process loses nothing, and a power cut may cost a stand-in its last second.
  database.exec(
    "pragma journal_mode = wal; pragma synchronous = normal; pragma busy_timeout = 5000; pragma cache_size = -16000;",
  );
  database.exec(schema);
  // Files of earlier versions know no accounts but shops.
  const hasAccount = database.prepare("select name from pragma_table_info('requests') where name = 'account'").get();
  if (hasAccount === undefined) database.exec("alter table requests add column account text");
  const prepared = new Map<string, StatementSync>();
  const statement = (sql: string): StatementSync => {
    const known = prepared.get(sql);
    if (known) return known;
    const made = database.prepare(sql);
    if (prepared.size < 500) prepared.set(sql, made);
    return made;
  };
  let isInside = false;
  return {
    dataDir,
    all: (sql, ...parameters) => statement(sql).all(...parameters),
    first: (sql, ...parameters) => statement(sql).get(...parameters),
    // A statement of its own, so that two walks of one text do not reset each other.
    each: (sql, ...parameters) => database.prepare(sql).iterate(...parameters),
    run: (sql, ...parameters) => Number(statement(sql).run(...parameters).changes),
    exec: (sql) => database.exec(sql),
    transaction(work) {
      if (isInside) return work();
      isInside = true;
      database.exec("begin immediate");
      try {
        const result = work();
        database.exec("commit");
        return result;
      } catch (error) {
        database.exec("rollback");
        throw error;
      } finally {
        isInside = false;
      }
    },
    readSetting(key) {
      const row = statement("select value from settings where key = ?").get(key);
      return row === undefined ? undefined : String(row["value"]);
    },
    writeSetting(key, value) {
      statement(
        "insert into settings (key, value) values (?, ?) on conflict (key) do update set value = excluded.value",
      ).run(key, value);
    },
    close: () => database.close(),
  };
}
