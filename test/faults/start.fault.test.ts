// `npm start` as a person meets it: first start, second start, crashes in the middle, leftovers, busy ports, two at once.
import { existsSync, readdirSync, rmSync } from "node:fs";
import { createServer } from "node:net";
import { join } from "node:path";
import { isRunning } from "@headwater/server/start/process-identity.mjs";
import { eventually } from "@headwater/server/start/wait.mjs";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { isLoopback, listening, withChildren } from "../setup/listening.ts";
import { freeRow } from "../setup/ports.ts";
import { scratchFolder } from "../setup/services.ts";
import { runStarter, running, type Home, type Starter } from "../setup/starter.ts";

const firstStartMs = 240_000;
const secondStartMs = 15_000;
const up = /Open http:\/\/localhost:\d+\n\s+sign in\s+\S+@\S+\n\s+password\s+(\S+)/u;

/** Loaded before the program: every disk has 400 MB free. */
const NEARLY_FULL = `data:text/javascript,${encodeURIComponent(`
  import fs from "node:fs";
  import { syncBuiltinESMExports } from "node:module";
  fs.statfsSync = () => ({ bavail: 400_000, bsize: 1000 });
  syncBuiltinESMExports();
`)}`;

let home: Home;
let starters: Starter[] = [];

const start = (options?: Parameters<typeof runStarter>[1]) => {
  const starter = runStarter(home, options);
  starters.push(starter);
  return starter;
};
const passwordIn = (starter: Starter) => up.exec(starter.said())?.[1];
const nothingRuns = () => eventually(() => running(home).length === 0, { withinMs: 240_000 });

beforeEach(async () => {
  home = { folder: scratchFolder("start"), port: await freeRow(5) };
  starters = [];
});
afterEach(async () => {
  for (const starter of starters) starter.kill("SIGINT");
  await Promise.all(starters.map(({ ended }) => ended));
  await nothingRuns();
  rmSync(home.folder, { recursive: true, force: true, maxRetries: 5 });
});

describe("npm start", () => {
  test("comes up, opens nothing to other machines, refuses a second one beside it, stops without a process left, and comes up again within 15 s", async () => {
    const first = start();
    const firstTook = await first.until(up, { withinMs: firstStartMs });
    expect((await fetch(`http://127.0.0.1:${home.port}/readyz`)).status).toBe(200);
    const parts = running(home);
    expect(parts.length).toBe(6);
    const addresses = listening(withChildren([...parts.map(({ pid }) => pid), first.pid ?? 0]));
    expect(addresses.length).toBeGreaterThanOrEqual(parts.length);
    expect(addresses.filter((address) => !isLoopback(address))).toEqual([]);

    const beside = start();
    expect(await beside.ended).toBe(1);
    expect(beside.said()).toMatch(/already runs from .*\n/u);
    expect(running(home)).toEqual(parts);

    first.kill("SIGINT");
    expect(await first.ended).toBe(0);
    expect(parts.filter(isRunning)).toEqual([]);
    const stopped = ["API", "Load worker", "Lifecycle worker", "Provider sandbox", "Temporal", "PostgreSQL"];
    expect(first.said().slice(first.said().indexOf("Stopping"))).toMatch(new RegExp(stopped.join("[\\s\\S]*"), "u"));

    const second = start();
    // Or, where the machine is too busy for that, as long as the first, which made a database besides, and as long again:
    // what runs beside it may have begun only now.
    const secondTook = await second.until(up, { withinMs: firstStartMs });
    expect(secondTook).toBeLessThan(Math.max(secondStartMs, 2 * firstTook));
    expect(passwordIn(second)).toBe(passwordIn(first));
  });

  test("killed, takes everything with it; killed with its guard, leaves it to the next start", async () => {
    const first = start();
    await first.until(up, { withinMs: firstStartMs });
    first.kill("SIGKILL");
    expect(await nothingRuns()).toBe(true);

    const second = start();
    await second.until(up, { withinMs: firstStartMs });
    const [postgres] = running(home);
    if (!postgres) throw new Error("PostgreSQL is not recorded.");
    // What neither starter nor guard could end: the record names it, so the next start does.
    process.kill(postgres.pid, "SIGSTOP");
    second.kill("SIGKILL");
    await second.ended;
    const third = start();
    process.kill(postgres.pid, "SIGCONT");
    await third.until(up, { withinMs: firstStartMs });
    expect(isRunning(postgres)).toBe(false);
  });

  test.each([/PostgreSQL/u, /Migrations/u, /Temporal/u, /Load worker/u])(
    "killed at %s of the first start, comes up at the next",
    async (moment) => {
      const first = start();
      await first.until(moment, { withinMs: firstStartMs });
      first.kill("SIGKILL");
      await first.ended;
      const second = start();
      await second.until(up, { withinMs: firstStartMs });
    },
  );

  test("stopped in the middle of the first start, leaves nothing running", async () => {
    const first = start();
    await first.until(/Migrations/u, { withinMs: firstStartMs });
    first.kill("SIGINT");
    await first.ended;
    expect(await nothingRuns()).toBe(true);
  });
});

describe("npm start refuses", () => {
  test("with a port taken, says which and how to choose another", async () => {
    const stranger = createServer();
    await new Promise<void>((resolve) => stranger.listen(home.port + 1, "127.0.0.1", resolve));
    try {
      const starter = start();
      expect(await starter.ended).toBe(1);
      expect(starter.said()).toMatch(new RegExp(`Port ${home.port + 1}, for the provider sandbox, is taken`, "u"));
      expect(starter.said()).toContain(`PORT=${home.port + 100} npm start`);
    } finally {
      await new Promise((resolve) => stranger.close(resolve));
    }
  });

  test("with a disk that is nearly full, says how much it needs, and begins nothing", async () => {
    const starter = start({ settings: { NODE_OPTIONS: `--import=${NEARLY_FULL}` } });
    expect(await starter.ended).toBe(1);
    expect(starter.said()).toMatch(/Headwater needs 0\.5 GB free in \S+data, which has 0\.4 GB\. Free some/u);
    expect(readdirSync(join(home.folder, "data"))).toEqual([]);
    expect(existsSync(join(home.folder, "config"))).toBe(false);
  });

  test("with wrong settings, names all of them and starts nothing", async () => {
    const starter = start({ settings: { PORT: "99999", DATABASE_URL: "mysql://db" } });
    expect(await starter.ended).toBe(1);
    expect(starter.said()).toMatch(/PORT=99999[\s\S]*DATABASE_URL/u);
    expect(running(home)).toEqual([]);
  });

  test("--reset without a terminal wants to be told twice", async () => {
    const starter = start({ args: ["--reset"] });
    expect(await starter.ended).toBe(1);
    expect(starter.said()).toContain("--reset --yes");
  });
});
