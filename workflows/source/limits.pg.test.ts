// R11: a source that turns four calls of five away. Nobody comes before the time that it has named, whichever stream it
// told, and no longer is waited than that.
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { afterEach, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";
import { ask, limitedSource, startLimitedSource, Watch, type LimitedSource } from "./testing/limited-source.ts";
import { mostly, watchStalls } from "./testing/undisturbed.ts";

const SHARE = 0.8;
const STREAMS = 4;
const CALLS_EACH = 4;
/** One of two, where every wait is two seconds of our own. */
const HALF = 0.5;
let rig: Rig;
let source: LimitedSource;
let watch: Watch;
const closing: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0)) await close();
});

/** The same ones for every run: with a share of 0.8, four of five. */
function drawn(): () => number {
  let n = 0;
  return () => ((n += 37) % 100) / 100;
}

async function begin(retryAfter: () => string | null, share = SHARE): Promise<() => Promise<string>> {
  source = await startLimitedSource(share, retryAfter, drawn());
  const outbound = makeOutbound({ routes: new Map([["source.test", new URL(source.origin)]]) });
  watch = new Watch();
  rig = await makeRig(inject("postgresUrl"), limitedSource(), { outbound: watch.watching(outbound) });
  for (const each of [source, outbound, rig]) closing.push(() => each.close());
  const standing = await readStanding(rig.deps.sql, rig.ref);
  if (standing === undefined) throw new Error("the datasource is not there");
  const { session } = openSource(rig.deps, rig.ref, standing, { signal: AbortSignal.timeout(300_000) });
  await rig.owner`update rate_buckets set available = maximum`;
  return () => ask(session, watch);
}

/** Streams of one store side by side, each one call after another. */
async function askMany(call: () => Promise<string>, each: number): Promise<number> {
  const began = performance.now();
  const stream = async () => {
    for (let n = 0; n < each; n += 1) await call();
  };
  await Promise.all(Array.from({ length: STREAMS }, stream));
  return performance.now() - began;
}

test("in seconds: no call is early, and all of it takes at most a tenth longer than it must", async () => {
  // What as many calls take here that nobody turns away: the machine's part.
  const plainMs = await askMany(await begin(() => null, 0), CALLS_EACH * 5);
  const isInTime = async () => {
    const call = await begin(() => "0.4");
    const stoodMs = watchStalls();
    const tookMs = await askMany(call, CALLS_EACH);
    expect(watch.early).toEqual([]);
    expect(source.served).toBe(STREAMS * CALLS_EACH);
    expect(source.turnedAway).toBeGreaterThan(STREAMS * CALLS_EACH);
    console.log(
      `429 on ${SHARE * 100}%: ${Math.round(tookMs)} ms, ${source.asked} ms at least, ${source.turnedAway} turned away`,
    );
    return { isSo: tookMs <= source.asked * 1.1 + 500 + 4 * plainMs, stoodMs: stoodMs() };
  };
  expect(await mostly(isInTime)).toBe(true);
}, 900_000);

test("as a date, which has whole seconds: no call is early", async () => {
  const call = await begin(() => new Date(Date.now() + 1_500).toUTCString());
  await askMany(call, 1);
  expect(watch.early).toEqual([]);
  expect(source.served).toBe(STREAMS);
});

test.each([
  ["left out", null],
  ["negative", "-5"],
  ["no time at all", "soon"],
])("%s: a wait of our own, and it comes through", async (_, said) => {
  const call = await begin(() => said, HALF);
  const tookMs = await askMany(call, 1);
  expect(source.served).toBe(STREAMS);
  // Two seconds after each of them, and never a hot loop.
  expect(tookMs).toBeGreaterThan(1_500);
  expect(source.turnedAway).toBeLessThan(40);
});

test("absurd: a year is cut to an hour and said, and nobody of the store asks within it, another process included", async () => {
  const call = await begin(() => "31536000");
  await call().catch(() => null); // what is said of it is looked at on the second
  const before = source.served + source.turnedAway;
  const failure = await call().then(
    () => null,
    (error: { failure: { class: string; retryAt: string; said: string } }) => error.failure,
  );
  const again = source.served + source.turnedAway;
  if (failure === null) expect.unreachable("the first calls of the draw are turned away");
  expect(failure).toMatchObject({ class: "rate_limit" });
  const inMs = Date.parse(failure.retryAt) - Date.now();
  expect(inMs).toBeGreaterThan(3_500_000);
  // The hour, and his turn after it.
  expect(inMs).toBeLessThan(3_601_000);
  expect(again).toBe(before);
  const [bucket] = await rig.owner<
    [{ owes: number }]
  >`select (-available / restore_per_second)::float8 as owes from rate_buckets`;
  expect(bucket.owes).toBeGreaterThan(3_500);
});
