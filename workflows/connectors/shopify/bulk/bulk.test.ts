// The bulk way against a shop that is a script: each of its turns, and a restart at every page.
import { describe, expect, test } from "vitest";
import type { Cursor, Page, SliceSpec } from "../../contract.ts";
import { isSourceFailure } from "../../failure.ts";
import type { SourceRequest } from "../../session.ts";
import { askedIn, makeScriptedSession, type Scripted } from "../../testing/scripted.ts";
import { ROOTS_A_BATCH, ROOTS_AGAIN } from "./lines.ts";
import { streamPages } from "../streams/reading.ts";
import { productsSubject } from "../streams/catalogue.ts";

const slice: SliceSpec = {
  mode: "changes",
  from: new Date("2026-09-01T00:00:00Z"),
  to: new Date("2026-11-01T00:00:00Z"),
  urgent: false,
};
const at = "2026-10-10T10:00:00Z";
const product = (id: number, more: object = {}) =>
  JSON.stringify({
    __typename: "Product",
    id: `gid://shopify/Product/${id}`,
    title: `p${id}`,
    status: "ACTIVE",
    createdAt: at,
    updatedAt: at,
    ...more,
  });
const variant = (id: number, of: number) =>
  JSON.stringify({
    __typename: "ProductVariant",
    id: `gid://shopify/ProductVariant/${id}`,
    sku: `s${id}`,
    updatedAt: at,
    __parentId: `gid://shopify/Product/${of}`,
  });

type Shop = {
  readonly lines: readonly string[];
  /** What each poll answers, in order; the last one for ever. */
  readonly polls?: readonly object[];
  readonly start?: (n: number) => object;
  readonly running?: (text: string) => object[];
  readonly file?: (n: number) => Scripted;
  readonly answer?: (request: SourceRequest) => Scripted;
};

const done = (lines: readonly string[]) => ({
  status: "COMPLETED",
  objectCount: String(lines.length),
  rootObjectCount: String(lines.filter((line) => !line.includes("__parentId")).length),
  url: lines.length === 0 ? null : "https://storage.googleapis.com/bulk/88?signed=1",
  createdAt: "2026-11-20T11:59:00Z",
});

function scriptFor(shop: Shop) {
  const counts = { start: 0, poll: 0, file: 0 };
  const texts: string[] = [];
  const script = (request: SourceRequest): Scripted => {
    if (request.purpose === "bulk.file")
      return shop.answer?.(request) ?? shop.file?.(counts.file++) ?? { body: shop.lines.join("\n") };
    const { query, variables } = askedIn(request);
    const data = (body: object): Scripted => ({ body: JSON.stringify({ data: body }) });
    if (query.includes("bulkOperations("))
      return data({ bulkOperations: { nodes: shop.running?.(texts.at(-1) ?? "") ?? [] } });
    if (query.includes("bulkOperationRunQuery")) {
      texts.push(typeof variables["query"] === "string" ? variables["query"] : "");
      const started = {
        bulkOperation: { id: `gid://shopify/BulkOperation/${counts.start}`, status: "CREATED" },
        userErrors: [],
      };
      return data({ bulkOperationRunQuery: shop.start?.(counts.start++) ?? started });
    }
    const polls = shop.polls ?? [done(shop.lines)];
    return data({ bulkOperation: polls[Math.min(counts.poll++, polls.length - 1)] ?? null });
  };
  return { script, texts, counts };
}

async function read(shop: Shop, from: Cursor | null = null, stopAfter = Number.POSITIVE_INFINITY) {
  const { script, texts, counts } = scriptFor(shop);
  const session = makeScriptedSession(script);
  const pages: Page[] = [];
  let failure: unknown = null;
  try {
    for await (const page of streamPages(session, productsSubject, { slice, from, count: null })) {
      pages.push(page);
      if (pages.length >= stopAfter) break;
    }
  } catch (error) {
    failure = error;
  }
  return { pages, texts, counts, session, failure, ids: pages.flatMap(idsIn) };
}
const idsIn = (page: Page) =>
  page.kind === "records" ? page.records.map((record) => record.id.replace("gid://shopify/", "")) : [];

/** What the first batches of a file hold. */
const givenBy = async (lines: readonly string[], batches: number): Promise<string[]> =>
  (await read({ lines })).pages
    .filter((page) => page.kind === "records")
    .slice(0, batches)
    .flatMap(idsIn);

