import { afterEach, expect, test, vi } from "vitest";
import { createRequest, gql } from "urql";
import { askAgain, errorReference, makeClient } from "./client.ts";

afterEach(() => vi.unstubAllGlobals());

const query = gql`
  query Standing {
    datasource(id: "1") {
      __typename
      id
      name
    }
  }
`;

/** A server that answers when the test says so: each request waits with the others, in the order in which they were sent. */
function slowServer() {
  const waiting: ((name: string) => void)[] = [];
  vi.stubGlobal("fetch", () => {
    const { promise, resolve } = Promise.withResolvers<Response>();
    waiting.push((name) => {
      const datasource = { __typename: "Datasource", id: "1", name };
      resolve(Response.json({ data: { __typename: "Query", datasource } }));
    });
    return promise;
  });
  return waiting;
}

function watch() {
  const nothing = () => undefined;
  const client = makeClient({ organisation: "o", onSignedOut: nothing, onOutdated: nothing });
  const shown: unknown[] = [];
  const watching = client.query(query, {}).subscribe(({ data }) => shown.push(data?.datasource.name));
  return { client, shown, stop: () => watching.unsubscribe() };
}

test("a query whose answer is lost is asked again before that is told; a change is not", async () => {
  let asked = 0;
  const lose = (): Promise<Response> => Promise.reject(new TypeError(`lost ${(asked += 1)}`));
  const answer = (): Promise<Response> =>
    Promise.resolve(
      Response.json({ data: { __typename: "Query", datasource: { __typename: "Datasource", id: "1" } } }),
    );
  const nothing = () => undefined;
  const client = makeClient({ organisation: "o", onSignedOut: nothing, onOutdated: nothing });
  vi.stubGlobal("fetch", () => (asked < 2 ? lose() : answer()));
  const come = await client
    .query(
      gql`
        {
          datasource(id: "1") {
            __typename
            id
          }
        }
      `,
      {},
    )
    .toPromise();
  expect([asked, come.error]).toEqual([2, undefined]);
  vi.stubGlobal("fetch", lose);
  const lost = await client
    .query(
      gql`
        {
          me {
            __typename
            id
          }
        }
      `,
      {},
    )
    .toPromise();
  expect([asked, lost.error?.networkError?.message]).toEqual([5, "lost 5"]);
  const change = await client
    .mutation(
      gql`
        mutation Change {
          signOut {
            __typename
          }
        }
      `,
      {},
    )
    .toPromise();
  expect([asked, change.error?.networkError?.message]).toEqual([6, "lost 6"]);
});

test("what could not be read is never held as nothing, wherever below it the failure was", async () => {
  const nothing = () => undefined;
  const client = makeClient({ organisation: "o", onSignedOut: nothing, onOutdated: nothing });
  const failure = { message: "no", path: ["datasource", "name"], extensions: { code: "INTERNAL", errorId: "e1" } };
  vi.stubGlobal("fetch", () =>
    Promise.resolve(Response.json({ data: { __typename: "Query", datasource: null }, errors: [failure] })),
  );
  const { data, error } = await client.query(query, {}).toPromise();
  expect([data, error && errorReference(error)]).toEqual([undefined, "e1"]);
  const held = await client.query(query, {}, { requestPolicy: "cache-only" }).toPromise();
  expect(held.data).toBeUndefined();
});

test("of two refreshes that overlap, the answer to the older never takes the place of the newer", async () => {
  const waiting = slowServer();
  const { client, shown, stop } = watch();
  await expect.poll(() => waiting).toHaveLength(1);
  waiting[0]?.("first");
  await expect.poll(() => shown.at(-1)).toBe("first");
  for (const asked of [2, 3]) {
    askAgain(client);
    await expect.poll(() => waiting).toHaveLength(asked);
  }
  waiting[2]?.("newer");
  await expect.poll(() => shown.at(-1)).toBe("newer");
  waiting[1]?.("older");
  askAgain(client);
  await expect.poll(() => waiting).toHaveLength(4);
  waiting[3]?.("newest");
  await expect.poll(() => shown.at(-1)).toBe("newest");
  expect(shown).not.toContain("older");
  stop();
});

test("answers that come in the order of asking are all shown, however many are under way", async () => {
  const waiting = slowServer();
  const { client, shown, stop } = watch();
  await expect.poll(() => waiting).toHaveLength(1);
  waiting[0]?.("one");
  await expect.poll(() => shown.at(-1)).toBe("one");
  for (const asked of [2, 3]) {
    askAgain(client);
    await expect.poll(() => waiting).toHaveLength(asked);
  }
  for (const [n, name] of ["two", "three"].entries()) {
    waiting[n + 1]?.(name);
    await expect.poll(() => shown.at(-1)).toBe(name);
  }
  stop();
});

test("a query that nobody reads any more is held nowhere but in the cache", async () => {
  const waiting = slowServer();
  using writes = vi.spyOn(Map.prototype, "set");
  const nothing = () => undefined;
  const client = makeClient({ organisation: "o", onSignedOut: nothing, onOutdated: nothing });
  const one = gql`
    query One($id: ID!) {
      datasource(id: $id) {
        __typename
        id
        name
      }
    }
  `;
  const keys = Array.from({ length: 5 }, (_, n) => createRequest(one, { id: String(n) }).key);
  for (const n of keys.keys()) {
    const read: unknown[] = [];
    const reading = client.query(one, { id: String(n) }).subscribe(({ data }) => read.push(data?.datasource.name));
    await expect.poll(() => waiting).toHaveLength(n + 1);
    waiting[n]?.(`answer ${n}`);
    await expect.poll(() => read).toEqual([`answer ${n}`]);
    reading.unsubscribe();
  }
  const maps: Set<unknown> = new Set(writes.mock.contexts);
  const holding = [...maps].filter((map) => map instanceof Map && keys.some((key) => map.has(key)));
  expect(holding.length).toBe(0);
});
