import { type ReactNode, type Ref, type RefCallback, useEffect, useState } from "react";
import { flushSync } from "react-dom";

/** Up to here all rows are there, and the browser's own search finds each. */
export const longFrom = 200;
const together = 50;
/** What comes so near the edge of what scrolls is told; on a page that scrolls itself a browser may count it twice. */
const toldPx = 600;
/** More than twice that: what was told is there, wherever it has moved to meanwhile. */
const nearPx = 1_800;

interface Group<Row> {
  key: string;
  /** A row for its name. */
  head: ReactNode;
  rows: readonly Row[];
}

/** Where rows stand that are away; without a height it marks where they begin. */
interface Room {
  key: string;
  ref: RefCallback<Element>;
  height: number;
}

interface LongRowsProps<Row> {
  groups: readonly Group<Row>[];
  renderGroup: (key: string, rows: readonly ReactNode[]) => ReactNode;
  /** `place`: which of all it is, from 1, where not all are there. */
  renderRow: (row: Row, place: number | undefined) => ReactNode;
  renderRoom: (room: Room) => ReactNode;
  /** A guess, until some rows were there. */
  rowHeight: number;
}

/** Of many rows those near the screen are there, and those at both ends, where the Tab key comes in; the others are room. */
export function LongRows<Row>({ groups, renderGroup, renderRow, renderRoom, rowHeight }: LongRowsProps<Row>) {
  const isLong = groups.reduce((sum, { rows }) => sum + rows.length, 0) > longFrom;
  const parts = partsOf(groups, isLong ? together : Infinity);
  const { isNear, startOf, heightOf } = useNear(isLong);
  const isPrinted = usePrinted();
  const rendered = parts.flatMap(({ group, head, rows, from }, n) => {
    const isThere = !isLong || isPrinted || n === 0 || n === parts.length - 1 || isNear(n, from);
    const height = isThere ? 0 : heightOf(n, rows.length, rowHeight);
    const room = { key: `room ${n}`, ref: startOf(n, rows.length), height };
    return {
      group,
      rows: [
        isLong && renderRoom(room),
        isThere && head,
        ...(isThere ? rows.map((row, at) => renderRow(row, isLong ? from + at + 1 : undefined)) : []),
      ],
    };
  });
  return groups.map((group) =>
    renderGroup(
      group.key,
      rendered.filter((part) => part.group === group).flatMap(({ rows }) => rows),
    ),
  );
}

interface Part<Row> {
  group: Group<Row>;
  head: ReactNode;
  rows: readonly Row[];
  /** How many rows are before it. */
  from: number;
}

function partsOf<Row>(groups: readonly Group<Row>[], size: number): readonly Part<Row>[] {
  const parts: Part<Row>[] = [];
  let from = 0;
  for (const group of groups)
    for (let at = 0; at < group.rows.length; at += size) {
      const rows = group.rows.slice(at, at + size);
      parts.push({ group, head: at === 0 ? group.head : null, rows, from });
      from += rows.length;
    }
  return parts;
}

/** The parts near the screen, and those about what is in hand: it stays, and Tab leads on from the focus. */
function useNear(isLong: boolean) {
  const [seen, setSeen] = useState<Seen | null>(null);
  /** How many from the top are there before it is told what is near; of a list that grows long all that were. */
  const [untold, setUntold] = useState(together);
  if (!isLong && seen !== null) setSeen(null);
  if (!isLong && untold !== longFrom) setUntold(longFrom);
  const [startOf] = useState(() =>
    watched((starts) => {
      // What is folded or closed has no place.
      if (starts[0]?.element.checkVisibility() !== true) return;
      const now = seenFrom(starts);
      setSeen((before) => joined(before, now));
    }),
  );
  return {
    isNear: (n: number, from: number) => (seen === null ? from < untold : seen.near.includes(n)),
    startOf,
    heightOf: (n: number, rows: number, rowHeight: number): number => {
      const height = seen?.heights[n];
      return height?.rows === rows ? height.px : rows * (seen?.rowHeight ?? rowHeight);
    },
  };
}

interface Start {
  readonly element: Element;
  /** How many the part has. */
  readonly rows: number;
}

/** Where each part begins, told in order as one of them comes or goes, or has other rows. */
function watched(look: (starts: readonly Start[]) => void): (n: number, rows: number) => RefCallback<Element> {
  const starts = new Map<number, Start>();
  const refs = new Map<string, RefCallback<Element>>();
  const told = (): void => look([...starts].toSorted(([a], [b]) => a - b).map(([, start]) => start));
  const margin = `${toldPx}px 0px`;
  const watch = new IntersectionObserver(told, { rootMargin: margin, scrollMargin: margin });
  const refOf =
    (n: number, rows: number): RefCallback<Element> =>
    (element) => {
      if (element === null) return;
      starts.set(n, { element, rows });
      watch.observe(element);
      const gone = new AbortController();
      if (n === 0) {
        // Keys may be faster than the pictures by which the rest is told.
        listOf(element)?.addEventListener("focusin", told, gone);
        window.addEventListener("resize", told, gone);
      }
      return () => {
        gone.abort();
        starts.delete(n);
        watch.unobserve(element);
      };
    };
  return (n, rows) => {
    const key = `${n} ${rows}`;
    const ref = refs.get(key) ?? refOf(n, rows);
    refs.set(key, ref);
    return ref;
  };
}

