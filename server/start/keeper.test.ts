import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, test } from "vitest";
import { Keeper, type Part } from "./keeper.mjs";
import { beganAt, isRunning, type Identity } from "./process-identity.mjs";
import { endLeftovers, recordRunning } from "./running.mjs";
import { eventually } from "./wait.mjs";

let folder = "";
let said: string[] = [];
let keepers: Keeper[] = [];
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "headwater-keeper-"));
  said = [];
  keepers = [];
});
afterEach(async () => {
  await Promise.all(keepers.map((keeper) => keeper.stop({ hard: true })));
  rmSync(folder, { recursive: true, force: true });
});

/** A process that says it is ready by a file of its own pid. */
const program = `require('fs').writeFileSync(process.argv[1], String(process.pid)); setInterval(() => {}, 1000)`;

function keep(part: Partial<Part> = {}) {
  const ready = join(folder, "ready");
  const keeper: Keeper = new Keeper(
    {
      name: "part",
      title: "Part",
      withinMs: 60_000,
      hint: "",
      command: () => {
        rmSync(ready, { force: true });
        return { command: process.execPath, args: ["-e", program, ready] };
      },
      ready: async () => existsSync(ready) && readFileSync(ready, "utf8") === String(keeper.identity?.pid),
      ...part,
    },
    { log: join(folder, "log"), report: (line) => said.push(line), changed: () => undefined },
  );
  keepers.push(keeper);
  return keeper;
}

describe("a part", () => {
  test("that is killed comes back as another process", async () => {
    const keeper = keep();
    await keeper.start();
    const before = keeper.identity?.pid;
    await keeper.kill();
    expect(await eventually(() => keeper.isReady, { withinMs: 60_000 })).toBe(true);
    expect(keeper.identity?.pid).not.toBe(before);
    expect(said.join("\n")).toMatch(/Part ended \(SIGKILL\); starting it again[\s\S]*Part is back/u);
  });

  test("that runs and refuses everything is ended and comes back", async () => {
    const stuck = new Set<number | undefined>();
    const keeper = keep({ stuck: async () => stuck.has(keeper.identity?.pid) });
    await keeper.start();
    const before = keeper.identity?.pid;
    stuck.add(before);
    expect(await eventually(() => keeper.isReady && keeper.identity?.pid !== before, { withinMs: 60_000 })).toBe(true);
    expect(said.join("\n")).toMatch(
      /Part runs and refuses every request[\s\S]*Part ended \(SIGKILL\)[\s\S]*Part is back/u,
    );
  });

  test("that refuses twice and then serves is let be", async () => {
    let asked = 0;
    const keeper = keep({ stuck: async () => [true, true, false, true, false][asked++] ?? false });
    await keeper.start();
    const before = keeper.identity?.pid;
    expect(await eventually(() => asked > 5, { withinMs: 60_000 })).toBe(true);
    expect(keeper.identity?.pid).toBe(before);
    expect(said).toEqual([]);
  });

  test("that is stopped stays down", async () => {
    const keeper = keep();
    await keeper.start();
    await keeper.stop();
    expect(keeper.identity).toBeNull();
    expect(said).toEqual([]);
  });

  test("that ends while it starts is told with the end of its log", async () => {
    const keeper = keep({
      command: () => ({ command: process.execPath, args: ["-e", "console.error('no room'); process.exit(3)"] }),
    });
    await expect(keeper.start()).rejects.toThrow(/Part ended with 3[\s\S]*no room/u);
  });

  test("whose program does not exist is told as such", async () => {
    const keeper = keep({ command: () => ({ command: join(folder, "absent"), args: [] }) });
    await expect(keeper.start()).rejects.toThrow(/Part ended with 127[\s\S]*absent.*not found/u);
  });

  test("that is not ready in time is told as such", async () => {
    const keeper = keep({ withinMs: 200, ready: async () => false });
    await expect(keeper.start()).rejects.toThrow("was not ready within 0.2 s");
  });
});

describe("what dies with its starter", () => {
  test("children end, by the guard", async () => {
    const target = join(folder, "child.json");
    const starter = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import { startChild } from ${JSON.stringify(new URL("child.mjs", import.meta.url).href)};
         import { writeFileSync } from 'node:fs';
         const child = startChild({ name: 'x', command: 'sleep', args: ['600'], log: ${JSON.stringify(join(folder, "x.log"))} });
         writeFileSync(${JSON.stringify(target)}, JSON.stringify(child.identity));`,
      ],
      { stdio: "ignore" },
    );
    expect(
      await eventually(() => existsSync(target) && readFileSync(target, "utf8") !== "", { withinMs: 60_000 }),
    ).toBe(true);
    const child: Identity = JSON.parse(readFileSync(target, "utf8"));
    expect(isRunning(child)).toBe(true);
    starter.kill("SIGKILL");
    expect(await eventually(() => !isRunning(child), { withinMs: 60_000 })).toBe(true);
  });

  test("a child that nobody knows of yet never becomes its program", async () => {
    const [born, ran] = [join(folder, "born"), join(folder, "ran")];
    const starter = spawn(
      process.execPath,
      [
        "--input-type=module",
        "-e",
        `import processes from 'node:child_process';
         import { writeFileSync } from 'node:fs';
         import { syncBuiltinESMExports } from 'node:module';
         const { spawn } = processes;
         processes.spawn = (...call) => {
           writeFileSync(${JSON.stringify(born)}, String(spawn(...call).pid));
           process.kill(process.pid, 'SIGKILL');
         };
         syncBuiltinESMExports();
         const { startChild } = await import(${JSON.stringify(new URL("child.mjs", import.meta.url).href)});
         startChild({ name: 'x', command: 'touch', args: [${JSON.stringify(ran)}], log: ${JSON.stringify(join(folder, "x.log"))} });`,
      ],
      { stdio: "ignore" },
    );
    await new Promise((resolve) => starter.once("exit", resolve));
    const pid = Number(readFileSync(born, "utf8"));
    expect(pid).toBeGreaterThan(0);
    expect(await eventually(() => beganAt(pid) === null, { withinMs: 60_000 })).toBe(true);
    expect(existsSync(ran)).toBe(false);
  });
});

describe("what is left over", () => {
  test("the next start ends what the pid file names, and nobody else who has such a pid", async () => {
    const ours = keep();
    await ours.start();
    const stranger = spawn("sleep", ["600"], { stdio: "ignore" });
    try {
      recordRunning(folder, [
        ours.identity ?? { pid: 0, began: "" },
        { pid: stranger.pid ?? 0, began: "another boot:7" },
      ]);
      expect(await endLeftovers(folder)).toBe(1);
      expect(stranger.exitCode).toBeNull();
      expect(stranger.signalCode).toBeNull();
    } finally {
      stranger.kill("SIGKILL");
    }
  });

  test("a pid file that was cut short is no reason to fail", async () => {
    writeFileSync(join(folder, "running.json"), '[{"pid":1');
    expect(await endLeftovers(folder)).toBe(0);
  });
});
