/** A stream's pages from a cursor on: the next one is fetched while this one is used, and short troubles are waited out. */
import type { Cursor, Page, SliceSpec, Stream } from "@headwater/connectors/contract.ts";
import { isSourceFailure, SourceFailure } from "@headwater/connectors/failure.ts";
import { ODD_SHAPE } from "@headwater/connectors/read-fields.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { setTimeout as sleep } from "node:timers/promises";
import { cappedWaitMs, hasHadItsTries, PATIENCE } from "../source/patience.ts";
import { cleanJson } from "./copy-text.ts";
import { PageGuard } from "./page-guard.ts";

export interface PagesRequest {
  stream: Stream;
  session: SourceSession;
  slice: SliceSpec;
  cursor: Cursor | null;
  pace: number;
}

/** `restarted`: the cursor was refused, so the slice begins again by its time window. */
export type SteadyPage = { page: Page; restarted: boolean; askedAt: Date };

const SAME_PAGE = "pages.same";
/** Reopenings of the stream without a page between them. A call has had its own tries before. */
const REOPENINGS_MAX = 3;

export async function* steadyPages({ stream, session, slice, cursor, pace }: PagesRequest): AsyncGenerator<SteadyPage> {
  if (stream.pages === undefined)
    throw new Error(`stream ${stream.name} is carried by ${stream.carriedBy ?? "nothing"}`);
  const guard = new PageGuard();
  let from = cursor;
  let restarted = false;
  let mayRestart = true;
  for (let reopenings = 0; ; reopenings += 1) {
    try {
      for await (const { page, askedAt } of oneAhead(stream.pages(session, slice, from))) {
        mustBeKept(page.cursor);
        if (page.kind === "records") guard.check(page);
        from = page.cursor;
        reopenings = 0;
        yield { page, restarted, askedAt };
        restarted = false;
        if (page.kind === "records" && page.done) return;
      }
      throw new SourceFailure({
        class: "transient",
        code: "pages.ended",
        said: "the pages ended before the slice did",
      });
    } catch (error) {
      if (isRefusedCursor(error) && from !== null && mayRestart) {
        mayRestart = false;
        restarted = true;
        from = null;
        continue;
      }
      const waitMs = reopenings < REOPENINGS_MAX ? waitBefore(error, session, pace) : null;
      if (waitMs === null) throw error;
      await sleep(waitMs, undefined, { signal: session.signal });
    }
  }
}

/** Asks for the next page before the last one is used. */
async function* oneAhead(pages: AsyncIterable<Page>): AsyncGenerator<Asked> {
  const iterator = pages[Symbol.asyncIterator]();
  let next = ask(iterator);
  try {
    for (;;) {
      const {
        answer: { done, value: page },
        askedAt,
      } = await next;
      if (done === true) return;
      // What is waiting must be committed and waited for before it is asked about again.
      if (page.kind === "waiting") {
        yield { page, askedAt };
        next = ask(iterator);
      } else {
        if (!page.done) next = ask(iterator);
        yield { page, askedAt };
        if (page.done) return;
      }
    }
  } finally {
    // Not awaited: a fetch that is still under way would hold up whoever stopped reading.
    iterator.return?.()?.catch(() => undefined);
  }
}

type Asked = { page: Page; askedAt: Date };

function ask(iterator: AsyncIterator<Page>): Promise<{ answer: IteratorResult<Page>; askedAt: Date }> {
  const askedAt = new Date();
  const next = iterator.next().then((answer) => ({ answer, askedAt }));
  next.catch(() => undefined); // seen when it is awaited, or not needed any more
  return next;
}

/** Postgres would refuse it, and all that was read with it: its stream stops there, and the others go on. */
function mustBeKept(cursor: Cursor): void {
  if (!cleanJson(JSON.stringify(cursor)).replaced) return;
  const said = "a place to go on from that holds half a letter, or a NUL";
  throw new SourceFailure({ class: "invalid_request", code: ODD_SHAPE, said });
}

const isRefusedCursor = (error: unknown): boolean =>
  isSourceFailure(error) && error.failure.class === "invalid_request" && /cursor/i.test(error.failure.code);

/** Null where beginning again would only repeat what has been tried: a call's own tries, or one page three times. */
function waitBefore(error: unknown, session: SourceSession, pace: number): number | null {
  if (!isSourceFailure(error) || hasHadItsTries(error) || error.failure.code === SAME_PAGE) return null;
  if (error.failure.class === "rate_limit") {
    const ms = cappedWaitMs(error.failure.retryAt, session.clock.now());
    return ms <= PATIENCE.rateLimitMs ? Math.max(ms, 200 * pace) : null;
  }
  return error.failure.class === "transient" ? Math.random() * PATIENCE.firstMs * pace : null;
}
