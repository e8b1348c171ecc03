import { spawn, spawnSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, test } from "vitest";
import { holderOf, tryLock, underLock } from "./lock.mjs";
import { identify } from "./process-identity.mjs";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-lock-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

test("a lock is held once, and free again when given back", () => {
  const lock = join(folder, "lock");
  const release = tryLock(lock);
  expect(release).not.toBeNull();
  expect(tryLock(lock)).toBeNull();
  release?.();
  expect(tryLock(lock)).not.toBeNull();
});

test("a holder that is gone holds nothing", () => {
  const { pid } = spawnSync("true");
  const lock = join(folder, "lock");
  writeFileSync(lock, JSON.stringify({ pid, began: "before" }));
  expect(tryLock(lock)).not.toBeNull();
  expect(holderOf(lock)).toEqual(identify(process.pid));
});

test("another process with the holder's pid is not the holder", () => {
  const other = spawn("sleep", ["60"]);
  try {
    const lock = join(folder, "lock");
    writeFileSync(lock, JSON.stringify({ pid: other.pid, began: "another boot:1" }));
    expect(tryLock(lock)).not.toBeNull();
  } finally {
    other.kill("SIGKILL");
  }
});

test("a file that a full disk cut short is no lock", () => {
  const lock = join(folder, "lock");
  writeFileSync(lock, '{"pid":');
  expect(tryLock(lock)).not.toBeNull();
});

test("work under one lock never overlaps, and leaves no file behind", async () => {
  const lock = join(folder, "lock");
  let inside = 0;
  let most = 0;
  const work = async () => {
    inside += 1;
    most = Math.max(most, inside);
    await new Promise(setImmediate);
    inside -= 1;
  };
  await Promise.all(Array.from({ length: 4 }, () => underLock(lock, { waiting: () => undefined }, work)));
  expect(most).toBe(1);
  expect(readdirSync(folder)).toEqual([]);
});
