// Which platforms have a connector: those with a folder of that name here. Nothing registers one by hand.
import { readdirSync } from "node:fs";
import type { Connector } from "./contract.ts";
import { isPlatformId, type PlatformId } from "./platforms.ts";

const folders = readdirSync(new URL(".", import.meta.url), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
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
  const module: unknown = await import(new URL(`${platform}/index.ts`, import.meta.url).href);
  if (typeof module === "object" && module !== null && "connector" in module) return asConnector(module.connector);
  throw new Error(`workflows/connectors/${platform}/index.ts does not export its connector`);
}

// The contract suite checks every folder's export against the interface by name and behaviour.
function asConnector(exported: unknown): Connector {
  return exported as Connector; // held by contract.suite.ts, run for every folder
}
