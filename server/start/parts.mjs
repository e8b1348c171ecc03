// The parts in order of need. Each says what starts it, when it is ready, how long that may take and what helps if not.
import { existsSync, mkdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { httpAnswers, postgresAnswers } from "./answers.mjs";
import { runtime } from "./install.mjs";
import { portAnswers } from "./ports.mjs";
import { makeCluster, postgresBinaries, postgresCommand } from "./postgres.mjs";
import { mayEnter } from "./postgres-account.mjs";
import { programOf, settingsFor } from "./settings.mjs";
import { temporalBinary } from "./temporal-binary.mjs";
import { temporalCommand, temporalIsStuck, temporalVersion } from "./temporal.mjs";

/** @typedef {import('./keeper.mjs').Part} Part */
/** @typedef {import('./settings.mjs').Given} Given */
/** @typedef {Given & { durable: boolean, note: (line: string) => void }} Plan */

export const partNames = /** @type {const} */ (["postgres", "temporal", "sandbox", "lifecycle", "load", "api"]);
/** @typedef {typeof partNames[number]} PartName */

/** Where the cluster lies: with the data, or where Postgres's own account can reach it.
 * @param {Plan} plan */
function clusterOf({ config, instance, ports, durable }) {
  const { dataDir, fallbackDir } = config.places;
  const binaries = postgresBinaries({ fallbackDir });
  const reachable = binaries.account === null || mayEnter(dataDir, binaries.account);
  const folder = reachable ? dataDir : join(fallbackDir, instance.id);
  mkdirSync(folder, { recursive: true, mode: 0o711 });
  return {
    binaries,
    dataDir: join(folder, "postgres"),
    port: ports.postgres,
    password: instance.secrets.superuser,
    durable,
  };
}

/** A crash leaves Postgres's own pid file behind. Its pid may be another program's by now; then Postgres would not start.
 * @param {string} dataDir */
function clearStalePidFile(dataDir) {
  const file = join(dataDir, "postmaster.pid");
  if (!existsSync(file) || !existsSync("/proc/self/comm")) return;
  const pid = readFileSync(file, "utf8").split("\n")[0];
  const comm = `/proc/${pid}/comm`;
  if (!existsSync(comm) || !readFileSync(comm, "utf8").startsWith("postgres")) rmSync(file, { force: true });
}

/** @param {Plan} plan
 * @returns {Part} */
const postgres = (plan) => ({
  name: "postgres",
  title: "PostgreSQL",
  withinMs: 180_000,
  hint: "Set DATABASE_URL to a PostgreSQL of yours, or begin anew with: npm start -- --reset",
  signal: "SIGINT",
  async command() {
    const cluster = clusterOf(plan);
    await makeCluster(cluster);
    clearStalePidFile(cluster.dataDir);
    return postgresCommand(cluster);
  },
  ready: () => postgresAnswers(plan.ports.postgres),
});

/** @param {Plan} plan
 * @returns {Part} */
const temporal = (plan) => ({
  name: "temporal",
  title: "Temporal",
  withinMs: 180_000,
  hint: "Set TEMPORAL_ADDRESS to a Temporal server of yours, or TEMPORAL_CLI to its program.",
  async command() {
    const { places, temporalCli, temporalNamespace } = plan.config;
    const binary = await temporalBinary({ named: temporalCli, cacheDir: places.cacheDir, report: plan.note });
    mkdirSync(join(places.dataDir, "temporal"), { recursive: true });
    const file = join(places.dataDir, "temporal", `temporal-cli-${temporalVersion}.db`);
    return temporalCommand({
      binary,
      port: plan.ports.temporal,
      httpPort: plan.ports.temporalHttp,
      uiPort: plan.ports.temporalUi,
      namespace: temporalNamespace,
      file,
    });
  },
  ready: () => portAnswers(plan.ports.temporal),
  stuck: () => temporalIsStuck({ httpPort: plan.ports.temporalHttp, namespace: plan.config.temporalNamespace }),
});

/** One of our own processes.
 * @param {Plan} plan
 * @param {{ name: 'sandbox' | 'lifecycle' | 'load' | 'api', title: string, program: string, port: number, path: string, graceMs?: number, flags?: string[] }} process
 * @returns {Part} */
const ours = (plan, { name, title, program, port, path, graceMs, flags = [] }) => ({
  name,
  title,
  withinMs: 180_000,
  hint: "Its log says why; settings are listed in server/start/settings.md.",
  ...(graceMs && { graceMs }),
  command: () => ({
    command: runtime,
    args: [...flags, programOf(program)],
    env: settingsFor(plan)[name],
    cwd: programOf("."),
  }),
  ready: () => httpAnswers(`http://127.0.0.1:${port}${path}`),
});

/** @param {Plan} plan
 * @returns {Record<PartName, Part>} */
export const partsOf = (plan) => ({
  postgres: postgres(plan),
  temporal: temporal(plan),
  sandbox: ours(plan, {
    name: "sandbox",
    title: "Provider sandbox",
    program: "test/sandbox/main.ts",
    port: plan.ports.sandbox,
    path: "/healthz",
  }),
  lifecycle: ours(plan, {
    name: "lifecycle",
    title: "Lifecycle worker",
    program: "workflows/worker/lifecycle.ts",
    port: plan.ports.lifecycle,
    path: "/readyz",
  }),
  load: ours(plan, {
    name: "load",
    title: "Load worker",
    program: "workflows/worker/load.ts",
    // Its peak is a bar of the bench (L4), which runs it with the same two.
    flags: ["--max-old-space-size=320", "--max-semi-space-size=12"],
    port: plan.ports.load,
    path: "/readyz",
  }),
  api: ours(plan, {
    name: "api",
    title: "API and web app",
    program: "server/main.ts",
    port: plan.ports.app,
    path: "/readyz",
  }),
});
