// Which platforms have a connector: those with a folder of that name here. Nothing registers one by hand.
import { existsSync, readdirSync } from "node:fs";
import type { Connector } from "./contract.ts";
import { isPlatformId, type PlatformId } from "./platforms.ts";

const folders = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .filter(({ name }) => existsSync(new URL(`${name}/index.ts`, import.meta.url)))
  .map((entry) => entry.name)
  .filter(isPlatformId)
  .toSorted();

const found = await Promise.all(folders.map(async (platform) => [platform, await connectorIn(platform)] as const));

export const connectorByPlatform: ReadonlyMap<PlatformId, Connector> = new Map(found);

/** Null for a platform that is in preparation, coming soon or unknown. */
export function connectorFor(platform: string): Connector | null {
  return isPlatformId(platform) ? (connectorByPlatform.get(platform) ?? null) : null;
}

async function connectorIn(platform: PlatformId): Promise<Connector> {
  // A module named at run time has no static type; contract.suite.ts, run for every folder, holds this one.
  const module: { connector?: Connector } = await import(new URL(`${platform}/index.ts`, import.meta.url).href);
  if (module.connector === undefined) throw new Error(`${platform}/index.ts does not export its connector`);
  return module.connector;
}
