import { type Exchange, mapExchange, type Operation, type OperationResult } from "urql";

/**
 * Two refreshes of one query may be under way at once, and the older may be answered last: then what the newer was answered
 * stands. Answers that come in the order of asking are all shown, so that refreshing often never means to see nothing.
 */
export function newestAnswer(): Exchange {
  const asked = new WeakMap<Operation, number>();
  const standing = new Map<number, { readonly at: number; readonly result: OperationResult }>();
  let count = 0;
  return mapExchange({
    onOperation(operation) {
      if (operation.kind === "teardown") standing.delete(operation.key);
      else asked.set(operation, (count += 1));
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
}