describe("a bulk operation", () => {
  test("is begun, waited for and read; children follow their root, in whatever order they come", async () => {
    const lines = [product(1), product(2), variant(21, 2), variant(11, 1), product(3), variant(12, 1)];
    const { pages, ids } = await read({
      lines,
      polls: [{ status: "CREATED", url: null }, { status: "RUNNING", url: null }, done(lines)],
    });
    expect(pages.map((page) => page.kind)).toEqual(["waiting", "waiting", "waiting", "waiting", "records"]);
    expect(ids).toEqual([
      "Product/1",
      "ProductVariant/11",
      "ProductVariant/12",
      "Product/2",
      "ProductVariant/21",
      "Product/3",
    ]);
    expect(pages.at(-1)).toMatchObject({ done: true, announced: 3, through: slice.to });
  });

  test("is whole by its own count: what was deleted since the shop was asked how many there are is no hole", async () => {
    const lines = [product(1), product(2), variant(21, 2)];
    const session = makeScriptedSession(scriptFor({ lines }).script);
    const counted = { slice: { ...slice, mode: "history" as const }, from: null, count: async () => 100_000 };
    const pages = await Array.fromAsync(streamPages(session, productsSubject, counted));
    expect(pages.at(-1)).toMatchObject({ kind: "records", done: true, announced: 2 });
  });

  test("waits longer each time, from two seconds to a minute", async () => {
    const polls = [...Array.from({ length: 14 }, () => ({ status: "RUNNING" })), done([])];
    const { pages, session } = await read({ lines: [], polls });
    const waits = pages.flatMap((page) =>
      page.kind === "waiting" ? [page.until.getTime() - session.clock.now().getTime()] : [],
    );
    expect(waits.slice(0, 2)).toEqual([0, 2_000]); // before it is begun only its place is kept
    expect(waits.at(-1)).toBe(60_000);
    expect(waits).toEqual(waits.toSorted((a, b) => a - b));
  });

  test("without rows has no file, and is no error", async () => {
    const { pages, counts } = await read({ lines: [] });
    expect(counts.file).toBe(0);
    expect(pages.at(-1)).toMatchObject({ records: [], done: true });
  });
});

describe("a bulk operation that is there already, or may not begin", () => {
  test("is asked after by its id from a committed cursor, never begun twice", async () => {
    const lines = [product(1)];
    const first = await read({ lines }, null, 2);
    const rest = await read({ lines }, first.pages[1]?.cursor);
    expect(rest.texts).toEqual([]);
    expect(rest.ids).toEqual(["Product/1"]);
  });

  const earlier = "gid://shopify/BulkOperation/7";
  const lost = "gid://shopify/BulkOperation/8";
  const runningWith = (text: string, ids: readonly string[]) => () =>
    ["{ products { edges { node { id } } } }", ...ids.map(() => text)].map((query, i) => ({
      id: ids[i - 1] ?? "gid://shopify/BulkOperation/1",
      status: "RUNNING",
      query,
    }));

  test("that an earlier run began with the same text is left to itself: it shows an earlier time", async () => {
    const lines = [product(1)];
    const text = (await read({ lines })).texts[0] ?? "";
    const { texts, ids, pages } = await read({ lines, running: runningWith(text, [earlier]) });
    expect(texts).toEqual([text]);
    expect(ids).toEqual(["Product/1"]);
    expect(JSON.stringify(pages.map(({ cursor }) => cursor["operation"]))).not.toContain(earlier);
  });

  test("that was begun for the slice and lost its id in a crash is found again by its text", async () => {
    const lines = [product(1)];
    const text = (await read({ lines })).texts[0] ?? "";
    const before = await read({ lines, running: runningWith(text, [earlier]) }, null, 1);
    expect(before.texts).toEqual([]);
    const { texts, pages } = await read(
      { lines, running: runningWith(text, [earlier, lost]) },
      before.pages[0]?.cursor ?? null,
    );
    expect(texts).toEqual([]);
    expect(pages[0]).toMatchObject({ kind: "waiting", cursor: { operation: lost } });
  });

  test.each(["OPERATION_IN_PROGRESS", "LIMIT_REACHED", null])(
    "that must queue (%s) waits and is begun later",
    async (code) => {
      const busy = { bulkOperation: null, userErrors: [{ code, field: null, message: "already in progress" }] };
      const good = { bulkOperation: { id: "gid://shopify/BulkOperation/9", status: "CREATED" }, userErrors: [] };
      const { pages, failure } = await read({ lines: [product(1)], start: (n) => (n < 2 ? busy : good) });
      expect(failure).toBeNull();
      expect(pages.slice(1, 3)).toMatchObject([
        { kind: "waiting", because: { code: "shopify.bulkBusy" } },
        { kind: "waiting", because: { code: "shopify.bulkBusy" } },
      ]);
    },
  );

  test("that is refused is our own mistake", async () => {
    const refused = {
      bulkOperation: null,
      userErrors: [
        {
          code: "INVALID",
          field: ["query"],
          message: "Queries that contain a connection field within a list field are not currently supported.",
        },
      ],
    };
    const { failure } = await read({ lines: [], start: () => refused });
    expect(isSourceFailure(failure) && failure.failure).toMatchObject({
      class: "invalid_request",
      code: "shopify.bulkRefused",
    });
  });
});

