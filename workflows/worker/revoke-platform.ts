// What an operator does when a platform's tokens may have been stolen: ends every one of them.
//   node workflows/worker/revoke-platform.ts                        what stands, by platform
//   node workflows/worker/revoke-platform.ts shopify --now          ends all of it
//   node workflows/worker/revoke-platform.ts shopify --now --erase  also erases what the source would not end
// With the settings of a worker. Every datasource of it stands on Reauthorize from the first moment on, and says why; each
// grant is revoked at the source where that can be, then erased here, each with its line in the log. Killed or failed, the
// same command goes on with the same grants; once all are ended, it begins anew.
import { randomUUID } from "node:crypto";
import { parseArgs } from "node:util";
import { makeOutbound } from "@headwater/connectors/outbound/guarded.ts";
import { failureInWords, openDatabase, requireVaultKeys } from "@headwater/db";
import type { LoadDeps } from "../load/contract.ts";
import { AT_ONCE, carryOut, countStanding, orderRevocation } from "../source/revoke-platform.ts";
import { watchVault } from "../source/vault-watch.ts";
import { DATABASE_SILENCE_MS, readWorkerConfig } from "./config.ts";
import { loadDepsOf, sourceLog } from "./deps.ts";
import { openWorkerLog } from "./log.ts";

async function main(): Promise<boolean> {
  const { positionals, values } = parseArgs({
    allowPositionals: true,
    options: { now: { type: "boolean", default: false }, erase: { type: "boolean", default: false } },
  });
  const config = readWorkerConfig(process.env);
  const id = `revoke-${randomUUID()}`;
  const log = sourceLog(openWorkerLog("revoke", config.logLevel));
  const db = openDatabase({
    url: config.databaseUrl,
    max: AT_ONCE,
    name: "headwater revoke platform",
    silenceMs: DATABASE_SILENCE_MS,
  });
  const outbound = makeOutbound({ routes: config.providerRoutes, socketsPerOrigin: AT_ONCE });
  // Opening every credential at once is what it is for: each open is written down, none is refused.
  const most = Number.MAX_SAFE_INTEGER;
  const vaultWatch = watchVault({ sql: db.sql, log, workerId: id, count: () => undefined, most });
  try {
    await requireVaultKeys(db, config.vaultPrivateKey);
    const deps = loadDepsOf(config, { sql: db.sql, outbound, workerId: id, log, vaultWatch });
    const [platform, ...more] = positionals;
    if (platform === undefined || !values.now || more.length > 0) return await list(deps);
    return await end(deps, platform, values.erase);
  } finally {
    await outbound.close();
    await db.close();
  }
}

const say = (line: string): boolean => process.stdout.write(`${line}\n`);

async function list(deps: LoadDeps): Promise<true> {
  for (const { platform, grants, organisations, ordered } of await countStanding(deps))
    say(`${platform}: ${grants} grants of ${organisations} organisations, ${ordered} of them ordered to end`);
  say("to end all of a platform: revoke-platform.ts <platform> --now");
  return true;
}

/** True where nothing is left to do. */
async function end(deps: LoadDeps, platform: string, eraseFailed: boolean): Promise<boolean> {
  if (deps.connectorOf(platform) === null) throw new Error(`there is no platform ${platform}`);
  const stopped = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopped.abort());
  const all = await orderRevocation(deps, platform);
  say(`${platform}: ${all} grants are to end`);
  let done = 0;
  const told = (): void => {
    done += 1;
    if (done % 500 === 0) say(`${done} of ${all}`);
  };
  const counted = await carryOut(deps, platform, { eraseFailed, signal: stopped.signal, told });
  const { revoked, notRevocable, erased } = counted;
  const left = all - revoked - notRevocable - erased;
  say(`${revoked} revoked at the source and erased here`);
  if (notRevocable > 0) say(`${notRevocable} erased here; only their holders can end them at the source`);
  if (erased > 0) say(`${erased} erased here, and not ended at the source`);
  if (left > 0)
    say(`${left} not ended: the source did not answer. The same command goes on; with --erase they are erased`);
  return left <= 0;
}

try {
  process.exitCode = (await main()) ? 0 : 1;
} catch (error) {
  process.stderr.write(`revoke-platform: ${failureInWords(error)}\n`);
  process.exitCode = 1;
}
