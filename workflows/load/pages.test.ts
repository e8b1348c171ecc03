import type { Page, Stream } from "@headwater/connectors/contract.ts";
import type { SourceSession } from "@headwater/connectors/session.ts";
import { expect, test } from "vitest";
import { steadyPages } from "./pages.ts";
import { scriptedConnector } from "./testing/scripted-source.ts";

const slice = { mode: "history", from: null, to: new Date(), urgent: false } as const;
const last = 3;
const page = (n: number): Page => ({ kind: "records", records: [], rejected: [], cursor: { n }, done: n === last });

function streamOf(pages: () => AsyncIterable<Page>): Stream {
  const [stream] = scriptedConnector({ pages }).streams;
  if (stream === undefined) throw new Error("the script is a stream");
  return stream;
}
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the script asks nothing of its session but the signal
const session = { signal: new AbortController().signal } as SourceSession;
const settled = () => new Promise((resolve) => setImmediate(resolve));

test("the next page is asked for while the last one is used, and none beyond it", async () => {
  const asked: number[] = [];
  const stream = streamOf(async function* pages() {
    for (let n = 1; n <= last; n += 1) {
      asked.push(n);
      yield page(n);
    }
  });
  const seen: number[][] = []; // the page used, then the pages asked for by then
  for await (const { page: used } of steadyPages({ stream, session, slice, cursor: null, pace: 0 })) {
    await settled(); // as a batch that is being committed
    seen.push([Number(used.cursor["n"]), ...asked]);
  }
  expect(seen).toEqual([
    [1, 1, 2],
    [2, 1, 2, 3],
    [3, 1, 2, 3],
  ]);
});

test("what the source is still preparing is asked about again only once its wait is over", async () => {
  const asked: number[] = [];
  const stream = streamOf(async function* pages() {
    asked.push(1);
    yield { kind: "waiting", until: new Date(), because: { code: "report" }, cursor: { report: "r1" } };
    asked.push(2);
    yield page(last);
  });
  const pages = steadyPages({ stream, session, slice, cursor: null, pace: 0 });
  expect((await pages.next()).value?.page).toMatchObject({ kind: "waiting" });
  await settled();
  expect(asked).toEqual([1]);
  expect((await pages.next()).value?.page).toMatchObject({ kind: "records", done: true });
  expect(asked).toEqual([1, 2]);
});
