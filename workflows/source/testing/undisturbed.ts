/** Judges what a machine that stands still for a moment would spoil: by several tries, and not by those that it spoilt. */
import { setTimeout as sleep } from "node:timers/promises";

/** So much of one try is more than what is measured in it may bear. */
const STOOD_MS = 250;
const TRIES = 3;
const TRIES_MOST = 10;
const EVERY_MS = 20;

export interface Try {
  readonly isSo: boolean;
  /** The longest that the machine kept somebody waiting who had nothing to wait for. */
  readonly stoodMs: number;
}

/** What most of three tries say. One that came out badly counts unless the machine stood still in it. */
export async function mostly(attempt: () => Promise<Try>): Promise<boolean> {
  const said = { good: 0, bad: 0 };
  const isDecided = () => Math.max(said.good, said.bad) > TRIES / 2;
  for (let tries = 0; tries < TRIES_MOST && !isDecided(); tries += 1) {
    const { isSo, stoodMs } = await attempt();
    if (isSo) said.good += 1;
    else if (stoodMs < STOOD_MS) said.bad += 1;
    else console.log(`tried again: the machine stood still for ${Math.round(stoodMs)} ms`);
  }
  return said.good > said.bad;
}

/** How long this process was kept from its timers at worst, from now until asked. */
export function watchStalls(): () => number {
  let [last, stoodMs] = [performance.now(), 0];
  const look = () => {
    const now = performance.now();
    stoodMs = Math.max(stoodMs, now - last - EVERY_MS);
    last = now;
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    look();
    return stoodMs;
  };
}

/**
 * How long a question took at worst that has nothing to do with what is judged: a database that stands still keeps it too, and
 * what is judged cannot excuse itself by its own waiting.
 */
export async function watchAnswers(ask: () => Promise<unknown>, ended: AbortSignal): Promise<number> {
  let longestMs = 0;
  while (!ended.aborted) {
    const asked = performance.now();
    await ask();
    longestMs = Math.max(longestMs, performance.now() - asked);
    await sleep(EVERY_MS);
  }
  return longestMs;
}
