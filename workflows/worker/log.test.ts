import { expect, test } from "vitest";
import { openWorkerLog } from "./log.ts";
import { asTemporalLogger } from "./telemetry.ts";

test("neither our lines nor Temporal's carry a secret", () => {
  const lines: string[] = [];
  const log = openWorkerLog("load", "debug", { write: (line) => lines.push(line) });
  log.warn({ err: Object.assign(new Error("refused shpat_canarycanary"), { parameters: ["canary"] }) }, "sync failed");
  log.child({ said: "Bearer canarycanary" }).info({ clientSecret: "canary" }, "at ?code=canary");
  asTemporalLogger(log).warn("activity failed", { error: new Error("Bearer canarycanary"), accessToken: "canary" });
  expect(lines).toHaveLength(3);
  for (const line of lines) {
    expect(line).not.toContain("canary");
    expect(JSON.parse(line)).toMatchObject({ process: "load" });
  }
});

test("a worker that has no workflows by intent is nothing to warn of; all else that Temporal warns of is", () => {
  const lines: string[] = [];
  const temporal = asTemporalLogger(openWorkerLog("load", "info", { write: (line) => lines.push(line) }));
  temporal.log("WARN", "No workflows registered, not polling for workflow tasks", { taskQueue: "sync" });
  temporal.log("WARN", "Activity failed");
  expect(lines.map((line) => JSON.parse(line).msg)).toEqual(["Activity failed"]);
});
