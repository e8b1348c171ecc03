// Sources have served one page for ever, and empty pages with a next link. Both are found within three repeats.
import { SourceFailure } from "./failure.ts";

const REPEATS_MAX = 3;

export type PageGuard = (page: { readonly ids: readonly string[]; readonly next: string | null }) => void;

export function makePageGuard(): PageGuard {
  let before = "";
  let repeats = 0;
  return ({ ids, next }) => {
    if (next === null) return; // the walk ends here whatever the page held
    const signature = `${ids.length} ${ids[0] ?? ""} ${ids.at(-1) ?? ""}${ids.length === 0 ? "" : ` ${next}`}`;
    repeats = signature === before ? repeats + 1 : 0;
    before = signature;
    if (repeats >= REPEATS_MAX - 1)
      throw new SourceFailure({
        class: "transient",
        code: "pages.same",
        said: `The source gave the same page ${REPEATS_MAX} times`,
      });
  };
}
