// Pages that lie. Sources have served one page for ever, an empty page with a next link, and the page before with the
// cursor of this one, which would lose this one's records. So a page that repeats the last one taken is asked for again
// before it is followed; a third time is a failure, and so is a third empty page that leads on.
import { SourceFailure } from "../failure.ts";

const TIMES_MAX = 3;
const FILTERED_MAX = 30;

/** `asked`: the cursor that the page was asked for by, where it is known. */
export type GuardedPage = {
  readonly ids: readonly string[];
  readonly next: string | null;
  readonly asked?: string | null;
};
/** `again`: the same request once more. Throws when that has not helped. */
export type PageGuard = (page: GuardedPage) => "take" | "again";

/** `isFiltered`: it filters what it has read, and sends empty pages in a row for that. Each leads on to another place. */
export function makePageGuard({ isFiltered = false } = {}): PageGuard {
  const hollowMax = isFiltered ? FILTERED_MAX : TIMES_MAX - 1;
  let before = "";
  let times = 1;
  let hollow = 0;
  let hollowLedTo: string | null = null;
  let ledToItself = false;
  return ({ ids, next, asked }) => {
    const isHollow = ids.length === 0 && next !== null;
    hollow = isHollow ? hollow + 1 : 0;
    const isStill = hollow > 2 && next === hollowLedTo;
    hollowLedTo = isHollow ? next : null;
    const now = ids.join(" ");
    const isSame = now !== "" && now === before;
    times = isSame ? times + 1 : 1;
    // The page taken last had named itself as the next one, and here it is; now it leads on, or says that it is the end.
    if (isSame && ledToItself && next !== asked) {
      ledToItself = false;
      return "take";
    }
    if (times >= TIMES_MAX || isStill || hollow > hollowMax) throw sameAgain();
    if (isSame || hollow === 1) return "again";
    if (now !== "") before = now;
    ledToItself = next !== null && next === asked;
    return "take";
  };
}

function sameAgain(): SourceFailure {
  const said = `The source gave the same page ${TIMES_MAX} times`;
  return new SourceFailure({ class: "transient", code: "pages.same", said });
}
