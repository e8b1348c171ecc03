// Private keys: made on the account's own page, shown once there, deleted by hand; their scopes cannot be changed.
import { createHash, randomBytes } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";
import { accountSeeds } from "./seeds.ts";

export const readScopes = [
  "accounts:read",
  "campaigns:read",
  "events:read",
  "flows:read",
  "lists:read",
  "metrics:read",
  "profiles:read",
] as const;

export interface Key {
  readonly key: string;
  readonly account: string;
  readonly name: string;
  readonly scopes: readonly string[];
  readonly deletedAt: number | null;
}

export interface Keys {
  find(key: string): Key | null;
  of(account: string): readonly Key[];
  make(account: string, name: string, scopes: readonly string[]): Key;
  /** False when there is none, or it is deleted already. */
  delete(key: string): boolean;
}

const table = `
  create table if not exists klaviyo_keys (
    key text primary key, account text not null, name text not null, scopes text not null, made_at integer not null, deleted_at integer
  ) strict;`;

/** The one that stands ready: the same at every start, so that a page can show it. */
const readyKey = (account: string): string =>
  `pk_${createHash("sha256").update(`klaviyo ready key of ${account}`).digest("hex").slice(0, 34)}`;

export function openKeys(store: Store, clock: Clock): Keys {
  store.exec(table);
  const put = (key: string, account: string, name: string, scopes: readonly string[]): void => {
    store.run(
      "insert into klaviyo_keys (key, account, name, scopes, made_at) values (?, ?, ?, ?, ?) on conflict do nothing",
      key,
      account,
      name,
      scopes.join(" "),
      clock.nowSeconds(),
    );
  };
  for (const { id } of accountSeeds) put(readyKey(id), id, "Read-only", readScopes);
  const read = (row: Record<string, unknown>): Key => ({
    key: String(row["key"]),
    account: String(row["account"]),
    name: String(row["name"]),
    scopes: String(row["scopes"]).split(" "),
    deletedAt: row["deleted_at"] === null ? null : Number(row["deleted_at"]),
  });
  return {
    find(key) {
      const row = store.first("select * from klaviyo_keys where key = ?", key);
      return row === undefined ? null : read(row);
    },
    of: (account) =>
      store
        .all("select * from klaviyo_keys where account = ? and deleted_at is null order by made_at", account)
        .map(read),
    make(account, name, scopes) {
      const key = `pk_${randomBytes(17).toString("hex")}`;
      put(key, account, name, scopes);
      return { key, account, name, scopes, deletedAt: null };
    },
    delete: (key) =>
      store.run(
        "update klaviyo_keys set deleted_at = ? where key = ? and deleted_at is null",
        clock.nowSeconds(),
        key,
      ) > 0,
  };
}
