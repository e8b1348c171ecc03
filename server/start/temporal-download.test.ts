import { createServer, type Server } from "node:http";
import { existsSync, mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { createHash } from "node:crypto";
import { afterEach, beforeEach, expect, test } from "vitest";
import { freePorts } from "./ports.mjs";
import { downloadFrom, fileIn } from "./temporal-download.mjs";

/** A tar archive of one file. */
function tarOf(name: string, content: Buffer): Buffer {
  const head = Buffer.alloc(512);
  head.write(name);
  head.write(`${content.length.toString(8).padStart(11, "0")}\0`, 124);
  return Buffer.concat([head, content, Buffer.alloc(512 - (content.length % 512)), Buffer.alloc(1024)]);
}

const archive = gzipSync(
  Buffer.concat([
    tarOf("LICENSE", Buffer.from("free")).subarray(0, 1024),
    tarOf("temporal", Buffer.from("the program")),
  ]),
);
const checksum = createHash("sha256").update(archive).digest("hex");
let folder = "";
let server: Server;
let address = "";

beforeEach(async () => {
  folder = mkdtempSync(join(tmpdir(), "headwater-download-"));
  server = createServer((request, response) => {
    if (request.url === "/good") response.end(archive);
    else if (request.url === "/other") response.end(gzipSync("something else"));
    else if (request.url === "/cut") {
      response.writeHead(200, { "content-length": archive.length });
      response.write(archive.subarray(0, 40));
      setImmediate(() => response.destroy());
    } else if (request.url !== "/silent") response.writeHead(503).end();
  });
  const [port = 0] = await freePorts(1);
  await new Promise<void>((resolve) => server.listen(port, "127.0.0.1", resolve));
  address = `http://127.0.0.1:${port}`;
});
afterEach(async () => {
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  rmSync(folder, { recursive: true });
});

/** Only silence is waited for to its end. Where the machine stands still for as long, those that answer are late as well: tried again. */
const attempt = (...paths: string[]) =>
  downloadFrom(
    paths.map((path) => `${address}${path}`),
    {
      checksum,
      place: join(folder, "temporal"),
      report: () => undefined,
      answerWithinMs: paths.includes("/silent") ? 2_000 : 60_000,
    },
  );

test("the program is taken out of the archive", async () => {
  await attempt("/good");
  expect(readFileSync(join(folder, "temporal"), "utf8")).toBe("the program");
});

test("what has another checksum is never kept", async () => {
  await expect(attempt("/other")).rejects.toThrow(/checksum/u);
  expect(existsSync(join(folder, "temporal"))).toBe(false);
});

test("an address that fails, is cut or keeps silent gives way to the next", async () => {
  const outcome = () =>
    attempt("/absent", "/cut", "/silent", "/good").then(
      () => "taken",
      (error: unknown) => String(error),
    );
  await expect.poll(outcome).toBe("taken");
  expect(readFileSync(join(folder, "temporal"), "utf8")).toBe("the program");
});

test("when all fail, each reason is told", async () => {
  const refusal = () => attempt("/absent", "/silent").catch(String);
  await expect.poll(refusal).toMatch(/answered 503.*no answer within 2 s/u);
});

test("an archive without the program is refused", () => {
  expect(() => fileIn(tarOf("README", Buffer.from("x")), "temporal")).toThrow("holds no temporal");
});
