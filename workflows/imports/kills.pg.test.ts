// Workers that are killed, not asked to stop: kill -9 of the process that imports, over and over, and the books stay right.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import { makeLedgerRig, sheet } from "./testing/ledger-rig.ts";
import type { LedgerRig } from "./testing/ledger-rig.ts";
import type { SizeAsk } from "./testing/size-process.ts";

let rig: LedgerRig;
beforeEach(async () => {
  rig = await makeLedgerRig(inject("postgresUrl"));
});
afterEach(() => rig.close());

const COUNT = 20_000;
const rows = (cents: number) =>
  sheet(...Array.from({ length: COUNT }, (_, n) => `2026-11-${10 + (n % 10)},fixed,0.0${cents},R${n},R${n}`));
const sums = async () => {
  const [row] = await rig.owner<[{ costs: string; days: string; rows: number }]>`
    select (select coalesce(sum(amount), 0)::float8::text from costs) as costs, (select coalesce(sum(value), 0)::float8::text from cost_rollups) as days,
      (select count(*)::int from costs) as rows`;
  return row;
};

interface At {
  readonly isOver: boolean;
  readonly step: string | null;
  readonly rows: number;
  readonly line: number;
}
const where = async (id: string): Promise<At> => {
  const [row] = await rig.owner<[At]>`select state = 'committed' as "isOver", place->>'step' as step,
    coalesce((counts->>'rows')::int, 0) as rows, coalesce((place->>'line')::int, 0) as line from uploads where id = ${id}`;
  return row;
};

/** Each as early as it is seen: whoever looks late kills later, and misses none. */
const moments: readonly [string, (at: At) => boolean][] = [
  ["before anything is written", () => true],
  ["as its first rows land", ({ rows: landed }) => landed > 0],
  ["half landed", ({ rows: landed }) => landed >= COUNT / 2],
  ["as its first rows are merged", ({ step, line, isOver }) => isOver || (step === "merge" && line > 0)],
  ["half merged", ({ step, line, isOver }) => isOver || (step === "merge" && line >= COUNT / 2)],
];

test("killed again and again, the next worker goes on each time, and nobody sees half of it", async () => {
  await rig.take(rows(1));
  const uploadId = await rig.put(rows(2));
  const { privateKey, workerUrl, deps } = rig;
  const ask: SizeAsk = {
    privateKey,
    workerUrl,
    uploadsFolder: deps.uploadsFolder ?? "",
    ref: { ...rig.ref, uploadId },
    chunkRows: 500,
  };
  const path = fileURLToPath(new URL("testing/size-process.ts", import.meta.url));
  const begin = () => spawn(process.execPath, [path, JSON.stringify(ask)], { stdio: ["ignore", "pipe", "inherit"] });
  const whole = { costs: "400", days: "400", rows: COUNT };
  let before = 0;
  for (const [moment, isThere] of moments) {
    const child = begin();
    const ended = once(child, "exit");
    await expect.poll(async () => isThere(await where(uploadId)), { interval: 5, message: moment }).toBe(true);
    child.kill("SIGKILL");
    await ended;
    const { rows: landed, isOver } = await where(uploadId);
    expect(await sums(), moment).toEqual(isOver ? whole : { costs: "200", days: "200", rows: COUNT });
    expect(landed, `${moment}, nothing that had landed is landed again`).toBeGreaterThanOrEqual(before);
    before = landed;
  }
  const [code] = await once(begin(), "exit");
  expect(code).toBe(0);
  expect(await rig.seen(uploadId)).toMatchObject({
    state: "committed",
    counts: { rows: COUNT, ok: COUNT, inserted: 0, updated: COUNT, ignored: 0, errors: 0 },
  });
  expect(await sums()).toEqual(whole);
});
