// What `npm test` consists of, in the order in which it begins. Sections run side by side as far as there are cores for them,
// and so do the lanes of a section: each takes a part of its files, one after another, with servers of its own.
import { availableParallelism } from "node:os";
import { join } from "node:path";
import { checkout } from "../../server/start/places.mjs";

/**
 * @typedef {object} Section
 * @property {string} name
 * @property {string} says
 * @property {string} program
 * @property {string[]} args
 * @property {number} cores  how many it keeps busy, beside others
 * @property {number} [lanes]
 * @property {true} [vitest]
 * @property {number} place  the first of the places that its tests draw ports from (test/setup/ports.ts)
 * @property {string[]} [beside]  more arguments while others run too
 * @property {true} [yields]  beside others it takes only the time that they leave: nothing in it goes by a clock
 */

const bin = (/** @type {string} */ path) => join(checkout, "node_modules", path);
const tsc = bin("typescript/bin/tsc");
const cores = availableParallelism();
const all = Number.POSITIVE_INFINITY;
/** Whole stacks wait more than they compute: for back-off, for a lease to end, for a source that dawdles. Each takes a gigabyte. */
const stacksAtOnce = Math.min(cores, 6);

/** A lane of browser tests keeps more than one core busy: its pages paint while its stack and its tests work. */
const browsersAtOnce = cores < 4 ? 2 : 3;

/** @param {string} name
 * @param {string} says
 * @param {Partial<Section>} more
 * @returns {Section} */
const small = (name, says, more) => ({ name, says, program: "", args: [], cores: 1, place: 0, yields: true, ...more });

/** @param {string} name
 * @param {string} says
 * @param {Partial<Section>} more
 * @returns {Section} */
const project = (name, says, { args = [], ...more }) => ({
  name,
  says,
  vitest: true,
  program: bin("vitest/vitest.mjs"),
  args: ["run", "--project", name, "--reporter", join(checkout, "test/run/reporter.mjs"), ...args],
  cores: 1,
  place: 0,
  ...more,
});

/** Beside others with one worker. */
const inOne = { beside: ["--maxWorkers=1"] };

/** @type {readonly Section[]} */
export const sections = [
  project("faults", "kills and lies against the whole stack", { args: [`--maxWorkers=${stacksAtOnce}`], cores: 2 }),
  project("temporal", "on Temporal and PostgreSQL", { place: 8 }),
  project("lives", "random lives and races over the rows", {
    args: ["--maxWorkers=2"],
    cores: 0,
    place: 7,
    yields: true,
  }),
  small("format", "format", { program: bin("oxfmt/bin/oxfmt"), args: ["--check", "."] }),
  small("types", "type check", { program: tsc }),
  small("types:web", "type check of the web app", { program: tsc, args: ["-p", "web"] }),
  small("lint", "lint", { program: bin("oxlint/bin/oxlint"), args: ["--deny-warnings", "."] }),
  project("style", "house rules and import rules", inOne),
  project("replay", "replay of recorded histories", inOne),
  project("unit", "pure rules", { ...inOne, place: 9 }),
  project("pg", "on PostgreSQL", { args: [`--maxWorkers=${cores}`], cores: all }),
  project("browser", "the whole stack in a browser", { cores: all, lanes: browsersAtOnce }),
];