describe("a bulk operation that fails", () => {
  test("by time is asked for again in halves that meet without a gap", async () => {
    const polls = [{ status: "FAILED", errorCode: "TIMEOUT" }, { status: "FAILED", errorCode: "TIMEOUT" }, done([])];
    const { texts, pages } = await read({ lines: [], polls });
    const windows = texts.map((text) => [...text.matchAll(/'([^']+)'/g)].map(([, instant]) => instant));
    expect(windows.slice(0, 3).map(([from]) => from)).toEqual(Array(3).fill("2026-09-01T00:00:00Z"));
    const covered = windows.slice(2);
    expect(covered[0]?.[0]).toBe("2026-09-01T00:00:00Z");
    expect(covered.at(-1)?.[1]).toBe("2026-11-01T00:00:00Z");
    for (let i = 1; i < covered.length; i += 1) expect(covered[i]?.[0]).toBe(covered[i - 1]?.[1]);
    expect(pages.filter((page) => page.kind === "records" && page.done)).toHaveLength(1);
  });

  test.each([
    { status: "CANCELED" },
    { status: "EXPIRED" },
    { status: "COMPLETED", objectCount: "1", url: null },
    { status: "FAILED", errorCode: "INTERNAL_SERVER_ERROR" },
    null,
  ])("as %j is begun again, three times at most", async (state) => {
    const once = await read({ lines: [product(1)], polls: state === null ? [] : [state, done([product(1)])] });
    if (state !== null) expect(once.ids).toEqual(["Product/1"]);
    const ever = await read({ lines: [], polls: state === null ? [] : [state] });
    expect(isSourceFailure(ever.failure) && ever.failure.failure).toMatchObject({
      class: "transient",
      code: "shopify.bulkLost",
    });
    expect(ever.texts).toHaveLength(3);
  });

  test("for lack of a scope says so", async () => {
    const { failure } = await read({ lines: [], polls: [{ status: "FAILED", errorCode: "ACCESS_DENIED" }] });
    expect(isSourceFailure(failure) && failure.failure).toMatchObject({ class: "permission", curedBy: "grant" });
  });
});

const many = Array.from({ length: 2 * ROOTS_A_BATCH + 1 }, (_unused, i) => [product(i), variant(i, i)]).flat();

describe("a bulk file", () => {
  test("is given in batches, and from any of their cursors the rest comes, nothing lost and nothing twice", async () => {
    const whole = await read({ lines: many });
    const batches = whole.pages.filter((page) => page.kind === "records");
    expect(batches.length).toBe(3);
    expect(new Set(whole.ids).size).toBe(many.length);
    for (const [i, batch] of batches.entries()) {
      if (batch.done) continue;
      const rest = await read({ lines: many }, batch.cursor);
      expect([...batches.slice(0, i + 1).flatMap(idsIn), ...rest.ids].toSorted()).toEqual(whole.ids.toSorted());
    }
  });

  test("places a child that comes long after its root, also when a restart lies between", async () => {
    const lines = [...many, variant(999_999, 0)];
    const whole = await read({ lines });
    expect(whole.ids.at(-1)).toBe("ProductVariant/999999");
    const second = whole.pages.filter((page) => page.kind === "records")[1];
    const rest = await read({ lines }, second?.cursor);
    expect(rest.ids.at(-1)).toBe("ProductVariant/999999");
  });

  test("puts a child without a root into quarantine", async () => {
    const { pages } = await read({ lines: [product(1), variant(11, 404)] });
    expect(pages.at(-1)).toMatchObject({ rejected: [{ kind: "variant", reason: "orphan" }] });
  });

  test("whose link has expired is prepared again", async () => {
    const lines = [product(1)];
    const expired = { status: 403, body: "<Error><Code>ExpiredToken</Code></Error>" };
    const { ids, texts } = await read({ lines, file: (n) => (n === 0 ? expired : { body: lines.join("\n") }) });
    expect(texts).toHaveLength(2);
    expect(ids).toEqual(["Product/1"]);
  });

  test("that is shorter than it was said to be is prepared again, not taken for whole", async () => {
    const lines = [product(1), product(2), product(3)];
    const { ids, texts } = await read({
      lines,
      file: (n) => ({ body: (n === 0 ? lines.slice(0, 2) : lines).join("\n") }),
    });
    expect(texts).toHaveLength(2);
    expect(new Set(ids)).toEqual(new Set(["Product/1", "Product/2", "Product/3"]));
  });

  test("with a broken line fails as a whole page, never half", async () => {
    const { failure, ids } = await read({ lines: [product(1), product(2).slice(0, 40)] });
    expect(isSourceFailure(failure) && failure.failure).toMatchObject({
      class: "transient",
      code: "shopify.brokenFile",
    });
    expect(ids).toEqual([]);
  });

  test("is followed where it leads, and not for ever", async () => {
    const lines = [product(1), product(2)];
    const leads = (to: string): Scripted => ({ status: 307, headers: { location: to }, body: "" });
    const { ids, session } = await read({
      lines,
      answer: ({ url }) => (url.includes("moved") ? { body: lines.join("\n") } : leads("/moved?x=1")),
    });
    expect(ids).toEqual(["Product/1", "Product/2"]);
    expect(session.sent.map(({ url }) => url)).toContain("https://storage.googleapis.com/moved?x=1");
    const { failure } = await read({ lines, answer: () => leads("/round") });
    expect(isSourceFailure(failure) && failure.failure).toMatchObject({ class: "transient" });
  });

  test("is asked for without the token", async () => {
    const { session } = await read({ lines: [product(1)] });
    const file = session.sent.find((request) => request.purpose === "bulk.file");
    expect(file).toMatchObject({ credential: "none", method: "GET" });
  });
});

describe("a bulk file that is gone into", () => {
  /** A host that gives parts, as signed links of the storage do. */
  const inParts = (lines: readonly string[], asked: string[]) => ({
    lines,
    answer: (request: SourceRequest): Scripted => {
      const whole = Buffer.from(lines.join("\n"));
      const from = Number(/^bytes=(\d+)-$/.exec(request.headers?.["range"] ?? "")?.[1] ?? 0);
      asked.push(request.headers?.["range"] ?? "all");
      const range = { "content-range": `bytes ${from}-${whole.length - 1}/${whole.length}` };
      const body = whole.subarray(from).toString();
      return from === 0 ? { body } : { status: 206, headers: range, body };
    },
  });
  const cursorAfter = async (lines: readonly string[], n: number): Promise<Cursor | null> =>
    (await read({ lines })).pages.filter((page) => page.kind === "records")[n]?.cursor ?? null;

  test("is read from a few roots before the place, and no further back", async () => {
    const whole = await read({ lines: many });
    const asked: string[] = [];
    const rest = await read(inParts(many, asked), await cursorAfter(many, 1));
    const before = Buffer.byteLength(`${many.slice(0, 2 * (2 * ROOTS_A_BATCH - ROOTS_AGAIN)).join("\n")}\n`);
    expect(asked).toEqual([`bytes=${before}-`]);
    expect([...(await givenBy(many, 2)), ...rest.ids].toSorted()).toEqual(whole.ids.toSorted());
  });

  test.each([
    ["a host that gives no parts", (body: string): Scripted => ({ body })],
    [
      "a host that says there is no such part",
      (body: string, n: number): Scripted => (n === 0 ? { status: 416, body: "" } : { body }),
    ],
    [
      "a part that begins elsewhere",
      (body: string, n: number): Scripted =>
        n === 0 ? { status: 206, headers: { "content-range": "bytes 7-9/10" }, body: body.slice(7) } : { body },
    ],
  ])("is read from its start at %s", async (_, file) => {
    const whole = await read({ lines: many });
    const rest = await read({ lines: many, file: (n) => file(many.join("\n"), n) }, await cursorAfter(many, 1));
    expect([...(await givenBy(many, 2)), ...rest.ids].toSorted()).toEqual(whole.ids.toSorted());
  });

  test("is read from its start where another root stands at the place, or a child's root stands further up", async () => {
    for (const lines of [
      [product(77), ...many.slice(1)],
      [...many, variant(999_999, 0)],
    ]) {
      const asked: string[] = [];
      const rest = await read(inParts(lines, asked), await cursorAfter(many, 1));
      expect(asked.length).toBe(2);
      expect(asked[1]).toBe("all");
      expect(rest.failure).toBeNull();
      const whole = await read({ lines });
      expect(new Set([...(await givenBy(lines, 2)), ...rest.ids])).toEqual(new Set(whole.ids));
    }
  });
});

test("a link without TLS is followed with it", async () => {
  const lines = [product(1)];
  const bare = { ...done(lines), url: "http://storage.googleapis.com/bulk/88?signed=1" };
  const { session, ids } = await read({ lines, polls: [bare] });
  expect(session.sent.at(-1)?.url).toBe("https://storage.googleapis.com/bulk/88?signed=1");
  expect(ids).toEqual(["Product/1"]);
});
