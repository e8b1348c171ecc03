// A shop of the stand-in with the Shopify connector connected to it, as a merchant would: consent, tokens, a session.
import type { Page, SliceSpec } from "@headwater/connectors/contract.ts";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import type { Outbound } from "@headwater/connectors/outbound/outbound.ts";
import type { SourceRecord } from "@headwater/connectors/records.ts";
import { connector } from "@headwater/connectors/shopify/index.ts";
import { makeTestSession, type TestSession } from "@headwater/connectors/testing/session.ts";
import { everyScope, startTestSandbox, testClient, type TestSandbox } from "../sandbox/testing.ts";
import { trueOrders, type Figure, type Truth } from "./figures.ts";

// Large enough for several pages, on a plan whose bucket lets a test hurry.
const domain = "contract-tea.myshopify.com";
const DAY_MS = 86_400_000;
const signal = new AbortController().signal;
const client = { ...testClient, redirectUri: testClient.redirectUris[0] ?? "" };

export type Read = { readonly records: SourceRecord[]; readonly rejected: Page[]; readonly notices: string[] };

export interface ConnectedShop {
  readonly domain: string;
  readonly sandbox: TestSandbox;
  readonly session: TestSession;
  now(): Date;
  ago(days: number): Date;
  whole(): SliceSpec;
  /** The newest 55 orders: few enough that they are paged, and three pages of them. */
  newest(): Promise<SliceSpec & { from: Date }>;
  /** Reads a slice to its end; a failure begins again from the last cursor, as the load path would. */
  read(stream: string, slice: SliceSpec, triesMax?: number): Promise<Read>;
  trueOrders(from?: Date | null): Promise<Figure[]>;
  /** What the desk does to this shop. */
  act(action: object): Promise<unknown>;
  connectAgain(): Promise<void>;
  close(): Promise<void>;
}

export async function openShop(): Promise<ConnectedShop> {
  const sandbox = await startTestSandbox({ live: "off" });
  await sandbox.desk("settings", { bulkCreatedMs: 10, bulkRunningMs: 10 });
  await sandbox.desk("shops", { domain, orders: 400, spanDays: 100, plan: "enterprise", currency: "KWD" });
  const origin = new URL(sandbox.origin);
  const routes = new Map([
    ["*.myshopify.com", origin],
    ["storage.googleapis.com", origin],
  ]);
  const outbound = makeOutbound({ routes });
  const now = () => new Date(sandbox.clock.nowMs());
  const ago = (days: number) => new Date(now().getTime() - days * DAY_MS);
  const told = () => toldOrders(sandbox);
  let session = await connected(sandbox, outbound, now);
  return {
    domain,
    sandbox,
    get session() {
      return session;
    },
    now,
    ago,
    whole: () => ({ mode: "history", from: ago(4_000), to: now(), urgent: false }),
    newest: async () => {
      const made = (await told()).map((order) => Date.parse(order.createdAt)).toSorted((a, b) => b - a);
      return { mode: "history", from: new Date((made[54] ?? 0) - 1_000), to: now(), urgent: true };
    },
    read: (stream, slice, triesMax = 1) => read(session, { stream, slice, triesMax }),
    trueOrders: async (from = null) => trueOrders(await told(), from),
    act: (action) => sandbox.desk(`shops/${domain}`, action),
    connectAgain: async () => {
      session = await connected(sandbox, outbound, now);
    },
    close: async () => {
      await outbound.close();
      await sandbox.close();
    },
  };
}

async function connected(sandbox: TestSandbox, outbound: Outbound, now: () => Date): Promise<TestSession> {
  const oauth = connector.authorization;
  if (oauth.kind !== "oauth") throw new Error("Shopify is connected by consent");
  const back = await sandbox.consent(domain, everyScope);
  const reading = oauth.readCallback(back.search.slice(1), client, now());
  if (reading.kind !== "granted") throw new Error(`refused: ${JSON.stringify(reading)}`);
  const given = { client, params: { shop: domain }, claims: reading.claims, code: reading.code, codeVerifier: null };
  const tokens = await oauth.exchange(outbound, { ...given, now: now(), signal });
  const { login, scopes } = tokens;
  const session = makeTestSession({
    connector,
    outbound,
    login,
    credential: tokens.credential,
    scopes,
    now,
    refresh: async () => {
      const renewed = await oauth.refresh?.(outbound, {
        client,
        login,
        credential: session.credential,
        now: now(),
        signal,
      });
      if (renewed === undefined) throw new Error("Shopify refreshes");
      return renewed.credential;
    },
  });
  return session;
}

type Reading = { readonly stream: string; readonly slice: SliceSpec; readonly triesMax: number };

async function read(session: TestSession, { stream, slice, triesMax }: Reading): Promise<Read> {
  const pages = connector.streams.find(({ name }) => name === stream)?.pages;
  if (pages === undefined) throw new Error(`${stream} has no pages`);
  const given: Page[] = [];
  for (let tries = 1; ; tries += 1) {
    try {
      // A waiting page is asked after at once: the stand-in needs no time to speak of.
      for await (const page of pages(session, slice, given.at(-1)?.cursor ?? null)) given.push(page);
      break;
    } catch (error) {
      if (tries >= triesMax) throw error;
    }
  }
  const whole = given.filter((page) => page.kind === "records");
  return {
    records: whole.flatMap((page) => page.records),
    rejected: whole.filter((page) => page.rejected.length > 0),
    notices: whole.flatMap((page) => page.notices ?? []).map(({ code }) => code),
  };
}

async function toldOrders(sandbox: TestSandbox): Promise<Truth[]> {
  const { text } = await sandbox.call({ path: `/_desk/orders/${domain}?of=truth` });
  const told: Truth[] = text
    .split("\n")
    .filter((line) => line !== "")
    .map((line) => JSON.parse(line));
  return told.filter((order) => order.deletedAt === null);
}
