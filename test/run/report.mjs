// What `npm test` says at its end: each failure with what repeats it, what was skipped and why, one line of figures.

/** @typedef {import('./sections.mjs').Section} Section */
/** @typedef {import('./reporter.mjs').Findings} Findings */
/** @typedef {{ section: Pick<Section, 'name' | 'says'>, findings: Findings }} Told */

/** What repeats exactly this failure.
 * @param {Pick<Section, 'name'>} section
 * @param {{ file: string, name: string }} failure */
function again(section, { file, name }) {
  const title = name
    .split(" > ")
    .at(-1)
    ?.replaceAll('"', '\\"')
    .replace(/[()[\]{}.*+?^$|\\`]/gu, ".");
  return `npm test -- ${[section.name, file, title && file ? `-t "${title}"` : ""].filter(Boolean).join(" ")}`;
}

const nameOf = (/** @type {{ file: string, name: string }} */ { file, name }) =>
  [file, name].filter(Boolean).join(" > ");

/** Under a section's line at once: which tests failed, one line each, or how a program's complaint begins.
 * @param {Pick<Findings, 'failures'>} findings */
export const failing = ({ failures }) =>
  failures.map((failure) => `      ${nameOf(failure) || failure.said.split("\n")[0]}`);

/** @param {readonly Told[]} results
 * @param {{ filtered: boolean }} options
 * @returns {string[]} */
export function report(results, { filtered }) {
  const failures = results.flatMap(({ section, findings }) =>
    findings.failures.flatMap((failure) => [
      `\n--- ${section.name}: ${nameOf(failure) || section.says}`,
      failure.said,
      `again: ${again(section, failure)}`,
    ]),
  );
  // Without a reason of its own a test was not asked for (-t), or what it stands on failed.
  const skipped = results.flatMap(({ findings }) => findings.skipped).filter(({ why }) => why !== null || !filtered);
  if (skipped.length === 0) return failures;
  const reasons = skipped.map(({ file, name, why }) => `  ${file} > ${name}: ${why ?? "what it stands on failed"}`);
  return [...failures, `\nSkipped:\n${reasons.join("\n")}`];
}

/** What several lanes found, as if one had.
 * @param {readonly Findings[]} parts
 * @returns {Findings} */
export const joined = (parts) => ({
  passed: parts.reduce((sum, { passed }) => sum + passed, 0),
  failed: parts.reduce((sum, { failed }) => sum + failed, 0),
  skipped: parts.flatMap(({ skipped }) => skipped),
  failures: parts.flatMap(({ failures }) => failures),
});

/** @param {readonly Told[]} results */
export function countOf(results) {
  const { passed, failed, skipped } = joined(results.map(({ findings }) => findings));
  return { passed, failed, skipped: skipped.length };
}

/** @param {ReturnType<typeof countOf>} count */
export const lastLine = ({ passed, failed, skipped }) => `${passed} passed, ${failed} failed, ${skipped} skipped`;
