// What the tests read from the environment, once.
import { availableParallelism, homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { placesOf } from "@headwater/server/start/places.mjs";

export const testConfig = {
  places: placesOf(process.env),
  temporalCli: process.env["TEMPORAL_CLI"],
  /** Where the browser tests leave their pictures; `test/browser/pictures` renews the one in the README. */
  pictures: process.env["TEST_PICTURES"] ?? join(tmpdir(), "headwater-pictures"),
  /** A browser to use where npm's does not start. */
  chromiumPath: process.env["CHROMIUM_PATH"],
  /** `long`: the same tests with larger numbers (npm run test:long). */
  scale: process.env["TEST_SCALE"] === "long" ? ("long" as const) : ("usual" as const),
  /** Repeats a random run. */
  seed: process.env["TEST_SEED"] === undefined ? undefined : Number(process.env["TEST_SEED"]),
  cores: availableParallelism(),
  /** Which of the runs side by side this is: the lane of its section, and the worker within it. */
  place: {
    lane: Number(process.env["TEST_LANE"] ?? 0),
    worker: Number(process.env["VITEST_POOL_ID"] ?? 1) - 1,
  },
  path: process.env["PATH"],
  /** As it is, for a command run as a person would run it. */
  environment: process.env,
  home: homedir(),
};

/** A number of repetitions: the usual one, or the one of the long run. */
export const scaled = ({ usual, long }: { usual: number; long: number }) =>
  testConfig.scale === "long" ? long : usual;
