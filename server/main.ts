/** The API process: `node server/main.ts`. */
import process from "node:process";
import { readServerConfig } from "./config.ts";
import type { ServerConfig } from "./config.ts";
import { errorFacts, openLog } from "./log.ts";
import { serve } from "./serve.ts";

const STARTER_LOOK_MS = 2000;
const log = openLog("api");

function configOrEnd(): ServerConfig {
  try {
    return readServerConfig(process.env);
  } catch (error) {
    process.stderr.write(`The API cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
    return process.exit(1);
  }
}

const config = configOrEnd();
const serving = await serve({ config, log }).catch((error: unknown) => {
  process.stderr.write(`The API cannot start: ${error instanceof Error ? error.message : String(error)}\n`);
  return process.exit(1);
});
log.info("api started", { url: serving.url });

let isStopping = false;
async function stop(why: string): Promise<void> {
  if (isStopping) return;
  isStopping = true;
  log.info("api stopping", { why });
  await serving.stop().catch((error: unknown) => log.error("api did not stop cleanly", errorFacts(error)));
  process.exit(0);
}

process.on("SIGTERM", () => void stop("SIGTERM"));
process.on("SIGINT", () => void stop("SIGINT"));
process.on("unhandledRejection", (error) => log.error("unhandled rejection", errorFacts(error)));

/** A child that loses its starter ends itself. */
function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false; // ESRCH: gone
  }
}
const { starterPid } = config;
if (starterPid !== null)
  setInterval(() => {
    if (!isAlive(starterPid)) void stop("the starter is gone");
  }, STARTER_LOOK_MS).unref();
