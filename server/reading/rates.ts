/** How fast each stream comes in. Pure. */

export interface StreamRate {
  readonly name: string;
  /** Itself, or the stream whose pages bring it. */
  readonly carriedBy: string;
  /** That were new. */
  readonly rows: number;
  /** Of the read that brings it, whatever else that brings; null while unknown or not moving. */
  readonly ofItsRead: number | null;
}

/**
 * What one read brings shares its rate, by the rows that are new of each. Where the carrier's are all held already, as of an
 * account that is connected again, they tell nothing of who comes how fast: then all of it is the carrier's.
 */
export function ownRates(streams: readonly StreamRate[]): Map<string, number> {
  const rates = new Map<string, number>();
  for (const together of Map.groupBy(streams, ({ carriedBy }) => carriedBy).values()) {
    const rowsOfAll = together.reduce((sum, { rows }) => sum + rows, 0);
    const isNew = together.some(({ name, carriedBy, rows }) => name === carriedBy && rows > 0);
    for (const { name, carriedBy, rows, ofItsRead } of together) {
      if (ofItsRead === null) continue;
      if (isNew) rates.set(name, Math.round((ofItsRead * rows) / rowsOfAll));
      else if (name === carriedBy) rates.set(name, Math.round(ofItsRead));
    }
  }
  return rates;
}
