import { createHash } from "node:crypto";
import { globSync } from "node:fs";
import { join } from "node:path";
import type { Plugin } from "vite";

const manifestName = "persisted-documents.json";

/**
 * Writes sha256 → text of every operation the app can send. The text is what urql's persisted exchange hashes:
 * the document after `formatDocument`, which the cache needs for `__typename`.
 */
export function persistedDocuments(root: string): Plugin {
  return {
    name: "headwater:persisted-documents",
    apply: "build",
    async generateBundle() {
      const source = JSON.stringify(await collect(root), null, 2);
      this.emitFile({ type: "asset", fileName: manifestName, source: `${source}\n` });
    },
  };
}

async function collect(root: string): Promise<Record<string, string>> {
  const { createServer } = await import("vite");
  const server = await createServer({
    root,
    configFile: false,
    logLevel: "error",
    appType: "custom",
    server: { middlewareMode: true, hmr: false, ws: false, watch: null },
    optimizeDeps: { noDiscovery: true, include: [] },
  });
  try {
    for (const file of globSync("**/*.documents.ts", { cwd: root, exclude: ["node_modules/**", "dist/**"] }))
      await server.ssrLoadModule(join(root, file));
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Vite loads a module by its name and cannot know its type.
    const { registeredOperations } = (await server.ssrLoadModule(
      join(root, "graphql.ts"),
    )) as typeof import("../graphql.ts");
    const texts = registeredOperations();
    if (texts.length === 0) throw new Error("No operation was registered: no *.documents.ts module was found.");
    const entries = texts.map((text) => [createHash("sha256").update(text).digest("hex"), text] as const);
    return Object.fromEntries(entries.toSorted(([a], [b]) => (a < b ? -1 : 1)));
  } finally {
    await server.close();
  }
}
