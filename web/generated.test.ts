import { spawnSync } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, it } from "vitest";
import { cacheShape, shapeFile } from "./build/cache-shape.ts";

const here = import.meta.dirname;

it("cache-shape.json follows the schema (renew: node web/build/cache-shape.ts)", () =>
  expect(JSON.parse(readFileSync(shapeFile, "utf8"))).toEqual(cacheShape()));

it("graphql-env.d.ts follows the schema (renew: gql.tada generate-output, in web)", () => {
  const folder = mkdtempSync(join(tmpdir(), "headwater-env-"));
  try {
    const output = join(folder, "graphql-env.d.ts");
    const cli = join(here, "node_modules", "gql.tada", "bin", "cli.js");
    const { status, stderr } = spawnSync(process.execPath, [cli, "generate-output", "--output", output], {
      cwd: here,
      encoding: "utf8",
    });
    expect(status, stderr).toBe(0);
    const isSame = plain(readFileSync(join(here, "graphql-env.d.ts"), "utf8")) === plain(readFileSync(output, "utf8"));
    expect(isSame).toBe(true);
  } finally {
    rmSync(folder, { recursive: true });
  }
});

/** The formatter may have been over the committed file. */
function plain(text: string): string {
  return text.replace(/[\s"'`,;|()]+/gu, "");
}
