// `npm start` itself as a child, as a person would run it: what it prints, what runs from its data folder, how it ends.
import { spawn } from "node:child_process";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";
import { isRunning, type Identity } from "@headwater/server/start/process-identity.mjs";
import { eventually } from "@headwater/server/start/wait.mjs";
import { testConfig } from "./config.ts";

const program = join(checkout, "server/start/start.mjs");

export interface Home {
  folder: string;
  port: number;
}

export type Starter = ReturnType<typeof runStarter>;

/** What runs from the data folder now. */
export function running({ folder }: Home): Identity[] {
  try {
    const identities: Identity[] = JSON.parse(readFileSync(join(folder, "data", "running.json"), "utf8"));
    return identities.filter(isRunning);
  } catch {
    return []; // nothing recorded
  }
}

export function runStarter(
  home: Home,
  { settings = {}, args = [] }: { settings?: Record<string, string>; args?: string[] } = {},
) {
  const since = Date.now();
  const child = spawn(process.execPath, [program, ...args], {
    env: {
      ...testConfig.environment,
      XDG_CONFIG_HOME: join(home.folder, "config"),
      DATA_DIR: join(home.folder, "data"),
      PORT: String(home.port),
      ...settings,
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let said = "";
  child.stdout.on("data", (chunk) => (said += chunk));
  child.stderr.on("data", (chunk) => (said += chunk));
  const ended = new Promise<number | NodeJS.Signals | null>((resolve) =>
    child.once("close", (code, signal) => resolve(signal ?? code)),
  );
  return {
    pid: child.pid,
    said: () => said,
    ended,
    kill: (signal: NodeJS.Signals) => child.kill(signal),
    /** Resolves with how long it took until it said this. */
    async until(what: RegExp, { withinMs }: { withinMs: number }): Promise<number> {
      const held = await eventually(() => what.test(said) || child.exitCode !== null, { withinMs });
      if (!held || !what.test(said))
        throw new Error(`npm start did not say ${what} within ${withinMs / 1000} s. It said:\n${said}`);
      return Date.now() - since;
    },
  };
}
