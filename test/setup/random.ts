// In every worker of a test run: property tests make as many rounds as the run wants, from the seed that is repeated.
// fast-check prints seed and path of what fails.
import * as fc from "fast-check";
import { inject } from "vitest";

const seed = inject("seed");
const usualRounds = 100;

fc.configureGlobal({ numRuns: usualRounds * inject("scale"), ...(seed === null ? {} : { seed }) });
