// The whole stack for a test: the starter's own code on free ports, with data and keys in a folder that goes with it.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { readStartConfig } from "@headwater/server/start/config.mjs";
import { openInstance } from "@headwater/server/start/instance.mjs";
import { partNames, type PartName } from "@headwater/server/start/parts.mjs";
import { settingsFor } from "@headwater/server/start/settings.mjs";
import { Stack } from "@headwater/server/start/stack.mjs";
import { openVaultKeys } from "@headwater/server/start/vault-keys.mjs";
import { eventually } from "@headwater/server/start/wait.mjs";
import { demoOwner } from "@headwater/server/start/words.mjs";
import { testConfig } from "./config.ts";
import { freeRow } from "./ports.ts";
import { scratchFolder } from "./services.ts";

export interface StackOptions {
  /** Only these parts; all unless said. */
  only?: readonly PartName[];
  /** Settings on top of the embedded default, as in the environment of `npm start`. */
  settings?: Readonly<Record<string, string>>;
  report?: (line: string) => void;
  /** Postgres as in `npm start`: a commit that was answered outlives kill -9. Off, it is quicker and may lose the last moment. */
  isDurable?: boolean;
}

export type RunningStack = Awaited<ReturnType<typeof startStack>>;

const readyWithinMs = 240_000;

async function planFor(folder: string, settings: Readonly<Record<string, string>>, isDurable: boolean) {
  const app = await freeRow(9);
  const [sandbox, postgres, temporal, temporalUi, lifecycle, load, sftp, temporalHttp] = [
    app + 1,
    app + 2,
    app + 3,
    app + 4,
    app + 5,
    app + 6,
    app + 7,
    app + 8,
  ];
  const config = readStartConfig({
    PATH: testConfig.path,
    HOME: testConfig.home,
    DATA_DIR: join(folder, "data"),
    XDG_CONFIG_HOME: join(folder, "config"),
    TEMPORAL_CLI: testConfig.temporalCli,
    PORT: String(app),
    ...settings,
  });
  // Downloads and builds stay where they are for every run.
  const places = { ...config.places, cacheDir: testConfig.places.cacheDir };
  mkdirSync(places.dataDir, { recursive: true, mode: 0o711 });
  const instance = openInstance(places);
  return {
    config: { ...config, places },
    instance,
    ports: { app, sandbox, postgres, temporal, temporalUi, temporalHttp, lifecycle, load, sftp },
    vault: openVaultKeys(instance, config),
    durable: isDurable,
    note: () => undefined,
  };
}

export async function startStack({
  only = partNames,
  settings = {},
  report = () => undefined,
  isDurable = false,
}: StackOptions = {}) {
  const folder = scratchFolder("stack");
  const plan = await planFor(folder, settings, isDurable);
  const stack = new Stack(plan, { only, watcher: { begin: () => undefined, done: () => undefined, line: report } });
  const keeperOf = (name: PartName) => {
    const keeper = stack.keepers.get(name);
    if (!keeper) throw new Error(`This stack runs no ${name}.`);
    return keeper;
  };
  const close = async () => {
    await stack.down();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  };
  try {
    await stack.up();
  } catch (error) {
    await close();
    throw error;
  }
  const given = settingsFor(plan);
  return {
    appUrl: plan.config.publicUrl,
    sandboxUrl: `http://127.0.0.1:${plan.ports.sandbox}`,
    ownerUrl: given.ownerUrl,
    apiUrl: given.api.DATABASE_URL,
    workerUrl: given.lifecycle.DATABASE_URL,
    temporalAddress: given.lifecycle.TEMPORAL_ADDRESS,
    temporalFile: join(plan.config.places.dataDir, "temporal"),
    dataDir: plan.config.places.dataDir,
    ports: plan.ports,
    settings: given,
    demo: { email: demoOwner, password: plan.instance.secrets.demo },
    pidOf: (name: PartName) => keeperOf(name).identity?.pid ?? null,
    /** kill -9; the starter brings it back with its back-off. */
    kill: (name: PartName, signal: NodeJS.Signals = "SIGKILL") => keeperOf(name).kill(signal),
    /** Ends it in good order (or at once) and leaves it down until `release`. */
    hold: (name: PartName, { hard = false } = {}) => keeperOf(name).stop({ hard }),
    release: (name: PartName) => keeperOf(name).start(),
    isReady: (name: PartName) => keeperOf(name).isReady,
    async ready(name: PartName, { withinMs = readyWithinMs } = {}) {
      if (await eventually(() => keeperOf(name).isReady, { withinMs })) return;
      throw new Error(`${name} did not come back within ${withinMs / 1000} s:\n${keeperOf(name).log}`);
    },
    log: (name: PartName) => (existsSync(keeperOf(name).log) ? readFileSync(keeperOf(name).log, "utf8") : ""),
    close,
  };
}
