/** The workflow bundle: built once per source, kept, and shipped with a release. Building takes a second, loading nothing. */
import { createHash } from "node:crypto";
import { mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { bundleWorkflowCode } from "@temporalio/worker";
import type { WorkflowBundleWithSourceMap } from "@temporalio/worker";

const rooms = ["../temporal", "../lifecycle"].map((room) => fileURLToPath(new URL(room, import.meta.url)));
const workflowsPath = fileURLToPath(new URL("../temporal/workflows.ts", import.meta.url));
const failureConverterPath = fileURLToPath(new URL("../temporal/failure-converter.ts", import.meta.url));

const quiet = () => undefined;
const silent = { log: quiet, trace: quiet, debug: quiet, info: quiet, warn: console.warn, error: console.error };

export const buildBundle = (): Promise<WorkflowBundleWithSourceMap> =>
  bundleWorkflowCode({ workflowsPath, failureConverterPath, logger: silent });

/** Changes with every source file that could be in the bundle, and with the SDK. */
export function bundleKey(): string {
  const hash = createHash("sha256").update(sdkVersion());
  for (const room of rooms)
    for (const name of readdirSync(room).toSorted())
      if (name.endsWith(".ts") && !name.endsWith(".test.ts")) hash.update(name).update(readFileSync(join(room, name)));
  return hash.digest("hex").slice(0, 16);
}

const sdkVersion = (): string => readFileSync(new URL("../package.json", import.meta.url), "utf8");

/** The path of the bundle; written under another name first, so that two processes never read half of it. */
export async function loadBundle(folder: string): Promise<{ readonly codePath: string }> {
  const codePath = join(folder, `workflows-${bundleKey()}.js`);
  try {
    readFileSync(codePath, { flag: "r" });
  } catch {
    mkdirSync(folder, { recursive: true });
    const { code } = await buildBundle();
    const draft = `${codePath}.${process.pid}`;
    writeFileSync(draft, code);
    renameSync(draft, codePath);
  }
  return { codePath };
}
