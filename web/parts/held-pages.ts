/** A list whose newest page is read again and again while older pages were read once, each after the one before. */
export interface Page<Row> {
  readonly nodes: readonly Row[];
  readonly pageInfo: { readonly endCursor: string | null; readonly hasNextPage: boolean };
}

export interface Held<Row> {
  readonly newest: Page<Row>;
  readonly older: readonly Row[];
  /** Of the oldest page: what comes after it. */
  readonly end: Page<Row>["pageInfo"];
}

type Named = { readonly id: string };

export const holdAnew = <Row>(newest: Page<Row>): Held<Row> => ({ newest, older: [], end: newest.pageInfo });
export const rowsOf = <Row>({ newest, older }: Held<Row>): readonly Row[] => [...newest.nodes, ...older];

const without = <Row extends Named>(rows: readonly Row[], others: readonly Row[]): readonly Row[] => {
  const ids = new Set(others.map(({ id }) => id));
  return rows.filter(({ id }) => !ids.has(id));
};

/** What new rows push out of the newest page stays; where more came than a page holds, what lies between is not known. */
export function refreshed<Row extends Named>(held: Held<Row>, newest: Page<Row>): Held<Row> {
  const known = rowsOf(held);
  const older = without(known, newest.nodes);
  const meets = older.length < known.length;
  return held.older.length === 0 || !meets ? holdAnew(newest) : { ...held, newest, older };
}

export const continued = <Row extends Named>(held: Held<Row>, page: Page<Row>): Held<Row> => ({
  ...held,
  older: [...held.older, ...without(page.nodes, rowsOf(held))],
  end: page.pageInfo,
});
