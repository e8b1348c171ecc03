// The whole stack: brought up in order of need, taken down in reverse. `npm start` and the tests use this one.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { startChild, tailOf } from "./child.mjs";
import { runtime } from "./install.mjs";
import { Keeper } from "./keeper.mjs";
import { messageOf } from "./words.mjs";
import { partNames, partsOf } from "./parts.mjs";
import { recordRunning } from "./running.mjs";
import { programOf, settingsFor } from "./settings.mjs";
import { buildWeb } from "./web-build.mjs";

/** @typedef {import('./parts.mjs').Plan} Plan */
/** @typedef {import('./parts.mjs').PartName} PartName */
/**
 * @typedef {object} Watcher
 * @property {(title: string) => void} begin
 * @property {(how?: string) => void} done
 * @property {(line: string) => void} line
 */

const onceWithinMs = 180_000;

/** The parts that run here: what is set to be elsewhere is not among them.
 * @param {Plan} plan
 * @param {readonly PartName[]} only */
function wantedOf({ config }, only) {
  const elsewhere = new Set([
    config.databaseUrl ? "postgres" : "",
    config.temporalAddress ? "temporal" : "",
    config.production ? "sandbox" : "",
  ]);
  return partNames.filter((name) => only.includes(name) && !elsewhere.has(name));
}

export class Stack {
  /** @type {Map<PartName, Keeper>} */
  keepers = new Map();
  #down = new AbortController();
  #plan;
  #watcher;

  /** @param {Plan} plan
   * @param {{ only?: readonly PartName[], watcher: Watcher }} options */
  constructor(plan, { only = partNames, watcher }) {
    this.#plan = plan;
    this.#watcher = watcher;
    const { dataDir } = plan.config.places;
    mkdirSync(join(dataDir, "logs"), { recursive: true });
    const parts = partsOf(plan);
    const changed = () =>
      recordRunning(
        dataDir,
        [...this.keepers.values()].flatMap(({ identity }) => identity ?? []),
      );
    for (const name of wantedOf(plan, only)) {
      this.keepers.set(name, new Keeper(parts[name], { log: this.logOf(name), report: watcher.line, changed }));
    }
  }

  /** @param {string} name */
  logOf(name) {
    return join(this.#plan.config.places.dataDir, "logs", `${name}.log`);
  }

  async up() {
    const settings = settingsFor(this.#plan);
    await this.#bring("postgres");
    await this.#once("Migrations", "server/db/migrate.ts", settings.migrate);
    if (!this.#plan.config.production && this.keepers.has("api"))
      await this.#once("Demo organisation", "server/demo.ts", settings.demo);
    await this.#bring("temporal");
    await this.#bring("sandbox");
    await this.#bring("lifecycle");
    await this.#bring("load");
    if (!this.keepers.has("api")) return;
    await this.#step("Web app", () => buildWeb({ cacheDir: this.#plan.config.places.cacheDir, note: this.#plan.note }));
    await this.#bring("api");
  }

  /** @param {{ hard?: boolean, stopping?: (title: string) => void }} [options] */
  async down({ hard = false, stopping = () => undefined } = {}) {
    this.#down.abort();
    for (const keeper of [...this.keepers.values()].toReversed()) {
      if (keeper.identity) stopping(keeper.part.title);
      await keeper.stop({ hard });
    }
  }

  /** @param {string} title
   * @param {() => Promise<void>} work */
  async #step(title, work) {
    if (this.#down.signal.aborted) throw new Error("Stopped while starting.");
    this.#watcher.begin(title);
    await work();
    this.#watcher.done();
  }

  /** @param {PartName} name */
  async #bring(name) {
    const keeper = this.keepers.get(name);
    if (!keeper) return;
    await this.#step(keeper.part.title, async () => {
      try {
        await keeper.start(this.#down.signal);
      } catch (error) {
        throw new Error(`${messageOf(error)}\n${keeper.part.hint}`, { cause: error });
      }
    });
  }

  /** Runs a program to its end.
   * @param {string} title
   * @param {string} program
   * @param {Record<string, string | undefined>} env */
  #once(title, program, env) {
    return this.#step(title, async () => {
      const log = this.logOf(title.toLowerCase().replaceAll(" ", "-"));
      const child = startChild({
        name: title,
        command: runtime,
        args: [programOf(program)],
        env,
        cwd: programOf("."),
        log,
      });
      const timer = setTimeout(() => void child.stop(), onceWithinMs);
      const { code, signal } = await child.exited;
      clearTimeout(timer);
      if (code !== 0)
        throw new Error(`${title} ended with ${signal ?? code}. Its log, ${log}, ends with:\n${tailOf(log)}`);
    });
  }
}
