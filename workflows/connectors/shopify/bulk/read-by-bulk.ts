// The bulk way: begin an operation for a window, wait for it as `waiting` pages, then give its file batch by batch.
import type { Page } from "../../contract.ts";
import { SourceFailure } from "../../failure.ts";
import type { Notice } from "../../notice.ts";
import { withTls } from "../../outbound/hosts.ts";
import type { Answer } from "../../outbound/outbound.ts";
import type { RejectedRecord } from "../../records.ts";
import type { SourceSession } from "../../session.ts";
import type { TimeField } from "../search.ts";
import { statusFailure } from "../errors.ts";
import type { Subject } from "../subject.ts";
import { again, following, halved, type Anchor, type BulkCursor } from "./cursor.ts";
import { batchesOf, Misplaced, type Batch } from "./lines.ts";
import { operationText, pollOperation, runningWith, startOperation, type OperationState } from "./operation.ts";

const POLL_FIRST_MS = 2_000;
const POLL_MAX_MS = 60_000;
const BUSY_MS = 15_000;
const TRIES_MAX = 3;
/** A file of a hundred thousand orders comes in minutes; the largest in an hour. */
const FILE_MS = 3 * 3_600_000;
const FILE_BYTES = 200 * 1024 ** 3;
const REDIRECTS = new Set([301, 302, 303, 307, 308]);
const REDIRECTS_MOST = 3;
/** Where bulk results live; the token is never shown there. */
export const STORAGE_HOST = "storage.googleapis.com";

export type BulkWork = { readonly session: SourceSession; readonly subject: Subject; readonly field: TimeField };

export async function* readByBulk(work: BulkWork, from: BulkCursor): AsyncGenerator<Page> {
  let at: BulkCursor | null = from;
  while (at !== null) {
    if (at.operation === null) {
      at = yield* begun(work, at);
      continue;
    }
    const state = await pollOperation(work.session, at.operation);
    if (state.kind === "running") {
      at = { ...at, polls: at.polls + 1 };
      yield waiting(work, at, Math.min(POLL_MAX_MS, POLL_FIRST_MS * 1.5 ** at.polls));
      continue;
    }
    if (state.kind === "denied") at = askedWithoutCustomers(work, at, state.said);
    else at = state.kind === "done" ? yield* givenOut(work, at, state) : askedOtherwise(at, state);
  }
}

/**
 * What ran with the same text before is committed first: after a crash only another one can be this window's. An earlier
 * run's shows the shop as it was then.
 */
async function* begun(work: BulkWork, from: BulkCursor): AsyncGenerator<Page, BulkCursor> {
  const { session } = work;
  const text = textOf(work, from);
  const running = await runningWith(session, text);
  const at = { ...from, others: from.others ?? running, polls: 0, lines: 0, anchor: null };
  if (from.others === null) yield waiting(work, at, 0);
  const own = running.find((id) => !at.others.includes(id));
  const started =
    own === undefined ? await startOperation(session, work.subject, text) : { kind: "started" as const, id: own };
  const next = { ...at, operation: started.kind === "started" ? started.id : null };
  yield waiting(work, next, started.kind === "started" ? POLL_FIRST_MS : BUSY_MS);
  return next;
}

function textOf({ session, subject, field }: BulkWork, at: BulkCursor): string {
  const range = { from: at.from === null ? null : new Date(at.from), to: new Date(at.to) };
  // A snapshot read whole has no window; orders always have one.
  const within = at.from === null && subject.isSnapshot ? null : { field, range };
  return operationText(subject, at.withoutCustomers ? withoutCustomers(session) : session.scopes, within);
}

const CUSTOMERS = "read_customers";
const withoutCustomers = ({ scopes }: SourceSession): SourceSession["scopes"] =>
  new Set([...scopes].filter((scope) => scope !== CUSTOMERS));

function waiting({ session }: BulkWork, at: BulkCursor, ms: number): Page {
  const isBusy = at.operation === null && ms > 0;
  const because: Notice = { code: isBusy ? "shopify.bulkBusy" : "shopify.preparing" };
  return { kind: "waiting", until: new Date(session.clock.now().getTime() + ms), because, cursor: { ...at } };
}

