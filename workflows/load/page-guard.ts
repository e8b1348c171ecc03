/** A source that gives the same page for ever, or empty pages for ever, is found within three repeats. */
import type { Page } from "@headwater/connectors/contract.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";

const REPEATS_MAX = 3;
const EMPTY_MAX = 200;

export class PageGuard {
  #lastCursor = "";
  #lastIds = "";
  #sameCursor = 0;
  #sameIds = 0;
  #empty = 0;

  check(page: Extract<Page, { kind: "records" }>): void {
    const cursor = JSON.stringify(page.cursor);
    const ids = fingerprint(page);
    const isEmpty = page.records.length + page.rejected.length === 0;
    this.#sameCursor = cursor === this.#lastCursor ? this.#sameCursor + 1 : 1;
    this.#sameIds = !isEmpty && ids === this.#lastIds ? this.#sameIds + 1 : 1;
    this.#empty = isEmpty ? this.#empty + 1 : 0;
    this.#lastCursor = cursor;
    if (!isEmpty) this.#lastIds = ids;
    if (page.done) return;
    const repeats = Math.max(this.#sameCursor, this.#sameIds);
    if (repeats >= REPEATS_MAX || this.#empty >= EMPTY_MAX) {
      const said =
        this.#empty >= EMPTY_MAX ? `${EMPTY_MAX} empty pages in a row` : `the same page ${repeats} times in a row`;
      throw new SourceFailure({ class: "invalid_request", code: "pages.repeat", said });
    }
  }
}

/** First and last of what came; a page of nothing but poison is told by what stands in it. */
function fingerprint({ records, rejected }: Extract<Page, { kind: "records" }>): string {
  const marks = [records[0]?.id, records.at(-1)?.id, rejected[0]?.document, rejected.at(-1)?.document];
  return [records.length, rejected.length, ...marks].join("\n");
}
