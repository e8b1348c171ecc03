// What the test run reads from the environment, once.
import { placesOf } from "../../server/start/places.mjs";

export const runConfig = {
  places: placesOf(process.env),
  temporalCli: process.env["TEMPORAL_CLI"],
  /** Handed on to the sections whole: the tests read their own settings from it (test/setup/config.ts). */
  environment: process.env,
  /** Where a section's reporter leaves its findings. */
  findingsFile: process.env["TEST_FINDINGS"],
};
