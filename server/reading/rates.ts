/** How fast each stream comes in. Pure. */

export interface StreamRate {
  readonly name: string;
  /** Itself, or the stream whose pages bring it. */
  readonly carriedBy: string;
  /** Rows held. */
  readonly rows: number;
  /** Of the read that brings it, whatever else that brings; null while unknown or not moving. */
  readonly ofItsRead: number | null;
}

/** What one read brings shares its rate, by the rows that each has had of it. */
export function ownRates(streams: readonly StreamRate[]): Map<string, number> {
  const rates = new Map<string, number>();
  for (const together of Map.groupBy(streams, ({ carriedBy }) => carriedBy).values()) {
    const rowsOfAll = together.reduce((sum, { rows }) => sum + rows, 0);
    for (const { name, rows, ofItsRead } of together)
      if (ofItsRead !== null && rowsOfAll > 0) rates.set(name, Math.round((ofItsRead * rows) / rowsOfAll));
  }
  return rates;
}