function askedOtherwise(at: BulkCursor, state: Extract<OperationState, { kind: "tooMuch" | "lost" }>): BulkCursor {
  const next = state.kind === "tooMuch" ? (halved(at) ?? again(at)) : again(at);
  if (next.tries < TRIES_MAX) return next;
  const said = state.kind === "lost" ? state.said : "the smallest window took too long";
  throw new SourceFailure({ class: "transient", code: "shopify.bulkLost", said });
}

/**
 * Where the app is not approved for customers, a page comes without them, but an operation that names them fails whole, and
 * does not say why: what stands without them is read without them.
 */
function askedWithoutCustomers({ session, subject }: BulkWork, at: BulkCursor, said: string): BulkCursor {
  const namesThem = subject.fields.some((field) => typeof field !== "string" && field.needs === CUSTOMERS);
  if (namesThem && session.scopes.has(CUSTOMERS) && !at.withoutCustomers)
    return { ...again(at), tries: at.tries, withoutCustomers: true };
  throw new SourceFailure({
    class: "permission",
    lacks: "unnamed",
    curedBy: "grant",
    code: "shopify.scopeMissing",
    said,
  });
}

type Done = Extract<OperationState, { kind: "done" }>;

/** Gives what the file holds beyond the lines given before; answers the next window, or null at the slice's end. */
async function* givenOut(work: BulkWork, from: BulkCursor, state: Done): AsyncGenerator<Page, BulkCursor | null> {
  const next = following(from);
  const isWhole = next === null && from.to === from.end;
  // By its own count, once there is one: what was deleted since the shop was asked how many there are is no hole.
  let at: BulkCursor = { ...from, announced: isWhole ? (state.roots ?? from.announced) : from.announced };
  const ends = next === null ? state : null;
  if (state.url === null) {
    if (state.objects > 0) return askedOtherwise(from, { kind: "lost", said: `no link to ${state.objects} lines` });
    yield await pageOf(work, nothing, { cursor: next ?? at, ends });
    return next;
  }
  for (;;) {
    const file = await openFile(work.session, state.url, at.anchor);
    if (file === null) return askedOtherwise(at, { kind: "lost", said: "the file's link has expired" });
    const { answer, anchor } = file;
    let held: Batch | null = null;
    try {
      // One batch behind, so that the file's end is known before its last batch is called the last.
      for await (const batch of batchesOf(answer.lines(), { subject: work.subject, skip: at.lines, anchor })) {
        if (held !== null) {
          at = placeAfter(at, held, answer);
          yield await pageOf(work, held, { cursor: at, ends: null });
        }
        held = batch;
      }
    } catch (error) {
      if (!(error instanceof Misplaced)) throw error;
      at = { ...at, anchor: null };
      continue;
    }
    const { lines } = held ?? nothing;
    if (lines < state.objects)
      return askedOtherwise(at, { kind: "lost", said: `${lines} of ${state.objects} lines came` });
    yield await pageOf(work, held ?? nothing, { cursor: next ?? { ...at, lines }, ends });
    return next;
  }
}

const nothing: Batch = { groups: [], stragglers: [], orphans: [], lines: 0, anchor: null };

/** A packed file cannot be gone into at a byte of what it unpacks to. */
function placeAfter(at: BulkCursor, { lines, anchor }: Batch, { headers }: Answer): BulkCursor {
  return { ...at, lines, anchor: headers["content-encoding"] === undefined ? anchor : null };
}

type OpenFile = { readonly answer: Answer; readonly anchor: Anchor | null };

/** The file from an anchor on, where the host gives parts; else from its start. */
async function openFile(session: SourceSession, url: string, anchor: Anchor | null): Promise<OpenFile | null> {
  if (anchor !== null) {
    const part = await askForFile(session, url, anchor);
    if (part?.status === 206 && part.headers["content-range"]?.startsWith(`bytes ${anchor.bytes}-`) === true)
      return { answer: part, anchor };
    if (part?.status === 200) return { answer: part, anchor: null };
    await part?.discard();
  }
  const whole = await askForFile(session, url, null);
  return whole === null ? null : { answer: whole, anchor: null };
}

