import { type ReactNode, type RefCallback, useEffect, useRef, useState } from "react";
import { flushSync } from "react-dom";

/** Up to here all rows are there, and the browser's own search finds each. */
export const longFrom = 200;
const together = 50;
const aheadPx = 1_200;

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
  /** A guess, until the rows were there once. */
  rowHeight: number;
  /** Stays wherever it was scrolled to. */
  isKept?: ((row: Row) => boolean) | undefined;
}

/** Of many rows those near the screen are there, and those at both ends, where the Tab key comes in; the others are room. */
export function LongRows<Row>({
  groups,
  renderGroup,
  renderRow,
  renderRoom,
  rowHeight,
  isKept = () => false,
}: LongRowsProps<Row>) {
  const isLong = groups.reduce((sum, { rows }) => sum + rows.length, 0) > longFrom;
  const parts = partsOf(groups, isLong ? together : Infinity);
  const { isNear, startOf, heightOf } = useNear(isLong ? parts.map(({ rows }) => rows.length) : []);
  const isPrinted = usePrinted();
  const rendered = parts.flatMap(({ group, head, rows, from }, n) => {
    const isThere = !isLong || isPrinted || n === 0 || n === parts.length - 1 || isNear(n) || rows.some(isKept);
    const room = { key: `room ${n}`, ref: startOf(n), height: isThere ? 0 : (heightOf(n) ?? rows.length * rowHeight) };
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

/** The parts near the screen, and those about what has the focus: it stays, and Tab leads on from it. */
function useNear(sizes: readonly number[]) {
  const starts = useRef<(Element | null)[]>([]);
  const [{ near, heights }, setSeen] = useState<Seen>({ near: [], heights: [] });
  const cut = sizes.join();
  useEffect(() => {
    if (cut === "") return;
    const found = starts.current.filter((start) => start !== null);
    // What is folded or closed has no place.
    const look = (): void => {
      if (found[0]?.checkVisibility() !== true) return;
      const seen = seenFrom(found);
      setSeen((before) => (before.near.join() === seen.near.join() ? before : seen));
    };
    const watch = new IntersectionObserver(look, { rootMargin: `${aheadPx}px 0px`, scrollMargin: `${aheadPx}px 0px` });
    for (const start of found) watch.observe(start);
    return () => watch.disconnect();
  }, [cut]);
  return {
    isNear: (n: number) => near.includes(n),
    startOf:
      (n: number): RefCallback<Element> =>
      (element) =>
        void (starts.current[n] = element),
    heightOf: (n: number) => heights[n],
  };
}

interface Seen {
  readonly near: readonly number[];
  readonly heights: readonly number[];
}

function seenFrom(starts: readonly Element[]): Seen {
  const tops = starts.map((start) => start.getBoundingClientRect().top);
  const focus = starts.findLastIndex((start) => isBefore(start, document.activeElement));
  const isNear = (top: number, n: number): boolean =>
    Math.abs(n - focus) <= 1 || (top < window.innerHeight + aheadPx && (tops[n + 1] ?? top) > -aheadPx);
  return {
    near: tops.flatMap((top, n) => (isNear(top, n) ? n : [])),
    heights: tops.slice(1).map((top, n) => top - (tops[n] ?? top)),
  };
}

const isBefore = (element: Element, other: Element | null): boolean =>
  other !== null && (element.compareDocumentPosition(other) & Node.DOCUMENT_POSITION_FOLLOWING) !== 0;

/** On paper all of it stands. */
function usePrinted(): boolean {
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

interface LongListProps<Row> {
  rows: readonly Row[];
  /** `placed` goes to the item. */
  renderRow: (row: Row, placed: Placed) => ReactNode;
  rowHeight: number;
  isKept?: (row: Row) => boolean;
}

/** The items of a list, of any length. */
export function LongList<Row>({ rows, renderRow, ...more }: LongListProps<Row>) {
  return (
    <LongRows
      groups={[{ key: "", head: null, rows }]}
      renderGroup={(_key, items) => items}
      renderRow={(row, place) =>
        renderRow(row, place === undefined ? {} : { "aria-setsize": rows.length, "aria-posinset": place })
      }
      renderRoom={({ key, ref, height }) => (
        <li key={key} ref={ref} className="room" aria-hidden="true" style={{ height, padding: 0, borderWidth: 0 }} />
      )}
      {...more}
    />
  );
}
