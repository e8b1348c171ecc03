// A lock that a crash cannot leave behind: the file names its holder, and a holder that is gone holds nothing.
import { linkSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { dirname } from "node:path";
import { identify, isRunning } from "./process-identity.mjs";
import { pause } from "./wait.mjs";

/** @param {string} path
 * @returns {import('./process-identity.mjs').Identity | null} the holder that still runs */
export function holderOf(path) {
  try {
    const holder = JSON.parse(readFileSync(path, "utf8"));
    return isRunning(holder) ? holder : null;
  } catch {
    return null; // no file, or one that a crash cut short
  }
}

/** The lock appears whole or not at all: written aside, then linked into its place.
 * @param {string} path */
function claim(path) {
  const aside = `${path}.${process.pid}`;
  writeFileSync(aside, JSON.stringify(identify(process.pid)));
  try {
    linkSync(aside, path);
    return true;
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "EEXIST") return false;
    throw error;
  } finally {
    rmSync(aside, { force: true });
  }
}

/** Clears away what a dead holder left. Whoever else does the same may have locked again meanwhile: then that is put back.
 * @param {string} path */
function clear(path) {
  const stale = `${path}.stale.${process.pid}`;
  try {
    renameSync(path, stale);
    if (holderOf(stale)) linkSync(stale, path);
  } catch {
    // another one cleared it first
  }
  rmSync(stale, { force: true });
}

/** Takes the lock or returns null when somebody alive has it.
 * @param {string} path
 * @returns {(() => void) | null} what gives it back */
export function tryLock(path) {
  mkdirSync(dirname(path), { recursive: true });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    if (claim(path)) return () => rmSync(path, { force: true });
    if (holderOf(path)) return null;
    clear(path);
  }
  return null;
}

/** Waits for the lock, does the work, gives it back.
 * @template T
 * @param {string} path
 * @param {{ waiting: () => void }} options
 * @param {() => Promise<T>} work
 * @returns {Promise<T>} */
export async function underLock(path, { waiting }, work) {
  let release = tryLock(path);
  if (!release) waiting();
  while (!release) {
    await pause(250);
    release = tryLock(path);
  }
  try {
    return await work();
  } finally {
    release();
  }
}
