import { readFileSync } from "node:fs";

/** The version that this package's manifest pins. */
export function readVersionOf(name: string): string {
  const { dependencies } = JSON.parse(readFileSync(new URL("../package.json", import.meta.url), "utf8"));
  return String(dependencies[name]);
}
