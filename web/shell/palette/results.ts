import type { ReactNode } from "react";
import { nearness, type Searchable, wordsOf } from "./matching.ts";
import type { Ask } from "./asks.ts";

export type Kind = "ask" | "screen" | "datasource" | "stream";

export interface Option {
  /** Keeps its meaning: what was chosen before is found again by it. */
  readonly id: string;
  readonly kind: Kind;
  readonly label: string;
  readonly about: string;
  readonly mark: ReactNode;
  /** Where it leads; of what is asked at once, there is no place to go to. */
  readonly href: string | null;
  readonly datasource: string | null;
  readonly ask: Ask | null;
  readonly words: Searchable;
}

export interface Group {
  readonly kind: Kind | "recent" | "here";
  readonly options: readonly Option[];
}

export interface Results {
  readonly groups: readonly Group[];
  /** All that were found, shown or not. */
  readonly count: number;
}

/** More than anybody reads; who wants another one types on. */
export const shownMost = 50;
/** So many of the datasources that are meant bring what may be asked of them. */
const asksOfMost = 5;

interface Sources {
  readonly screens: readonly Option[];
  readonly datasources: readonly Option[];
  /** Found by what they are called; whose they are tells those of one name apart. */
  readonly streams: readonly Option[];
  /** The datasource on screen. */
  readonly here: string | null;
  readonly recent: readonly string[];
  readonly asksOf: (datasource: string) => readonly Option[];
}

/** Nothing typed yet: what was chosen last, what may be asked of what is on screen, then every place. */
function untyped({ screens, datasources, streams, here, recent, asksOf }: Sources): Results {
  const asks = here === null ? [] : asksOf(here);
  const all = [...asks, ...screens, ...datasources];
  const byId = new Map([...all, ...streams].map((option) => [option.id, option]));
  const last = recent.flatMap((id) => byId.get(id) ?? []);
  const isLast = new Set(last);
  const rest = (options: readonly Option[]): Option[] => options.filter((option) => !isLast.has(option));
  const groups: Group[] = [
    { kind: "recent", options: last },
    { kind: "here", options: rest(asks) },
    { kind: "screen", options: rest(screens) },
    { kind: "datasource", options: rest(datasources) },
  ];
  return cut(groups, new Set([...all, ...last]).size);
}

function cut(groups: readonly Group[], count: number): Results {
  let room = shownMost;
  const shown = groups.map(({ kind, options }) => {
    const part = options.slice(0, room);
    room -= part.length;
    return { kind, options: part };
  });
  return { groups: shown.filter(({ options }) => options.length > 0), count };
}

export function resultsFor(typed: string, sources: Sources): Results {
  const asked = wordsOf(typed);
  if (asked.length === 0) return untyped(sources);
  const { screens, datasources, streams, here, asksOf } = sources;
  const meant = [
    ...new Set([
      ...(here === null ? [] : [here]),
      ...byNearness(datasources, (words) => leastOf(asked.map((word) => nearness(words, [word]))))
        .slice(0, asksOfMost)
        .flatMap(({ option }) => option.datasource ?? []),
    ]),
  ];
  const named = streams.filter(({ words }) =>
    asked.some((word) => nearness({ called: words.called, about: [] }, [word]) !== null),
  );
  const all = [...screens, ...datasources, ...named, ...meant.flatMap(asksOf)];
  const found = byNearness(all, (words) => nearness(words, asked));
  const kinds = [...new Set(found.map(({ option }) => option.kind))];
  const shown = found.slice(0, shownMost);
  const groups = kinds.map((kind) => ({
    kind,
    options: shown.flatMap(({ option }) => (option.kind === kind ? option : [])),
  }));
  return cut(groups, found.length);
}

function leastOf(values: readonly (number | null)[]): number | null {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? null : Math.min(...known);
}

/** The nearest first; among equals the order stays. */
function byNearness(
  options: readonly Option[],
  nearnessOf: (words: Searchable) => number | null,
): { option: Option; near: number }[] {
  return options
    .flatMap((option) => {
      const near = nearnessOf(option.words);
      return near === null ? [] : [{ option, near }];
    })
    .toSorted((one, other) => one.near - other.near);
}
