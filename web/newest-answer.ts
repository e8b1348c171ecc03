import { composeExchanges, type Exchange, mapExchange, type Operation, type OperationResult } from "urql";

/**
 * Two refreshes of one query may be under way at once, and the older may be answered last: then what the newer was answered
 * stands. Answers that come in the order of asking are all shown, so that refreshing often never means to see nothing.
 */
export function newestAnswer(): Exchange {
  const asked = new WeakMap<Operation, number>();
  const standing = new Map<number, { readonly at: number; readonly result: OperationResult }>();
  let count = 0;
  const newest = mapExchange({
    onOperation(operation) {
      asked.set(operation, (count += 1));
    },
    onResult(result) {
      const { operation } = result;
      if (operation.kind !== "query") return result;
      const at = asked.get(operation) ?? count;
      const newer = standing.get(operation.key);
      if (newer !== undefined && newer.at > at) return newer.result;
      standing.set(operation.key, { at, result });
      return result;
    },
  });
  return composeExchanges([whenEnded((key) => standing.delete(key)), newest]);
}

/** Tells of each operation that nobody reads any more: `mapExchange` hands that on and tells nobody. */
export function whenEnded(tell: (key: number) => void): Exchange {
  return ({ forward }) =>
    (operations) =>
      forward((sink) =>
        operations((signal) => {
          const told = typeof signal === "object" ? signal[0] : null;
          if (told !== null && "kind" in told && told.kind === "teardown") tell(told.key);
          sink(signal);
        }),
      );
}
