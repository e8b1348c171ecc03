// Keeps one part of the stack running: starts it, waits until it is ready, starts it again with back-off when it dies, and
// ends it when it lives and yet can never answer again.
import { setTimeout as later } from "node:timers/promises";
import { startChild } from "./child.mjs";
import { pause } from "./wait.mjs";
import { messageOf } from "./words.mjs";

/** @typedef {import('./child.mjs').Command} Command */
/** @typedef {import('./child.mjs').Child} Child */
/**
 * @typedef {object} Part
 * @property {string} name
 * @property {string} title
 * @property {number} withinMs how long it may take until it is ready
 * @property {string} hint what a person may do when it does not come up
 * @property {() => Command | Promise<Command>} command asked again at each start
 * @property {() => Promise<boolean>} ready
 * @property {() => Promise<boolean>} [stuck] whether it runs and can yet never serve again
 * @property {NodeJS.Signals} [signal] what ends it in good order
 * @property {number} [graceMs]
 */
/** @typedef {{ log: string, report: (line: string) => void, changed: () => void }} KeeperOptions */

/** One such answer may be somebody's own; so many in a row are everybody's. */
const stuckLooks = { everyMs: 2000, inRow: 3 };
const backOffMs = { first: 200, most: 10_000, forgottenAfter: 60_000 };

export class Keeper {
  /** @type {Child | null} */
  #child = null;
  #wanted = false;
  #ready = false;
  #restarts = 0;
  /** @type {Promise<void>} */
  #watching = Promise.resolve();
  /** @type {KeeperOptions} */
  #options;

  /** @param {Part} part
   * @param {KeeperOptions} options */
  constructor(part, options) {
    this.part = part;
    this.#options = options;
  }

  get log() {
    return this.#options.log;
  }

  /** Which process it is now, if one runs. */
  get identity() {
    return this.#child?.isRunning() ? this.#child.identity : null;
  }

  get isReady() {
    return this.#ready;
  }

  /** Resolves when it is ready; from then on it is started again whenever it dies.
   * @param {AbortSignal} [abort] */
  async start(abort) {
    this.#wanted = true;
    const child = await this.#launch(abort);
    this.#watching = this.#watch(child);
  }

  /** Ends it at once, as a crash would; it comes back by itself.
   * @param {NodeJS.Signals} [signal] */
  async kill(signal = "SIGKILL") {
    this.#ready = false;
    await this.#child?.kill(signal);
  }

  /** Ends it in good order and leaves it down.
   * @param {{ hard?: boolean }} [options] */
  async stop({ hard = false } = {}) {
    this.#wanted = false;
    this.#ready = false;
    await (hard ? this.#child?.kill("SIGKILL") : this.#child?.stop());
    await this.#watching;
    if (this.#child?.isRunning()) await this.#child.stop();
    this.#options.changed();
  }

  /** @param {AbortSignal} [abort] */
  async #launch(abort) {
    const { title, signal, graceMs, withinMs, ready } = this.part;
    const command = await this.part.command();
    if (abort?.aborted) throw new Error(`${title} was not started.`);
    const child = startChild({
      ...command,
      name: title,
      log: this.log,
      ...(signal && { signal }),
      ...(graceMs && { graceMs }),
    });
    this.#child = child;
    this.#options.changed();
    await child.ready(ready, { withinMs, ...(abort && { signal: abort }) });
    this.#ready = !abort?.aborted;
    void this.#endWhenStuck(child);
    return child;
  }

  /** @param {Child} child */
  async #endWhenStuck(child) {
    const { stuck, title } = this.part;
    if (!stuck) return;
    for (let inRow = 0; child.isRunning();) {
      await Promise.race([child.exited, later(stuckLooks.everyMs, null, { ref: false })]);
      inRow = child.isRunning() && (await stuck()) ? inRow + 1 : 0;
      if (inRow < stuckLooks.inRow) continue;
      this.#options.report(`${title} runs and refuses every request`);
      await this.kill();
    }
  }

  /** @param {Child} first */
  async #watch(first) {
    for (let child = first; this.#wanted;) {
      const since = Date.now();
      const { code, signal } = await child.exited;
      this.#ready = false;
      this.#options.changed();
      if (Date.now() - since > backOffMs.forgottenAfter) this.#restarts = 0;
      const next = await this.#again(`${this.part.title} ended (${signal ?? `code ${code}`})`);
      if (!next) return;
      child = next;
    }
  }

  /** Tries until it stands or is no longer wanted.
   * @param {string} why */
  async #again(why) {
    for (let said = why; this.#wanted;) {
      const waitMs = Math.min(backOffMs.first * 2 ** this.#restarts, backOffMs.most);
      this.#restarts += 1;
      this.#options.report(`${said}; starting it again in ${waitMs / 1000} s`);
      await pause(waitMs);
      if (!this.#wanted) return null;
      try {
        const child = await this.#launch();
        this.#options.report(`${this.part.title} is back`);
        return child;
      } catch (error) {
        await this.#child?.stop();
        said = messageOf(error).split("\n")[0] ?? this.part.title;
      }
    }
    return null;
  }
}
