// The files that the stand-in serves, as they lie on a merchant's own server: whoever changes one changes its mark and time.
import { createHash } from "node:crypto";
import type { Clock } from "../clock.ts";
import type { Store } from "../store.ts";
import { dayText } from "./ledger-seed.ts";

export interface ServedFile {
  readonly name: string;
  readonly text: string;
  readonly modifiedMs: number;
  readonly etag: string;
}

export interface Files {
  all(): ServedFile[];
  find(name: string): ServedFile | null;
  /** Changed now, or so long ago. */
  put(name: string, text: string, agoSeconds?: number): ServedFile;
  remove(name: string): boolean;
}

const seeds: Readonly<Record<string, (day: (back: number) => string) => string>> = {
  "daily.csv": (day) =>
    [
      "date,cost_type,amount,currency,name",
      ...Array.from({ length: 30 }, (_, n) => `${day(n + 1)},fixed,${1200 + n}.50,INR,Warehouse`),
    ].join("\n"),
  "prices.csv": () => "SKU,Unit cost,Start date\nTEE-BLK-M,6.80,2026-01-01\n00042,3.10,2026-06-01\n",
};

/** They have lain there for a while, and nobody takes them for half written. */
const LAID_AGO_SECONDS = 3 * 86_400;

export function openFiles(store: Store, clock: Clock): Files {
  store.exec(
    "create table if not exists cost_files (name text primary key, text text not null, modified_ms integer not null) strict",
  );
  const day = (back: number) => dayText(Math.floor(clock.nowMs() / 86_400_000) - back);
  const fileOf = (row: Record<string, unknown>): ServedFile => {
    const text = String(row["text"]);
    const etag = `"${createHash("sha256").update(text).digest("hex").slice(0, 20)}"`;
    return { name: String(row["name"]), text, modifiedMs: Number(row["modified_ms"]), etag };
  };
  const find = (name: string) => {
    const row = store.first("select * from cost_files where name = ?", name);
    return row === undefined ? null : fileOf(row);
  };
  const files: Files = {
    all: () => store.all("select * from cost_files order by name").map(fileOf),
    find,
    put(name, text, agoSeconds = 0) {
      const modifiedMs = clock.nowMs() - agoSeconds * 1000;
      const to = "on conflict (name) do update set text = excluded.text, modified_ms = excluded.modified_ms";
      store.run(`insert into cost_files values (?, ?, ?) ${to}`, name, text, modifiedMs);
      return { name, text, modifiedMs, etag: find(name)?.etag ?? "" };
    },
    remove: (name) => store.run("delete from cost_files where name = ?", name) > 0,
  };
  for (const [name, text] of Object.entries(seeds))
    if (find(name) === null) files.put(name, text(day), LAID_AGO_SECONDS);
  return files;
}
