// Meta's stand-in with the connector at it, as a person connects it: consent page, code, tokens, one of the accounts.
import type { ExchangeRequest, Tokens } from "@headwater/connectors/authorization.ts";
import type { Page, SliceSpec } from "@headwater/connectors/contract.ts";
import { connector } from "@headwater/connectors/meta-ads/index.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceRecord, WholeDays } from "@headwater/connectors/records.ts";
import { makeTestSession, type TestSession } from "@headwater/connectors/testing/session.ts";
import { dayCutter, dayStart } from "@headwater/workflows/load/days.ts";
import { createHash, randomBytes } from "node:crypto";
import type { ToldAdRow } from "../audit/ads.ts";
import type { Client } from "../sandbox/config.ts";
import { startTestSandbox, testClients, type TestSandbox } from "../sandbox/testing.ts";

export const people = {
  priya: "10220000000000101",
  agency: "10220000000000102",
  nobody: "10220000000000103",
  wrongRole: "10220000000000104",
  system: "10220000000000105",
} as const;
export const accounts = { india: "101000000000001", us: "101000000000002", old: "101000000000003" } as const;

const signal = new AbortController().signal;
const registered: Client = testClients["meta-ads"] ?? { clientId: "", clientSecret: "", redirectUris: [] };
export const metaClient = { ...registered, redirectUri: registered.redirectUris[0] ?? "" };

export interface Consented {
  readonly person?: string;
  readonly keeps?: readonly string[];
  readonly targets?: string;
  readonly decision?: "allow" | "refuse";
}

export interface Trip {
  /** Where the browser lands: ours, with a code or a refusal. */
  readonly back: URL;
  readonly verifier: string;
  readonly state: string;
}

export type Read = {
  readonly records: SourceRecord[];
  readonly pages: Page[];
  readonly whole: WholeDays[];
  readonly waits: { readonly code: string; readonly minutes: unknown }[];
  readonly rejected: number;
};

export interface Meta {
  readonly sandbox: TestSandbox;
  readonly outbound: Outbound;
  readonly now: () => Date;
  consent(how?: Consented): Promise<Trip>;
  exchange(trip: Trip): Promise<Tokens>;
  connect(how?: Consented): Promise<Tokens>;
  session(tokens: Tokens, account: string | null, tries?: number): Promise<TestSession>;
  read(session: TestSession, stream: string, slice: SliceSpec, triesMax?: number): Promise<Read>;
  /** Noon of today there, just past one of Meta's countings: a day more or less is the next day or the one before. */
  toNoon(zone: string): Promise<unknown>;
  /** A slice of days back from now, or the one whose end lies `until` days back. */
  days(back: number, until?: number): SliceSpec & { from: Date };
  rows(account: string, level: string, query?: string): Promise<ToldAdRow[]>;
  act(path: string, body: object): Promise<unknown>;
  fault(rule: object): Promise<unknown>;
  /** A little of the stand-in's time passes: a report gets on. */
  tick(): Promise<unknown>;
  close(): Promise<void>;
}

const DAY_MS = 86_400_000;

export async function openMeta(
  options: { clients?: Readonly<Record<string, Client>>; webhookUrl?: string } = {},
): Promise<Meta> {
  const sandbox = await startTestSandbox(options);
  const origin = new URL(sandbox.origin);
  const outbound = makeOutbound({ routes: new Map([["graph.facebook.com", origin]]) });
  const now = () => new Date(sandbox.clock.nowMs());
  await sandbox.desk("meta-ads/settings", { reportStartMs: 5, reportRunMs: 20 });
  const meta: Meta = {
    sandbox,
    outbound,
    now,
    consent: (how = {}) => consent(sandbox, how),
    exchange: (trip) => exchange(outbound, trip, now()),
    connect: async (how) => meta.exchange(await meta.consent(how)),
    session: (tokens, account, tries = 8) => sessionOf(meta, tokens, { account, tries }),
    read: (session, stream, slice, triesMax) => read(meta, session, { stream, slice, triesMax: triesMax ?? 1 }),
    toNoon: (zone) => {
      const noon = dayStart(dayCutter(zone)(now().getTime()), zone).getTime() + DAY_MS / 2 + 1_000;
      return sandbox.desk("clock", { byMs: noon - now().getTime() });
    },
    days: (back, until = 0) => ({
      mode: "history",
      urgent: false,
      from: new Date(now().getTime() - back * DAY_MS),
      to: new Date(now().getTime() - until * DAY_MS),
    }),
    rows: async (account, level, query = "") => {
      const text = (await sandbox.call({ path: `/_desk/meta-ads/rows/${account}?level=${level}${query}` })).text;
      const told: { rows: ToldAdRow[] } = JSON.parse(text);
      return told.rows;
    },
    act: (path, body) => sandbox.desk(`meta-ads/${path}`, body),
    tick: () => sandbox.desk("clock", { byMs: 10 }),
    fault: (rule) => sandbox.desk("faults", rule),
    close: async () => {
      await outbound.close();
      await sandbox.close();
    },
  };
  return meta;
}

