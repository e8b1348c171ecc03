/**
 * Asks for many at once what fields ask for one by one: everything asked in one turn of the loop becomes one statement,
 * so that one datasource and fifty cost the same number. Lives as long as its operation and no longer.
 */
export type ReadMany<Key, Value> = (keys: readonly Key[]) => Promise<ReadonlyMap<Key, Value>>;

export interface Batch<Key, Value> {
  load(key: Key): Promise<Value | undefined>;
}

interface Waiting<Value> {
  readonly resolve: (value: Value | undefined) => void;
  readonly reject: (error: unknown) => void;
}

export function batched<Key, Value>(readMany: ReadMany<Key, Value>): Batch<Key, Value> {
  const asked = new Map<Key, Promise<Value | undefined>>();
  let waiting = new Map<Key, Waiting<Value>>();

  async function read(): Promise<void> {
    const now = waiting;
    waiting = new Map();
    try {
      const found = await readMany([...now.keys()]);
      for (const [key, { resolve }] of now) resolve(found.get(key));
    } catch (error) {
      for (const { reject } of now.values()) reject(error);
    }
  }

  return {
    load(key) {
      const before = asked.get(key);
      if (before !== undefined) return before;
      // After the promises that are due now: siblings that wait for a common parent ask in the same turn.
      if (waiting.size === 0) void Promise.resolve().then(() => process.nextTick(() => void read()));
      const answer = new Promise<Value | undefined>((resolve, reject) => waiting.set(key, { resolve, reject }));
      asked.set(key, answer);
      return answer;
    },
  };
}

export function groupBy<Key, Row>(rows: readonly Row[], keyOf: (row: Row) => Key): Map<Key, Row[]> {
  const groups = new Map<Key, Row[]>();
  for (const row of rows) {
    const group = groups.get(keyOf(row));
    if (group === undefined) groups.set(keyOf(row), [row]);
    else group.push(row);
  }
  return groups;
}
