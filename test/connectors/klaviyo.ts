// Klaviyo's stand-in with the connector at it: a key of its own account, and what that account says of itself.
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { Page, SliceSpec } from "@headwater/connectors/contract.ts";
import type { KeyTrial } from "@headwater/connectors/authorization.ts";
import { connector } from "@headwater/connectors/klaviyo/index.ts";
import type { MessageDayRecord, SourceRecord } from "@headwater/connectors/records.ts";
import { makeTestSession, type TestSession, type TestSessionOptions } from "@headwater/connectors/testing/session.ts";
import { startTestSandbox, type TestSandbox } from "../sandbox/testing.ts";

export const accounts = {
  india: "MnMoss",
  large: "NrthWd",
  lordHowe: "LrdHwe",
  japan: "TkyPpr",
  kuwait: "KwtOud",
  bare: "NoStor",
};

export interface ToldRow {
  readonly metric: string;
  readonly day: string;
  readonly channel: string | null;
  readonly flow: string | null;
  readonly message: string | null;
  readonly column: "orders" | "sends" | "opens" | "clicks" | "unsubscribes";
  readonly count: number;
  readonly revenue: string | null;
  readonly counts: boolean;
}

export interface Klaviyo {
  readonly sandbox: TestSandbox;
  readonly outbound: Outbound;
  now(): Date;
  key(account: string, scopes?: string): Promise<string>;
  trial(key: string): Promise<KeyTrial>;
  session(account: string, scopes?: string, more?: Partial<TestSessionOptions>): Promise<TestSession>;
  rows(account: string, basis?: "truth" | "served"): Promise<ToldRow[]>;
  fault(rule: object): Promise<unknown>;
  days(back: number, until?: number): SliceSpec & { from: Date };
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;

/**
 * Just past the last full hour, at which the stand-in counts again: no test is so slow that the next one comes into it. Set
 * back and never ahead, for a product that plans by its own clock would know nothing of a day that has begun there alone.
 */
export async function openKlaviyo(): Promise<Klaviyo> {
  const sandbox = await startTestSandbox();
  const past = sandbox.clock.nowMs() % HOUR_MS;
  await sandbox.desk("clock", { byMs: 1_000 - past });
  await sandbox.desk("klaviyo/limits", { share: 1_000 });
  const outbound = makeOutbound({ routes: new Map([["a.klaviyo.com", new URL(sandbox.origin)]]) });
  const now = () => new Date(sandbox.clock.nowMs());
  const { authorization } = connector;
  if (authorization.kind !== "key") throw new Error("Klaviyo is let in by a key");
  const klaviyo: Klaviyo = {
    sandbox,
    outbound,
    now,
    key: async (account, scopes) => {
      const made = await sandbox.desk(`klaviyo/accounts/${account}`, { action: "makeKey", scopes });
      return JSON.parse(JSON.stringify(made["key"]));
    },
    trial: (key) =>
      authorization.probe(outbound, { params: { key }, now: now(), signal: new AbortController().signal, app: null }),
    session: async (account, scopes, more) => {
      const { tokens, account: facts } = await klaviyo.trial(await klaviyo.key(account, scopes));
      if (tokens === null || facts === null) throw new Error("the key was refused");
      return makeTestSession({ connector, outbound, now, ...tokens, account: facts, ...more });
    },
    rows: async (account, basis = "truth") =>
      JSON.parse((await sandbox.call({ path: `/_desk/klaviyo/rows/${account}?of=${basis}` })).text),
    fault: (rule) => sandbox.desk("faults", { surface: "any", ...rule }),
    days: (back, until = 0) => ({
      mode: "history",
      urgent: false,
      from: new Date(now().getTime() - back * DAY_MS),
      to: new Date(now().getTime() - until * DAY_MS),
    }),
    close: async () => {
      await outbound.close();
      await sandbox.close();
    },
  };
  return klaviyo;
}

export interface Read {
  readonly pages: Extract<Page, { kind: "records" }>[];
  readonly records: SourceRecord[];
}

/** To the end; with `isInterrupted`, begun anew from its cursor after every page, as by a kill. */
export async function read(session: TestSession, name: string, slice: SliceSpec, isInterrupted = false): Promise<Read> {
  const pagesOf = connector.streams.find((stream) => stream.name === name)?.pages;
  if (pagesOf === undefined) throw new Error(`${name} has no pages`);
  const pages: Read["pages"] = [];
  let cursor: Page["cursor"] | null = null;
  for (let isDone = false; !isDone;) {
    for await (const page of pagesOf(session, slice, cursor)) {
      if (page.kind !== "records") throw new Error("Klaviyo prepares nothing");
      pages.push(page);
      cursor = page.cursor;
      isDone = page.done;
      if (isInterrupted) break;
    }
  }
  return { pages, records: pages.flatMap((page) => page.records) };
}

export const daysIn = (records: readonly SourceRecord[]): MessageDayRecord[] =>
  records.flatMap((record) => (record.kind === "messageDay" ? [record] : []));

const plain = (amount: string): string => (amount.includes(".") ? amount.replace(/\.?0+$/, "") : amount);

export const saidOf = (row: MessageDayRecord): string =>
  [
    row.part,
    row.day,
    row.channel ?? "-",
    row.flowId ?? "-",
    row.messageId ?? "-",
    plain(row.orders ?? row.sends ?? row.opens ?? row.clicks ?? row.unsubscribes ?? "?"),
    row.revenue === null ? "-" : plain(row.revenue),
    row.counts,
  ].join(" ");

export const toldOf = (row: ToldRow): string =>
  [
    row.metric,
    row.day,
    row.channel ?? "-",
    row.flow ?? "-",
    row.message ?? "-",
    row.count,
    row.revenue === null ? "-" : plain(row.revenue),
    row.counts,
  ].join(" ");
