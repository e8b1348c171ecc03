import { defineConfig } from "vitest/config";
import { testConfig } from "./test/setup/config.ts";
import { LongestFirst } from "./test/setup/longest-first.ts";

const rooms = ["server", "workflows", "web", "test"];
const beside = (suffix: string) => rooms.map((room) => `${room}/**/*.${suffix}.test.{ts,tsx}`);
const ours = ["**/node_modules/**", "**/dist/**", "**/.data/**"];
const needsMore = ["pg", "lives", "temporal", "replay", "fault", "browser"];

const postgres = "./test/setup/postgres.ts";
const temporal = "./test/setup/temporal.ts";
/** Where a test starts processes of its own. */
const withParent = "./test/setup/with-parent.ts";
/** Larger numbers take longer: the long run waits as many times longer. */
const isLong = testConfig.scale === "long";
const seconds = (count: number) => count * (isLong ? 20_000 : 1000);

/** The usual run draws the same each time: what one in thousands does wrong is for the long run to find. */
const USUAL_SEED = 20_261_121;
/** What random tests read wherever they lie: `inject("scale")`, `inject("seed")`. */
const random = "./test/setup/random.ts";
const given = { provide: { scale: isLong ? 10 : 1, seed: testConfig.seed ?? (isLong ? null : USUAL_SEED) } };

/** So long a test may take on a machine that is slow, or busy with others; none waits for its end. */
const slow = (count: number) => ({ testTimeout: seconds(count), hookTimeout: seconds(count) });
/** What is waited for comes, or the test is wrong; of itself Vitest waits a second, which a busy machine may sleep away. */
const patient = (count: number) => ({ expect: { poll: { timeout: seconds(count) } } });

/** As Node resolves packages: with Vite's own conditions a package such as graphql would be loaded twice. */
const ssr = { resolve: { conditions: ["node", "module-sync"], externalConditions: ["node", "module-sync"] } };

export default defineConfig({
  ssr,
  test: {
    passWithNoTests: true,
    sequence: { sequencer: LongestFirst },
    projects: [
      {
        test: {
          name: "unit",
          ...given,
          setupFiles: [random],
          include: rooms.map((room) => `${room}/**/*.test.{ts,tsx}`),
          exclude: [
            ...ours,
            ...needsMore.map((kind) => `**/*.${kind}.test.ts`),
            "test/style/**",
            "test/browser/**",
            "test/faults/**",
          ],
          ...slow(120),
          ...patient(60),
        },
      },
      { test: { name: "style", include: ["test/style/**/*.test.ts"], exclude: ours, ...slow(300) } },
      { test: { name: "replay", ...given, include: beside("replay"), exclude: ours, ...slow(300) } },
      {
        test: {
          name: "pg",
          ...given,
          setupFiles: [random],
          include: beside("pg"),
          exclude: ours,
          globalSetup: [postgres],
          ...slow(300),
          ...patient(60),
        },
      },
      {
        test: {
          name: "lives",
          ...given,
          include: beside("lives"),
          exclude: ours,
          globalSetup: [postgres],
          ...slow(300),
        },
      },
      {
        test: {
          name: "temporal",
          ...given,
          include: beside("temporal"),
          exclude: ours,
          globalSetup: [postgres, temporal],
          setupFiles: [withParent, random],
          // One Temporal writes one history at a time: files side by side would wait for each other, not for the engine.
          fileParallelism: false,
          ...slow(900),
          ...patient(400),
        },
      },
      {
        test: {
          name: "faults",
          ...given,
          include: beside("fault"),
          exclude: ours,
          globalSetup: [postgres, temporal],
          setupFiles: [withParent],
          ...slow(1800),
          ...patient(300),
        },
      },
      {
        test: {
          name: "browser",
          include: ["test/browser/**/*.browser.test.ts"],
          exclude: ours,
          globalSetup: ["./test/setup/gallery-folder.ts"],
          setupFiles: [withParent],
          fileParallelism: false,
          // A machine that does two sections at once paints late.
          ...patient(300),
          ...slow(1800),
        },
      },
    ],
  },
});
