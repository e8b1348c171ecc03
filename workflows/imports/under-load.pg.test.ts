import { afterEach, beforeEach, expect, inject, test } from "vitest";
import postgres from "postgres";
import { LIMITS } from "../costs/limits.ts";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

const seed = inject("seed") ?? process.pid * 31 + 7;
/** The same numbers for the same seed. */
function dice(from: number): () => number {
  let state = from % 2_147_483_647;
  return () => (state = (state * 48_271) % 2_147_483_647) / 2_147_483_647;
}

const rows = (count: number, cents: number, prefix = "R") =>
  sheet(
    ...Array.from(
      { length: count },
      (_, n) => `2026-11-${10 + (n % 10)},fixed,0.${String(cents).padStart(2, "0")},${prefix}${n},${prefix}${n}`,
    ),
  );
const sum = async () =>
  (await rig.owner<{ sum: string }[]>`select coalesce(sum(amount), 0)::float8::text as sum from costs`)[0]?.sum;
const sumOfDays = async () =>
  (await rig.owner<{ sum: string }[]>`select coalesce(sum(value), 0)::float8::text as sum from cost_rollups`)[0]?.sum;

test("fifty workers on one file commit it once", async () => {
  const id = await rig.put(rows(3_000, 1));
  await Promise.all(Array.from({ length: 50 }, () => rig.work(id)));
  expect(await rig.seen(id)).toMatchObject({ state: "committed", counts: { inserted: 3_000, updated: 0, ignored: 0 } });
  expect([await sum(), await sumOfDays()]).toEqual(["30", "30"]);
});

test("fifty files at once: each is committed on top of the others, none is lost", async () => {
  const ids = await Promise.all(Array.from({ length: 50 }, (_, n) => rig.put(rows(10, 1, `F${n}x`))));
  await Promise.all(ids.map((id) => rig.work(id)));
  const states = await rig.owner`select state, count(*)::int as files from uploads group by state`;
  expect(states.map((row) => ({ ...row }))).toEqual([{ state: "committed", files: 50 }]);
  expect([await sum(), await sumOfDays()]).toEqual(["5", "5"]);
  const [head] = await rig.owner`select head, last_version from cost_books`;
  expect(head).toEqual({ head: 50, last_version: 50 });
});

test("a reader sees a commit, a discard and an undo whole or not at all, in rows and in days", async () => {
  const first = await rig.take(rows(4_000, 1));
  const reader = postgres(rig.workerUrl, { max: 1, onnotice: () => undefined });
  const seen = new Set<string>();
  const state = { isOver: false };
  const reading = (async () => {
    for (let isLast = false; !isLast;) {
      isLast = state.isOver;
      const [row] = await reader.begin("isolation level repeatable read", async (tx) => {
        await tx`select set_config('app.tenant', ${rig.ref.organisationId}, true)`;
        return tx<{ seen: string }[]>`select (select coalesce(sum(amount), 0)::float8 from costs) || ' '
          || (select coalesce(sum(value), 0)::float8 from cost_rollups) || ' ' || (select count(*) from costs) as seen`;
      });
      seen.add(row?.seen ?? "");
    }
  })();
  const second = await rig.take(rows(6_000, 2));
  const third = await rig.take(rows(6_000, 3), { asked: "prepare" });
  await rig.ask(third.id, "discard");
  await rig.ask(second.id, "undo");
  await rig.ask(first.id, "undo");
  state.isOver = true;
  await reading;
  await reader.end();
  expect([...seen].toSorted()).toEqual(["0 0 0", "120 120 6000", "40 40 4000"]);
});

test(`cut off anywhere, the next attempt goes on, and all is equal to the cent (seed ${seed})`, async () => {
  const roll = dice(seed);
  await rig.take(rows(5_000, 1));
  Object.assign(rig.deps, { costLimits: { ...LIMITS, chunkRows: 250 } });
  const id = await rig.put(rows(9_000, 2));
  let cuts = 0;
  for (;;) {
    const cut = new AbortController();
    // However fast it is, of its 36 chunks at most so many land before the next cut; what comes after is cut by time.
    let left = 1 + Math.floor(roll() * 8);
    const heartbeat = () => {
      left -= 1;
      if (left === 0) cut.abort();
    };
    // Later each time, so that a machine too slow for its first chunk within the first ones comes to its end as well.
    const at = setTimeout(() => cut.abort(), (20 + roll() * 250) * (1 + cuts / 10));
    const outcome = await rig.work(id, { signal: cut.signal, heartbeat }).catch((error: unknown) => {
      if (!cut.signal.aborted) throw error;
      return null;
    });
    clearTimeout(at);
    if (outcome?.kind === "done") break;
    cuts += 1;
    // Cut between its commit and its last look, it is whole already.
    const { state } = await rig.seen(id);
    const whole = state === "committed" ? "180" : "50";
    expect([await sum(), await sumOfDays()]).toEqual([whole, whole]);
  }
  expect(cuts).toBeGreaterThan(3);
  expect(await rig.seen(id)).toMatchObject({
    state: "committed",
    counts: { rows: 9_000, ok: 9_000, inserted: 4_000, updated: 5_000, ignored: 0, errors: 0 },
  });
  expect([await sum(), await sumOfDays()]).toEqual(["180", "180"]);
});

test("a pause, a hold or a disconnect stops it at the next transaction, and it goes on from there", async () => {
  const id = await rig.put(rows(5_000, 1));
  await rig.owner`update datasources set user_paused_at = now()`;
  expect(await rig.work(id)).toMatchObject({ kind: "fenced", by: "paused" });
  await rig.owner`update datasources set user_paused_at = null, auth = 'revoked'`;
  expect(await rig.work(id), "a credential that fails stops pulls, never a file that is here").toMatchObject({
    kind: "done",
  });
  const next = await rig.put(rows(10, 2));
  await rig.owner`update datasources set disconnected_at = now()`;
  expect(await rig.work(next)).toMatchObject({ kind: "fenced", by: "disconnected" });
  expect(await sum()).toBe("50");
});
