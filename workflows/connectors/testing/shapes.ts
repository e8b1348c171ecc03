// The shapes that platforms come in, each as the smallest connector there is: proof that the contract carries them and
// that whoever runs one runs them all. The sources are scripts; what is odd about each stands in its own few lines.
import type { Connector, Page, SliceSpec, Stream, StreamWindow } from "../contract.ts";
import { SourceFailure } from "../failure.ts";
import type { Json } from "../json.ts";
import type { CustomerRecord } from "../records.ts";
import type { SourceSession } from "../session.ts";
import { connector as shopify } from "../shopify/index.ts";

type Rows = readonly { readonly id: string; readonly at: string }[];
type Body = { readonly rows: Rows; readonly next?: string | null; readonly report?: string; readonly ready?: boolean };

const record = ({ id, at }: Rows[number]): CustomerRecord => ({
  kind: "customer",
  id,
  versionAt: at,
  document: JSON.stringify({ id, at }),
  registeredAt: at,
  orderCount: null,
  spent: null,
  currency: null,
});
const page = (rows: Rows, cursor: { readonly [key: string]: Json }, done: boolean): Page => ({
  kind: "records",
  records: rows.map(record),
  rejected: [],
  cursor,
  done,
});

async function ask(session: SourceSession, path: string): Promise<Body> {
  const url = `https://api.example.com${path}`;
  return session.http.call({ method: "GET", url, credential: "attached", cost: 1, purpose: "rows" }, async (answer) => {
    const body: Body = JSON.parse(await answer.text());
    if (answer.status === 200) return body;
    throw new SourceFailure({ class: "transient", code: "toy.trouble", said: String(answer.status) });
  });
}

const day = (at: Date | null) => (at ?? new Date(0)).toISOString().slice(0, 10);
type Pages = NonNullable<Stream["pages"]>;

/** Klaviyo, Gorgias: an absolute link to the next page, followed as it is. */
const byLinks: Pages = async function* (session, slice, from) {
  let path: string | null = typeof from?.["next"] === "string" ? from["next"] : `/links?from=${day(slice.from)}`;
  while (path !== null) {
    const { rows, next = null }: Body = await ask(session, path);
    path = next;
    yield page(rows, { next }, next === null);
  }
};

/** Ads: a day at a time over an inclusive range of the account's own days, read again while they restate. */
const byDays: Pages = async function* (session, slice, from) {
  let at = typeof from?.["day"] === "string" ? from["day"] : day(slice.from);
  const last = day(new Date(slice.to.getTime() - 1));
  while (at <= last) {
    const { rows } = await ask(session, `/days?on=${at}`);
    const next = day(new Date(Date.parse(at) + 86_400_000));
    yield page(rows, { day: next }, next > last);
    at = next;
  }
};

/** Amazon, Microsoft: ask for a report, wait, fetch it; the report's id is in the cursor. */
const byReports: Pages = async function* (session, slice, from) {
  let report = typeof from?.["report"] === "string" ? from["report"] : null;
  report ??= (await ask(session, `/report?from=${day(slice.from)}`)).report ?? "";
  for (;;) {
    const { ready, rows } = await ask(session, `/report/${report}`);
    if (ready === true) return yield page(rows, { report }, true);
    const until = new Date(session.clock.now().getTime() + 1_000);
    yield { kind: "waiting", until, because: { code: "toy.preparing" }, cursor: { report } };
  }
};

/** Custom costs: lines of a file, gone on from by the byte. */
const byFile: Pages = async function* (session, _slice, from) {
  const start = typeof from?.["byte"] === "number" ? from["byte"] : 0;
  let open = Buffer.alloc(0);
  let byte = start;
  for await (const chunk of session.file?.read(start) ?? []) {
    open = Buffer.concat([open, chunk]);
    for (let end = open.indexOf("\n"); end >= 0; end = open.indexOf("\n")) {
      const [id = "", at = ""] = open.subarray(0, end).toString().split(",");
      byte += end + 1;
      open = open.subarray(end + 1);
      yield page([{ id, at }], { byte }, byte === session.file?.bytes);
    }
  }
};

const window = (change: Partial<StreamWindow>): StreamWindow => ({
  history: "byTime",
  overlapMs: 0,
  restatedDays: 0,
  longestMs: null,
  ...change,
});

function shape(pages: Pages, change: Partial<StreamWindow>, more: Partial<Connector> = {}): Connector {
  const stream: Stream = {
    name: "customers",
    kinds: ["customer"],
    needs: [],
    optional: false,
    window: window(change),
    pages,
  };
  return { ...shopify, hosts: () => ({ credential: ["api.example.com"], open: [] }), streams: [stream], ...more };
}

const asks = [{ name: "key", secret: true, required: true }] as const;

export const shapes: { readonly [name: string]: Connector } = {
  "page links, a pasted key": shape(
    byLinks,
    { overlapMs: 60_000 },
    {
      authorization: {
        kind: "key",
        asks,
        readTyped: ({ key = "" }) =>
          key.startsWith("pk_")
            ? { ok: true, params: { key } }
            : { ok: false, field: "key", problem: { code: "toy.key" } },
        probe: async (_outbound, { params }) => ({
          checks: [{ name: "accepted", state: "passed", failure: null }],
          account: null,
          tokens: {
            login: { key: "account", details: {} },
            credential: { ...params },
            scopes: ["read"],
            accessExpiresAt: null,
            endsAt: null,
          },
        }),
      },
    },
  ),
  "days, a login that reaches many accounts": shape(
    byDays,
    { restatedDays: 28, longestMs: 30 * 86_400_000 },
    {
      account: { ...shopify.account, reaches: "many" },
    },
  ),
  "asynchronous reports": shape(byReports, { restatedDays: 30 }),
  "a file": shape(byFile, { history: "snapshot" }, { authorization: { kind: "upload", asks: [] } }),
};

/** To the end; with `isInterrupted`, begun anew from its cursor after every single page, as by a kill. */
export async function drain(
  connector: Connector,
  session: SourceSession,
  slice: SliceSpec,
  isInterrupted: boolean,
): Promise<string[]> {
  const pages = connector.streams[0]?.pages;
  if (pages === undefined) throw new Error("the first stream has pages");
  const ids: string[] = [];
  let cursor: Page["cursor"] | null = null;
  let isDone = false;
  while (!isDone) {
    for await (const one of pages(session, slice, cursor)) {
      cursor = one.cursor;
      if (one.kind === "records") ids.push(...one.records.map((each) => each.id));
      isDone = one.kind === "records" && one.done;
      if (isInterrupted) break;
    }
  }
  return ids;
}