interface Height {
  readonly px: number;
  readonly rows: number;
}

interface Seen {
  readonly near: readonly number[];
  /** Of the parts that were there. */
  readonly heights: readonly (Height | undefined)[];
  /** As it was told first: a guess that changes moves what is seen. */
  readonly rowHeight: number | undefined;
  /** In which all of it was measured. */
  readonly width: number;
}

function joined(before: Seen | null, now: Seen): Seen {
  if (before?.width !== now.width) return now;
  if (before.near.join() === now.near.join()) return before;
  return {
    ...now,
    heights: now.heights.map((height, n) => height ?? before.heights[n]),
    rowHeight: before.rowHeight ?? now.rowHeight,
  };
}

/** What is being typed, and what was opened. */
const inHand = "input:not([type=checkbox]), [aria-expanded=true]";

const listOf = (start: Element | undefined): Element | null => start?.closest("ul, ol, table") ?? null;

function seenFrom(starts: readonly Start[]): Seen {
  const rects = starts.map(({ element }) => element.getBoundingClientRect());
  const tops = rects.map(({ top }) => top);
  const held = [document.activeElement, ...(listOf(starts[0]?.element)?.querySelectorAll(inHand) ?? [])];
  const kept = held.map((element) => starts.findLastIndex((start) => isBefore(start.element, element)));
  const isNear = (top: number, n: number): boolean =>
    kept.some((part) => Math.abs(n - part) <= 1) ||
    (top < window.innerHeight + nearPx && (tops[n + 1] ?? top) > -nearPx);
  const heights = starts.slice(0, -1).map(({ rows }, n) => {
    const isAway = (rects[n]?.height ?? 0) > 0;
    return isAway ? undefined : { px: (tops[n + 1] ?? 0) - (tops[n] ?? 0), rows };
  });
  // The least: in the others something may be open, or more than rows.
  const least = Math.min(...heights.map((height) => (height ? height.px / height.rows : Infinity)));
  return {
    near: tops.flatMap((top, n) => (isNear(top, n) ? n : [])),
    heights,
    rowHeight: least < Infinity ? least : undefined,
    width: rects[0]?.width ?? 0,
  };
}

const isBefore = (element: Element, other: Element | null): boolean =>
  other !== null && (element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

/** On paper all of it stands. */
export function usePrinted(): boolean {
  const [isPrinted, setPrinted] = useState(false);
  useEffect(() => {
    const before = (): void => flushSync(() => setPrinted(true));
    const after = (): void => setPrinted(false);
    window.addEventListener("beforeprint", before);
    window.addEventListener("afterprint", after);
    return () => {
      window.removeEventListener("beforeprint", before);
      window.removeEventListener("afterprint", after);
    };
  }, []);
  return isPrinted;
}

export interface Placed {
  "aria-setsize"?: number;
  "aria-posinset"?: number;
}

interface RoomRowProps {
  columns: number;
  height: number;
  ref?: Ref<HTMLTableRowElement>;
}

/** Room in a table. */
export function RoomRow({ columns, height, ref }: RoomRowProps) {
  return (
    <tr ref={ref} aria-hidden="true" style={roomStyle}>
      <td colSpan={columns} style={{ ...roomStyle, height }} />
    </tr>
  );
}

/** However its rows look. */
const roomStyle = { padding: 0, borderWidth: 0 };

interface LongListProps<Row> {
  rows: readonly Row[];
  /** `placed` goes to the item. */
  renderRow: (row: Row, placed: Placed) => ReactNode;
  rowHeight: number;
  /** These are not all of it: how many there are is not known. */
  hasMore?: boolean;
}

/** The items of a list, of any length. */
export function LongList<Row>({ rows, renderRow, hasMore = false, ...more }: LongListProps<Row>) {
  const size = hasMore ? -1 : rows.length;
  return (
    <LongRows
      groups={[{ key: "", head: null, rows }]}
      renderGroup={(_key, items) => items}
      renderRow={(row, place) =>
        renderRow(row, place === undefined ? {} : { "aria-setsize": size, "aria-posinset": place })
      }
      renderRoom={({ key, ref, height }) => (
        <li key={key} ref={ref} aria-hidden="true" style={{ ...roomStyle, height }} />
      )}
      {...more}
    />
  );
}
