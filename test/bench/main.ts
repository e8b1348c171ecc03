/**
 * `npm run bench`: the load path, files of costs and the API against their floors. `--only L1,L4` measures some of it, `--times 5` repeats more often.
 * Writes test/bench/latest.json and prints the same as a table.
 */
import { writeFile } from "node:fs/promises";
import { parseArgs } from "node:util";
import { apiBound, type Figure, firstLoad, memory, nothingNew } from "./bars.ts";
import { Pages } from "./child.ts";
import { importCosts } from "./imports.ts";
import type { Stand } from "./runs.ts";
import { lists, overview } from "./lists.ts";
import { subscribers } from "./screens.ts";
import { startServers } from "./servers.ts";

const { values } = parseArgs({
  args: process.argv.slice(2).filter((argument) => argument !== "--"),
  options: {
    only: { type: "string", default: "L1,L4,L6,L7,L8,G1,G2,O1,R26" },
    times: { type: "string", default: "3" },
    megabytes: { type: "string", default: "64" },
    help: { type: "boolean", default: false },
  },
});

function printTable(figures: readonly Figure[]): void {
  for (const { id, value, required, unit, detail } of figures) {
    const verdict = value <= required ? "holds" : "FALLS SHORT";
    console.log(
      `${id.padEnd(14)} ${String(value).padStart(8)}  <= ${String(required).padEnd(5)} ${unit.padEnd(28)} ${verdict.padEnd(12)} ${detail}`,
    );
  }
}

async function measure(stand: Stand, wanted: ReadonlySet<string>, times: number): Promise<Figure[]> {
  const figures: Figure[] = [];
  const parts: [string[], () => Promise<Figure[]>][] = [
    [["L8"], () => nothingNew(stand, 20)],
    [["L1", "L7"], () => firstLoad(stand, times)],
    [["L6"], () => apiBound(stand, 20_000)],
    [["L4"], () => memory(stand)],
    [["G1"], () => lists(stand)],
    [["G2"], () => subscribers(stand)],
    [["O1"], () => overview(stand)],
    [["R26"], () => importCosts(stand.servers, Number(values.megabytes))],
  ];
  for (const [ids, part] of parts) {
    if (!ids.some((id) => wanted.has(id))) continue;
    console.log(`measuring ${ids.join(" and ")} …`);
    figures.push(...(await part()));
  }
  return figures.toSorted((left, right) => left.id.localeCompare(right.id));
}

if (values.help) {
  console.log("npm run bench -- [--only L1,L4,L6,L7,L8,G1,G2,O1,R26] [--times 3] [--megabytes 64]");
} else {
  const servers = await startServers();
  const pages = await Pages.start();
  try {
    const figures = await measure({ servers, pages }, new Set(values.only.split(",")), Number(values.times));
    await writeFile(new URL("latest.json", import.meta.url), `${JSON.stringify(figures, null, 2)}\n`);
    printTable(figures);
    if (figures.some(({ value, required }) => value > required)) process.exitCode = 1;
  } finally {
    pages.stop();
    await servers.stop();
  }
}
