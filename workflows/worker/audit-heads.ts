/** One file a day, in the form that the verify command takes: `--heads <file>`. Written whole or not at all. */
import { mkdir, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import type { AuditHead } from "../activities/deps.ts";

export const keepHeadsIn =
  (dataDir: string) =>
  async (day: string, heads: readonly AuditHead[]): Promise<void> => {
    const folder = join(dataDir, "audit-heads");
    await mkdir(folder, { recursive: true, mode: 0o700 });
    const file = join(folder, `${day}.json`);
    await writeFile(`${file}.part`, `${JSON.stringify(heads, null, 2)}\n`, { mode: 0o600 });
    await rename(`${file}.part`, file);
  };
