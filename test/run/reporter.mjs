// Writes what a vitest run found where run.mjs reads it: counts, what was skipped with its reason, what failed.
import { writeFileSync } from "node:fs";
import { relative } from "node:path";
import { checkout } from "../../server/start/places.mjs";
import { runConfig } from "./config.mjs";
import { shortError } from "./short.mjs";

/** @typedef {{ file: string, name: string, said: string }} Failure */
/** @typedef {{ passed: number, failed: number, skipped: { file: string, name: string, why: string | null }[], failures: Failure[] }} Findings */

/** An error may have causes without end. */
const shownMax = 4000;

export default class FindingsReporter {
  /** @type {Findings} */
  #found = { passed: 0, failed: 0, skipped: [], failures: [] };

  /** @param {import('vitest/node').TestCase} test */
  onTestCaseResult(test) {
    const result = test.result();
    const file = relative(checkout, test.module.moduleId);
    if (result.state === "passed") this.#found.passed += 1;
    if (result.state === "skipped") this.#found.skipped.push({ file, name: test.fullName, why: result.note ?? null });
    if (result.state === "failed") this.#fail(file, test.fullName, result.errors);
  }

  /** @param {readonly import('vitest/node').TestModule[]} modules
   * @param {readonly import('vitest/node').SerializedError[]} unhandled */
  onTestRunEnd(modules, unhandled) {
    for (const module of modules) {
      const errors = module.errors();
      if (errors.length > 0) this.#fail(relative(checkout, module.moduleId), "", errors);
      for (const suite of module.children.allSuites()) {
        if (suite.errors().length > 0) this.#fail(relative(checkout, module.moduleId), suite.fullName, suite.errors());
      }
    }
    if (unhandled.length > 0) this.#fail("", "an error outside of any test", unhandled);
    if (runConfig.findingsFile) writeFileSync(runConfig.findingsFile, JSON.stringify(this.#found));
  }

  /** @param {string} file
   * @param {string} name
   * @param {readonly { message?: string, stack?: string | undefined, diff?: string }[]} errors */
  #fail(file, name, errors) {
    this.#found.failed += 1;
    const said = errors.map(shortError).join("\n\n");
    this.#found.failures.push({ file, name, said: said.slice(0, shownMax) });
  }
}
