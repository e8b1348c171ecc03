// What the twin keeps between requests: people and accounts with their states, tokens, reports, what it served.
import type { Clock } from "../clock.ts";
import type { Client } from "../config.ts";
import type { Row, Store } from "../store.ts";
import type { TwinServices } from "../twin.ts";
import { adAccountSeeds, personSeeds, type AdAccountSeed, type PersonSeed } from "./seed/people.ts";
import { addDays, dayIn, dayRows, isLevel, type DayRow, type Level } from "./seed/days.ts";

const tables = `
  create table if not exists meta_codes (
    code text primary key, person text not null, scopes text not null, targets text, redirect_uri text not null, challenge text, issued_at integer not null, used_at integer
  ) strict;
  create table if not exists meta_tokens (
    token text primary key, person text not null, scopes text not null, targets text, kind text not null, issued_at integer not null,
    expires_at integer, data_until integer not null, ended_subcode integer
  ) strict;
  create table if not exists meta_permissions (
    person text not null, permission text not null, status text not null, primary key (person, permission)
  ) strict, without rowid;
  create table if not exists meta_states (object text primary key, state text not null) strict, without rowid;
  create table if not exists meta_reports (
    id text primary key, account text not null, params text not null, made_ms integer not null, as_of_ms integer not null, fate text, fate_text text, extra_ms integer not null default 0
  ) strict;
  create table if not exists meta_calls (account text not null, at_ms integer not null) strict;
  create index if not exists meta_calls_at on meta_calls (account, at_ms);
  create table if not exists meta_served (
    seq integer primary key, account text not null, level text not null, entity text not null, day text not null, as_of_ms integer not null,
    spend text not null, impressions integer not null, clicks integer not null, purchases integer not null, value text not null
  ) strict;
  create index if not exists meta_served_key on meta_served (account, level, entity, day, seq);
`;

const quarterMs = 900_000;

/** How long a report takes; the desk stretches it. */
export interface Tempo {
  readonly startMs: number;
  readonly runMs: number;
}
export interface Usage {
  readonly percent: number;
  /** Minutes until calls are taken again, told only at 100 percent or more. */
  readonly regainMinutes: number;
}

export interface MetaWorld {
  readonly store: Store;
  readonly clock: Clock;
  readonly client: Client | null;
  readonly services: TwinServices;
  readonly people: readonly PersonSeed[];
  person(id: string): PersonSeed | undefined;
  account(id: string): AdAccountSeed | undefined;
  /** As the desk has left it. */
  statusOf(account: AdAccountSeed): number;
  stateOf(object: string): string | null;
  setState(object: string, state: string | null): void;
  /** Insights are made every quarter of an hour; the desk can hold them at one. */
  asOfMs(): number;
  born(account: AdAccountSeed): string;
  rows(account: AdAccountSeed, level: Level, range: { since: string; until: string }, asOfMs?: number): DayRow[];
  usageOf(account: string): Usage;
  noteCall(account: string): void;
  tempo: Tempo;
}

export function openWorld(services: TwinServices): MetaWorld {
  const { store, clock } = services;
  store.exec(tables);
  const accounts = new Map(adAccountSeeds.map((account) => [account.id, account]));
  const people = new Map(personSeeds.map((person) => [person.id, person]));
  // Histories begin on a day that a restart and a moved clock leave where it is.
  const kept = store.readSetting("metaAnchor");
  const anchor = kept ?? dayIn("UTC", clock.nowMs());
  if (kept === undefined) store.writeSetting("metaAnchor", anchor);
  const stateOf = (object: string): string | null => {
    const row: Row | undefined = store.first("select state from meta_states where object = ?", object);
    return row === undefined ? null : String(row["state"]);
  };
  const asOfMs = (): number => Number(stateOf("asOf") ?? Math.floor(clock.nowMs() / quarterMs) * quarterMs);
  const born = (account: AdAccountSeed): string => addDays(anchor, -account.historyDays);
  const dropsAt = (): Level | null => {
    const level = stateOf("dropsAt") ?? "";
    return isLevel(level) ? level : null;
  };
  return {
    store,
    clock,
    client: services.client,
    services,
    people: personSeeds,
    person: (id) => people.get(id),
    account: (id) => accounts.get(id),
    statusOf: (account) => Number(stateOf(`status ${account.id}`) ?? account.status),
    stateOf,
    setState(object, state) {
      if (state === null) store.run("delete from meta_states where object = ?", object);
      else
        store.run(
          "insert into meta_states (object, state) values (?, ?) on conflict (object) do update set state = excluded.state",
          object,
          state,
        );
    },
    asOfMs,
    born,
    rows(account, level, range, at = asOfMs()) {
      const until = range.until > dayIn(account.zone, at) ? dayIn(account.zone, at) : range.until;
      return dayRows({
        account,
        level,
        born: born(account),
        since: range.since,
        until,
        asOfMs: at,
        seed: services.seed,
        dropsAt: dropsAt(),
      });
    },
    usageOf(account) {
      const set = stateOf(`usage ${account}`);
      if (set !== null) {
        // The column holds what the desk wrote.
        const { percent, untilMs }: { percent: number; untilMs: number } = JSON.parse(set);
        const leftMs = untilMs - clock.nowMs();
        if (leftMs > 0) return { percent, regainMinutes: percent >= 100 ? Math.ceil(leftMs / 60_000) : 0 };
      }
      const since = clock.nowMs() - 3_600_000;
      const calls = Number(
        store.first("select count(*) as n from meta_calls where account = ? and at_ms > ?", account, since)?.["n"],
      );
      return { percent: Math.floor((calls * 100) / quota(account, stateOf)), regainMinutes: 0 };
    },
    noteCall: (account) =>
      void store.run("insert into meta_calls (account, at_ms) values (?, ?)", account, clock.nowMs()),
    tempo: { startMs: 40, runMs: 160 },
  };
}

/** Calls an hour: 190,000 of standard access; the desk may give development access, whose 600 run out. */
const quota = (account: string, stateOf: (object: string) => string | null): number =>
  stateOf(`tier ${account}`) === "development_access" ? 600 : 190_000;
