// The gallery as a site of its own: built once for all files of a run, served under the content policy that the app has.
import { execFile } from "node:child_process";
import { existsSync } from "node:fs";
import { readFile, rename } from "node:fs/promises";
import { createServer } from "node:http";
import { extname, join } from "node:path";
import { promisify } from "node:util";
import { checkout } from "@headwater/server/start/places.mjs";
import { inject } from "vitest";

const types: Record<string, string> = {
  ".js": "text/javascript",
  ".css": "text/css",
  ".svg": "image/svg+xml",
  ".html": "text/html",
};
const policy = [
  "default-src 'none'",
  "script-src 'self'",
  "style-src 'self'",
  "img-src 'self'",
  "connect-src 'self'",
  "base-uri 'none'",
  "require-trusted-types-for 'script'",
  "trusted-types 'none'",
].join("; ");

export interface GallerySite {
  readonly origin: string;
  close(): void;
}

/** In the app's own words, or in the long and accented ones of no language. */
export type GalleryWords = "gallery" | "pseudo";

/** Whichever file asks first builds it; files of a run come one after another. */
async function builtGallery(words: GalleryWords): Promise<string> {
  const folder = join(inject("galleryFolder"), words);
  if (existsSync(folder)) return folder;
  const web = join(checkout, "web");
  const vite = join(web, "node_modules", "vite", "bin", "vite.js");
  const half = `${folder}.half`;
  // In a process of its own with an empty environment: the runner says "test", with which React would come with its warnings.
  await promisify(execFile)(process.execPath, [vite, "build", "--mode", words, "--outDir", half, "--emptyOutDir"], {
    cwd: web,
    env: {},
  });
  await rename(half, folder);
  return folder;
}

export async function serveGallery(words: GalleryWords): Promise<GallerySite> {
  const folder = await builtGallery(words);
  const server = createServer((request, response) => {
    // A file that is sent there is taken whole, and forgotten.
    if (request.method === "PUT") return void request.resume().on("end", () => response.writeHead(204).end());
    const { pathname } = new URL(request.url ?? "/", "http://gallery");
    const name = extname(pathname) ? pathname.slice(1) : "index.html";
    void readFile(join(folder, name)).then(
      (body) =>
        response
          .writeHead(200, {
            "content-type": types[extname(name)] ?? "text/plain",
            "content-security-policy": policy,
          })
          .end(body),
      () => response.writeHead(404).end(),
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const origin = `http://127.0.0.1:${typeof address === "object" && address ? address.port : 0}`;
  return {
    origin,
    close: () => void server.close(),
  };
}
