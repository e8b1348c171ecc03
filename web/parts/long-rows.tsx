import { type ReactNode, useEffect, useRef, useState } from "react";

/** Up to here all rows are there, and the browser's own search finds each. */
export const longFrom = 200;
const together = 50;
const aheadPx = 1_200;

interface LongRowsProps {
  /** Each group begins with a row for its name, where there is more than one. */
  groups: readonly { readonly head: ReactNode; readonly ids: readonly string[] }[];
  columns: number;
  /** A guess, until the rows were there once. */
  rowHeight: number;
  renderRow: (id: string) => ReactNode;
}

/** The bodies of a table. Of a long one only the rows near the screen are there; the others are room. */
export function LongRows({ groups, columns, rowHeight, renderRow }: LongRowsProps) {
  const count = groups.reduce((sum, { ids }) => sum + ids.length, 0);
  const parts = groups.flatMap(({ head, ids }) =>
    partsOf(ids, count > longFrom ? together : ids.length).map((part, n) => ({ part, head: n === 0 ? head : null })),
  );
  return parts.map(({ part, head }, n) => (
    <Part key={part[0]} isShown={count <= longFrom || n === 0} columns={columns} room={part.length * rowHeight}>
      {() => (
        <>
          {head}
          {part.map(renderRow)}
        </>
      )}
    </Part>
  ));
}

function partsOf(ids: readonly string[], size: number): readonly (readonly string[])[] {
  return Array.from({ length: Math.ceil(ids.length / size) }, (_, n) => ids.slice(n * size, (n + 1) * size));
}

interface PartProps {
  isShown: boolean;
  columns: number;
  room: number;
  children: () => ReactNode;
}

function Part({ isShown, columns, room, children }: PartProps) {
  const body = useRef<HTMLTableSectionElement>(null);
  const [height, setHeight] = useState<number | null>(isShown ? null : room);
  useEffect(() => {
    const { current } = body;
    if (!current) return;
    const watch = new IntersectionObserver(
      ([entry]) => {
        if (entry?.isIntersecting === true) setHeight(null);
        // What is in focus stays, wherever it was scrolled to.
        else if (entry !== undefined && !isShown && !current.contains(document.activeElement))
          setHeight(entry.boundingClientRect.height);
      },
      { rootMargin: `${aheadPx}px 0px` },
    );
    watch.observe(current);
    return () => watch.disconnect();
  }, [isShown]);
  return (
    <tbody ref={body}>
      {height === null ? (
        children()
      ) : (
        <tr className="room" aria-hidden="true">
          <td colSpan={columns} style={{ height }} />
        </tr>
      )}
    </tbody>
  );
}