function oauth() {
  const { authorization } = connector;
  if (authorization.kind !== "oauth") throw new Error("Meta is connected by consent");
  return authorization;
}

async function consent(sandbox: TestSandbox, how: Consented): Promise<Trip> {
  const { person = people.priya, keeps = ["ads_read"], targets = "", decision = "allow" } = how;
  const verifier = randomBytes(32).toString("base64url");
  const state = randomBytes(48).toString("base64url");
  const codeChallenge = createHash("sha256").update(verifier).digest("base64url");
  const address = oauth().consentAddress({ client: metaClient, params: {}, state, codeChallenge, scopes: [] });
  const form = new URLSearchParams({ decision, person, targets });
  for (const scope of keeps) form.append("scope_kept", scope);
  const reply = await sandbox.call({
    method: "POST",
    path: `/~/${address.host}${address.pathname}${address.search}`,
    headers: { "content-type": "application/x-www-form-urlencoded" },
    body: form.toString(),
  });
  return { back: new URL(String(reply.headers["location"] ?? "about:blank")), verifier, state };
}

function exchange(outbound: Outbound, { back, verifier }: Trip, now: Date): Promise<Tokens> {
  const reading = oauth().readCallback(back.search.slice(1), metaClient, now);
  if (reading.kind !== "granted") throw new Error(`not granted: ${JSON.stringify(reading)}`);
  const given: ExchangeRequest = {
    client: metaClient,
    params: {},
    claims: {},
    code: reading.code,
    codeVerifier: verifier,
    now,
    signal,
  };
  return oauth().exchange(outbound, given);
}

type For = { readonly account: string | null; readonly tries: number };

async function sessionOf(meta: Meta, tokens: Tokens, { account, tries }: For): Promise<TestSession> {
  const { login, credential, scopes } = tokens;
  const options = {
    connector,
    outbound: meta.outbound,
    login,
    credential,
    scopes,
    now: meta.now,
    app: metaClient,
    tries,
  };
  const session = makeTestSession(options);
  if (account === null) return session;
  const { account: facts } = await connector.account.verify(session, account);
  return makeTestSession({ ...options, account: facts });
}

type Reading = { readonly stream: string; readonly slice: SliceSpec; readonly triesMax: number };

async function read(meta: Meta, session: TestSession, { stream, slice, triesMax }: Reading): Promise<Read> {
  const pages = connector.streams.find(({ name }) => name === stream)?.pages;
  if (pages === undefined) throw new Error(`${stream} has no pages`);
  const given: Page[] = [];
  for (let tries = 1; ; tries += 1) {
    try {
      for await (const page of pages(session, slice, given.at(-1)?.cursor ?? null)) {
        given.push(page);
        if (given.length > 2_000) throw new Error("the pages do not end");
        // The stand-in's reports take milliseconds of its own time; its limits are waited for by no test.
        if (page.kind === "waiting") await meta.tick();
      }
      break;
    } catch (error) {
      if (tries >= triesMax) throw error;
    }
  }
  const records = given.flatMap((page) => (page.kind === "records" ? [page] : []));
  return {
    pages: given,
    records: records.flatMap((page) => page.records),
    whole: records.flatMap((page) => page.whole ?? []),
    rejected: records.reduce((sum, page) => sum + page.rejected.length, 0),
    waits: given.flatMap((page) =>
      page.kind === "waiting" ? [{ code: page.because.code, minutes: page.because.values?.["minutes"] }] : [],
    ),
  };
}
