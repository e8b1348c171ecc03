// What `npm test` consists of, fastest first. Sections of one wave run side by side, and so do the lanes of a section:
// each takes a part of its files, one after another, with servers of its own.
import { join } from "node:path";
import { checkout } from "../../server/start/places.mjs";

/** @typedef {{ name: string, says: string, wave: number, program: string, args: string[], lanes?: number, vitest?: true }} Section */

const bin = (/** @type {string} */ path) => join(checkout, "node_modules", path);

/** @param {string} name
 * @param {string} says
 * @param {number} wave
 * @param {number} [lanes]
 * @returns {Section} */
const project = (name, says, wave, lanes = 1) => ({
  name,
  says,
  wave,
  lanes,
  vitest: true,
  program: bin("vitest/vitest.mjs"),
  args: ["run", "--project", name, "--reporter", join(checkout, "test/run/reporter.mjs")],
});

/** @type {readonly Section[]} */
export const sections = [
  { name: "types", says: "type check", wave: 1, program: bin("typescript/bin/tsc"), args: [] },
  {
    name: "types:web",
    says: "type check of the web app",
    wave: 1,
    program: bin("typescript/bin/tsc"),
    args: ["-p", "web"],
  },
  {
    name: "lint",
    says: "lint",
    wave: 1,
    program: bin("oxlint/bin/oxlint"),
    args: ["--deny-warnings", "."],
  },
  { name: "format", says: "format", wave: 1, program: bin("oxfmt/bin/oxfmt"), args: ["--check", "."] },
  project("style", "house rules and import rules", 1),
  project("unit", "pure rules", 1),
  project("replay", "replay of recorded histories", 1),
  project("pg", "on PostgreSQL", 2),
  project("temporal", "on Temporal and PostgreSQL", 3, 2),
  project("faults", "kills and lies against the whole stack", 4),
  project("browser", "the whole stack in a browser", 5, 2),
];
