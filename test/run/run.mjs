// `npm test` and its parts: installs what it needs, runs the sections of sections.mjs, ends with one line of figures.
// Plain JavaScript that Node 20 reads; the sections run on the Node 24 that it installs.
import { spawn } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { availableParallelism, tmpdir } from "node:os";
import { join } from "node:path";
import { install, runtime } from "../../server/start/install.mjs";
import { checkout } from "../../server/start/places.mjs";
import { temporalBinary } from "../../server/start/temporal-binary.mjs";
import { messageOf } from "../../server/start/words.mjs";
import { runConfig } from "./config.mjs";
import { pooled } from "./pool.mjs";
import { countOf, failing, joined, lastLine, report } from "./report.mjs";
import { sections } from "./sections.mjs";
import { shortText } from "./short.mjs";

/** @typedef {import('./sections.mjs').Section} Section */
/** @typedef {import('./reporter.mjs').Findings} Findings */
/** @typedef {{ section: Section, seconds: number, findings: Findings }} Result */

const usage = `npm test                                   everything
npm test -- <section> [file] [-t "title"]  a part of it; sections: ${sections.map(({ name }) => name).join(", ")}
npm run test:unit                          the pure part, in seconds
npm run test:long                          everything, with the long run's numbers
npm run bench                              the figures of the load path`;

const { places, temporalCli, environment } = runConfig;
const needsTemporal = new Set(["temporal", "faults", "browser"]);
const say = (/** @type {string} */ line) => process.stdout.write(`${line}\n`);
/** @type {Set<import('node:child_process').ChildProcess>} */
const running = new Set();
let interrupted = false;

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM"])) {
  process.on(signal, () => {
    interrupted = true;
    for (const child of running) child.kill("SIGINT");
  });
}

/** @param {string[]} args
 * @param {Record<string, string>} settings
 * @param {boolean} yields  whether all others come first
 * @returns {Promise<{ code: number | null, output: string }>} */
function node24(args, settings, yields) {
  const [program = "", ...given] = [...(yields ? ["nice", "-n", "10"] : []), runtime, ...args];
  return new Promise((resolve) => {
    const child = spawn(program, given, {
      cwd: checkout,
      env: { ...environment, ...settings },
      stdio: ["ignore", "pipe", "pipe"],
    });
    running.add(child);
    let output = "";
    child.stdout.on("data", (chunk) => (output += chunk));
    child.stderr.on("data", (chunk) => (output += chunk));
    child.once("close", (code) => {
      running.delete(child);
      resolve({ code, output });
    });
  });
}

/** @param {string} file
 * @param {{ code: number | null, output: string }} ended
 * @returns {Findings} */
function findingsIn(file, { code, output }) {
  try {
    const findings = JSON.parse(readFileSync(file, "utf8"));
    if (code === 0 || findings.failed > 0) return findings;
    return {
      ...findings,
      failed: 1,
      failures: [{ file: "", name: `the run ended with ${code}`, said: shortText(output.slice(-6000), 40) }],
    };
  } catch {
    return {
      passed: 0,
      failed: 1,
      skipped: [],
      failures: [
        { file: "", name: `the run ended with ${code} and no findings`, said: shortText(output.slice(-6000), 40) },
      ],
    };
  }
}

/** @typedef {{ scratch: string, extra: string[], settings: Record<string, string>, isAlone: boolean }} Options */

/** @param {Section} section
 * @param {Options} options
 * @param {string[]} part  which of its files
 * @param {number} lane
 * @returns {Promise<Findings>} */
async function runLane(section, { scratch, extra, settings, isAlone }, part, lane) {
  const file = join(scratch, `${section.name.replace(":", "-")}-${lane}.json`);
  const beside = isAlone ? [] : (section.beside ?? []);
  const args = [section.program, ...section.args, ...beside, ...(section.vitest ? [...part, ...extra] : [])];
  const env = { ...settings, TEST_FINDINGS: file, TEST_LANE: String(section.place + lane), CI: "1" };
  const ended = await node24(args, env, !isAlone && section.yields === true);
  if (section.vitest) return findingsIn(file, ended);
  if (ended.code === 0) return { passed: 1, failed: 0, skipped: [], failures: [] };
  const failures = [{ file: "", name: "", said: shortText(ended.output.trim(), 80) }];
  return { passed: 0, failed: 1, skipped: [], failures };
}

/** @param {Section} section
 * @param {Options} options
 * @returns {Promise<Result>} */
async function runSection(section, options) {
  const since = Date.now();
  // What was asked for by name is run in one.
  const parts =
    section.lanes === undefined || section.lanes === 1 || options.extra.length > 0
      ? [[]]
      : Array.from({ length: section.lanes }, (_, lane) => [`--shard=${lane + 1}/${section.lanes}`]);
  const findings = joined(await Promise.all(parts.map((part, lane) => runLane(section, options, part, lane))));
  const seconds = (Date.now() - since) / 1000;
  const verdict = findings.failed > 0 ? "FAIL" : " ok ";
  const figures = lastLine(countOf([{ section, findings }]));
  say(`${verdict}  ${section.name.padEnd(10)} ${section.says.padEnd(40)} ${figures}  ${seconds.toFixed(1)} s`);
  for (const line of failing(findings)) say(line);
  return { section, seconds, findings };
}

/** @param {readonly Section[]} chosen
 * @param {string[]} extra
 * @param {Record<string, string>} settings */
async function runAll(chosen, extra, settings) {
  const scratch = mkdtempSync(join(tmpdir(), "headwater-run-"));
  const options = { scratch, extra, settings, isAlone: chosen.length === 1 };
  const jobs = chosen.map((section) => ({ cores: section.cores, run: () => runSection(section, options) }));
  try {
    return await pooled(jobs, availableParallelism(), () => !interrupted);
  } finally {
    rmSync(scratch, { recursive: true, force: true });
  }
}

/** @param {string[]} options */
async function bench(options) {
  const child = spawn(runtime, ["test/bench/main.ts", ...options], { cwd: checkout, stdio: "inherit" });
  running.add(child);
  return new Promise((resolve) => child.once("close", (code) => resolve(code ?? 1)));
}

async function main() {
  const [first, ...others] = process.argv.slice(2);
  if (first === "--help") {
    say(usage);
    return;
  }
  const since = Date.now();
  await install({ cacheDir: places.cacheDir, begin: () => say("Installing what is pinned"), note: say });
  if (first === "bench") {
    process.exitCode = await bench(others);
    return;
  }
  const named = sections.filter(({ name }) => name === first || name === `types:${first}`);
  if (first && first !== "long" && named.length === 0) throw new Error(`There is no section "${first}".\n${usage}`);
  const chosen = named.length > 0 ? named : sections;
  if (chosen.some(({ name }) => needsTemporal.has(name))) {
    await temporalBinary({ named: temporalCli, cacheDir: places.cacheDir, report: say });
  }
  const settings = first === "long" ? { TEST_SCALE: "long" } : {};
  const results = await runAll(chosen, first === "long" ? [] : others, settings);
  for (const line of report(results, { filtered: others.includes("-t") })) say(line);
  const count = countOf(results);
  say(`\n${Math.round((Date.now() - since) / 1000)} s`);
  say(lastLine(count));
  process.exitCode = count.failed > 0 || interrupted ? 1 : 0;
}

try {
  await main();
} catch (error) {
  process.stderr.write(`${messageOf(error)}\n`);
  process.exitCode = 1;
}
