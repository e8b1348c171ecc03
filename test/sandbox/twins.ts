// The twins that stand beside Shopify's: those with a folder here.
import { existsSync, readdirSync } from "node:fs";
import type { OpenTwin, Twin, TwinServices } from "./twin.ts";

export const twinFolders: readonly string[] = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory() && existsSync(new URL(`${entry.name}/twin.ts`, import.meta.url)))
  .map((entry) => entry.name)
  .toSorted();

export function openTwins(servicesOf: (platform: string) => TwinServices): Promise<Twin[]> {
  return Promise.all(
    twinFolders.map(async (platform) => {
      // A module named at run time has no static type; the sandbox's own tests, run for every folder, hold this one.
      const module: { openTwin?: OpenTwin } = await import(new URL(`${platform}/twin.ts`, import.meta.url).href);
      if (module.openTwin === undefined) throw new Error(`${platform}/twin.ts does not export openTwin`);
      return module.openTwin(servicesOf(platform));
    }),
  );
}
