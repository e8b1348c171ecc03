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

/** What reads have brought, new or held already. */
export interface Brought {
  /** Of the carrier itself. */
  readonly own: number;
  readonly all: number;
}

/** By the carrier's name. */
export function broughtBy(
  slices: readonly { readonly stream: string; readonly rows: number; readonly landed: number }[],
): Map<string, Brought> {
  const sums = new Map<string, Brought>();
  for (const { stream, rows, landed } of slices) {
    const { own, all } = sums.get(stream) ?? { own: 0, all: 0 };
    sums.set(stream, { own: own + rows, all: all + landed });
  }
  return sums;
}

/** The whole rate of each read that moves, by the stream that carries it. */
export const readRates = (streams: readonly StreamRate[]): Map<string, number> =>
  new Map(
    streams.flatMap(({ name, carriedBy, ofItsRead }) =>
      name === carriedBy && ofItsRead !== null ? [[name, ofItsRead] as const] : [],
    ),
  );

/**
 * What one read brings shares its rate by what it has brought of each. Of those that ride along we know only what was new: where
 * most was held already, as of an account that is connected again, that tells nothing of who comes how fast.
 */
export function ownRates(streams: readonly StreamRate[], broughtOf: ReadonlyMap<string, Brought>): Map<string, number> {
  const rates = new Map<string, number>();
  for (const [carrier, together] of Map.groupBy(streams, ({ carriedBy }) => carriedBy)) {
    const shares = sharesOf(carrier, together, broughtOf.get(carrier));
    for (const { name, ofItsRead } of together) {
      const share = shares.get(name);
      if (ofItsRead !== null && share !== undefined) rates.set(name, Math.round(ofItsRead * share));
    }
  }
  return rates;
}

/** Those that are known. */
function sharesOf(carrier: string, together: readonly StreamRate[], read: Brought | undefined): Map<string, number> {
  const riders = together.filter(({ name }) => name !== carrier);
  if (riders.length === 0) return new Map([[carrier, 1]]);
  const newOfRiders = riders.reduce((sum, { rows }) => sum + rows, 0);
  const newOwn = together.find(({ name }) => name === carrier)?.rows ?? 0;
  const { own, all } = read === undefined || read.all === 0 ? { own: newOwn, all: newOwn + newOfRiders } : read;
  if (own === 0) return new Map();
  const share = Math.min(1, own / all);
  const isTold = newOfRiders > 0 && newOfRiders >= (all - own) / 2;
  const partOf = ({ rows }: StreamRate) => (riders.length === 1 ? 1 : rows / newOfRiders);
  const known = riders.length === 1 || isTold ? riders : [];
  return new Map([[carrier, share], ...known.map((rider) => [rider.name, (1 - share) * partOf(rider)] as const)]);
}
