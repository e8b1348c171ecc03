/** The workflow code of releases, packed beside the histories that they wrote: what a deploy finds running. */
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";
import { mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { gunzipSync, gzipSync } from "node:zlib";

const packedAt = (release: string): string =>
  fileURLToPath(new URL(`../histories/${release}/workflows.bundle.gz`, import.meta.url));

/** Without the map of its sources, which is three quarters of it and runs nothing. */
export function keepBundle(release: string, code: string): void {
  writeFileSync(
    packedAt(release),
    gzipSync(code.replace(/\n\/\/# sourceMappingURL=data:[^\n]*\s*$/u, "\n"), { level: 9 }),
  );
}

/** What later releases answer beside: the same process held workflows and answers then, so the old code never saw it. */
const ANSWERED_LATER = ["newestAlone", "version", "replan", "webhooksDue", "upload", "goOn"];

function without(answer: unknown): unknown {
  if (typeof answer !== "object" || answer === null || Array.isArray(answer)) return answer;
  const known = Object.entries(answer).filter(([name]) => !ANSWERED_LATER.includes(name));
  return Object.fromEntries(known.map(([name, value]) => [name, name === "intent" ? without(value) : value]));
}

/** Activities as the release's own would answer. */
export const answersOfThen: ActivityInboundCallsInterceptor = {
  execute: async (input, next) => without(await next(input)),
};

/** A worker wants one all the same. */
const emptyMap = Buffer.from(JSON.stringify({ version: 3, sources: [], names: [], mappings: "" })).toString("base64");
const mapLine = `\n//# sourceMappingURL=data:application/json;charset=utf-8;base64,${emptyMap}`;

export async function releasedBundle(release: string, folder: string): Promise<{ readonly codePath: string }> {
  const codePath = join(folder, `workflows-${release}.js`);
  mkdirSync(folder, { recursive: true });
  const draft = `${codePath}.${process.pid}`;
  writeFileSync(draft, `${gunzipSync(readFileSync(packedAt(release))).toString("utf8")}${mapLine}`);
  renameSync(draft, codePath);
  return { codePath };
}
