/** Of several that were asked for, each begins once the one before has ended; `isLast` as long as none was asked for after it. */
export function inTurn(): <Result>(task: () => Promise<Result>) => Promise<{ result: Result; isLast: boolean }> {
  let last: Promise<unknown> = Promise.resolve();
  return async (task) => {
    const mine = last.then(task, task);
    last = mine;
    const result = await mine;
    return { result, isLast: last === mine };
  };
}