/** Followed where it leads, each step within the hosts that may hold a file. */
async function askForFile(session: SourceSession, first: string, anchor: Anchor | null): Promise<Answer | null> {
  let url = first;
  for (let redirects = 0; redirects <= REDIRECTS_MOST; redirects += 1) {
    const answer = await askAt(session, url, anchor);
    const location = answer !== null && REDIRECTS.has(answer.status) ? (answer.headers["location"] ?? "") : null;
    if (location === null) return answer;
    await answer?.discard();
    const next = location === "" ? null : URL.parse(location, url);
    if (next === null) throw fileTrouble(answer?.status ?? 0);
    url = next.href;
  }
  throw fileTrouble(310);
}

/** Without the token: the link is signed by itself, and the host is not the shop. */
async function askAt(session: SourceSession, url: string, anchor: Anchor | null): Promise<Answer | null> {
  const part = anchor === null ? {} : { range: `bytes=${anchor.bytes}-`, "accept-encoding": "identity" };
  const address = URL.parse(url);
  return session.http.call(
    {
      method: "GET",
      url: address === null ? url : withTls(address, [STORAGE_HOST, session.login.key]).href,
      headers: { accept: "*/*", ...part },
      credential: "none",
      cost: 0,
      purpose: "bulk.file",
      totalMs: FILE_MS,
      bytesMax: FILE_BYTES,
    },
    async (answer) => {
      if (
        answer.status === 200 ||
        REDIRECTS.has(answer.status) ||
        (anchor !== null && [206, 416].includes(answer.status))
      )
        return answer;
      if ([400, 403, 404, 410].includes(answer.status)) {
        await answer.discard();
        return null;
      }
      const failure = statusFailure(answer.status, await answer.text(), { now: session.clock.now() });
      throw failure.failure.class === "transient" ? failure : fileTrouble(answer.status);
    },
  );
}

function fileTrouble(status: number): SourceFailure {
  return new SourceFailure({ class: "transient", code: "shopify.trouble", said: `the file answered ${status}` });
}

/** `cursor` is where to go on after this page; `ends` is set on the slice's last. */
async function pageOf(
  { session, subject }: BulkWork,
  batch: Batch,
  at: { readonly cursor: BulkCursor; readonly ends: Done | null },
): Promise<Page> {
  const isCustomerDenied = at.cursor.withoutCustomers;
  const groups = batch.groups.map((group) => ({ ...group, isCustomerDenied }));
  const main = await subject.finish(session, groups, "bulk");
  const all = [main, ...batch.stragglers.map((straggler) => subject.mapStraggler(straggler))];
  return {
    kind: "records",
    records: all.flatMap((mapped) => mapped.records),
    rejected: [...all.flatMap((mapped) => mapped.rejected), ...batch.orphans.map(orphanOf(subject))],
    cursor: { ...at.cursor },
    done: at.ends !== null,
    ...(isCustomerDenied ? { notices: [{ code: "shopify.customerData" }] } : {}),
    ...(at.cursor.announced === null ? {} : { announced: at.cursor.announced }),
    ...(at.ends === null ? {} : { through: throughOf(at.cursor, at.ends) }),
  };
}

/** By the shop's own clock: what it had not lived when the operation began is not in the file. */
function throughOf(at: BulkCursor, { begunAt }: Done): Date {
  const end = Date.parse(at.end);
  return new Date(begunAt === null ? end : Math.min(end, begunAt));
}

function orphanOf(subject: Subject): (child: Batch["orphans"][number]) => RejectedRecord {
  const kind = subject.root === "orders" ? "orderLine" : "variant";
  return (child) => ({
    kind,
    id: typeof child["id"] === "string" ? child["id"] : null,
    reason: "orphan",
    detail: "__parentId names no line of the file",
    document: JSON.stringify(child),
  });
}
