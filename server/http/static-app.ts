/** The built web app: files by their exact names, read once; any other path is the app itself, which knows its own routes. */
import { createHash } from "node:crypto";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { extname, join, relative, sep } from "node:path";
import type { IncomingMessage, ServerResponse } from "node:http";
import { brotliCompressSync, constants } from "node:zlib";
import { send } from "./exchange.ts";

const TYPES: Readonly<Record<string, string>> = {
  ".html": "text/html; charset=utf-8",
  ".js": "text/javascript; charset=utf-8",
  ".css": "text/css; charset=utf-8",
  ".json": "application/json; charset=utf-8",
  ".svg": "image/svg+xml",
  ".png": "image/png",
  ".webp": "image/webp",
  ".ico": "image/x-icon",
  ".woff2": "font/woff2",
  ".txt": "text/plain; charset=utf-8",
  ".webmanifest": "application/manifest+json",
};
const SQUEEZED = new Set([".html", ".js", ".css", ".json", ".svg", ".txt"]);

interface Asset {
  readonly type: string;
  readonly body: Buffer;
  readonly brotli: Buffer | null;
  readonly etag: string;
  readonly isForever: boolean;
}

export type StaticApp = (request: IncomingMessage, response: ServerResponse, path: string) => void;

export function staticApp(webDist: string | null): StaticApp {
  const assets = webDist !== null && existsSync(webDist) ? readAssets(webDist) : new Map<string, Asset>();
  const page = assets.get("/index.html");
  return (request, response, path) => {
    if (request.method !== "GET" && request.method !== "HEAD")
      return send(response, { status: 405, headers: { allow: "GET, HEAD" } });
    const asset = assets.get(path);
    if (asset !== undefined && path !== "/persisted-documents.json") return give(request, response, asset);
    // A file that is not there is not the app: a missing script must fail, not come as a page.
    if (extname(path) !== "" || page === undefined)
      return send(response, {
        status: 404,
        type: "text/plain; charset=utf-8",
        body: page === undefined ? "The web app is not built.\n" : "Not found.\n",
      });
    return give(request, response, page);
  };
}

function readAssets(folder: string): Map<string, Asset> {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
  return new Map(
    files
      .filter((entry) => !relative(folder, entry.parentPath).startsWith("gallery"))
      .map((entry) => {
        const file = join(entry.parentPath, entry.name);
        const path = `/${relative(folder, file).split(sep).join("/")}`;
        const body = readFileSync(file);
        const type = TYPES[extname(file)] ?? "application/octet-stream";
        const etag = `"${createHash("sha256").update(body).digest("base64url").slice(0, 22)}"`;
        const brotli = SQUEEZED.has(extname(file))
          ? brotliCompressSync(body, { params: { [constants.BROTLI_PARAM_QUALITY]: 5 } })
          : null;
        // Vite puts a hash into the name of everything under assets/.
        return [path, { type, body, brotli, etag, isForever: path.startsWith("/assets/") }] as const;
      }),
  );
}

function give(
  request: IncomingMessage,
  response: ServerResponse,
  { type, body, brotli, etag, isForever }: Asset,
): void {
  const headers = {
    etag,
    vary: "accept-encoding",
    "cache-control": isForever ? "public, max-age=31536000, immutable" : "no-cache",
  };
  if (request.headers["if-none-match"] === etag) return send(response, { status: 304, headers });
  const wants = brotli !== null && /\bbr\b/.test(request.headers["accept-encoding"]?.toString() ?? "");
  return send(response, {
    status: 200,
    type,
    body: wants ? brotli : body,
    headers: wants ? { ...headers, "content-encoding": "br" } : headers,
  });
}
