// Places that cannot be reached safely, by real sockets: a name without an address, certificates that are not the place's
// own, no handshake at all. Each is trouble that may pass, told in words, and nothing of the request is given away.
import { createServer, type Server, type Socket } from "node:net";
import type { Resolver } from "./address.ts";
import tls from "node:tls";
import { afterEach, describe, expect, test, vi } from "vitest";
import type { Failure } from "../failure.ts";
import { failureOf } from "../testing/failure-of.ts";
import { makeOutbound } from "./guarded.ts";
import { certificate, certificateKey } from "./test-certificate.ts";

const closing: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  vi.restoreAllMocks();
  for (const close of closing.splice(0)) await close();
});

async function listening(server: Server): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  });
  const address = server.address();
  return typeof address === "object" && address !== null ? address.port : 0;
}

/** A server with that certificate; answers what reached it through TLS. */
async function startTls(): Promise<{ port: number; heard: string[] }> {
  const heard: string[] = [];
  const server = tls.createServer({ key: certificateKey, cert: certificate }, (socket) => {
    socket.on("data", (chunk: Buffer) => {
      heard.push(chunk.toString());
      socket.end("HTTP/1.1 200 OK\r\ncontent-length: 2\r\n\r\n{}");
    });
    socket.on("error", () => {});
  });
  server.on("tlsClientError", () => {});
  return { port: await listening(server), heard };
}

const realConnect = tls.connect;
/**
 * Sends the client's sockets to a port of this machine; everything else of them is as the client made it. `trusted` is
 * signed by whom it is signed by: what is left to be wrong is the name.
 */
function leadTo(port: number, trusted?: string): void {
  vi.spyOn(tls, "connect").mockImplementation((...given: unknown[]) => {
    const [options] = given;
    const { lookup: _lookup, ...rest } = { lookup: null, ...(typeof options === "object" ? options : {}) };
    return realConnect({ ...rest, host: "127.0.0.1", port, ...(trusted === undefined ? {} : { ca: trusted }) });
  });
}

async function failureAt(url: string, resolve?: Resolver): Promise<Failure> {
  const client = makeOutbound(resolve === undefined ? {} : { resolve });
  closing.push(() => client.close());
  const request = { method: "GET", url, headers: { authorization: "Bearer canary" }, totalMs: 60_000 } as const;
  return failureOf(client.send({ ...request, hosts: ["*.invalid", "*.example.com"] }));
}
const somewhere: Resolver = async () => [{ address: "93.184.215.14", family: 4 }];

describe("a name", () => {
  test("that no resolver knows, asked of this machine's own resolver", async () => {
    const failure = await failureAt("https://no-such-shop.invalid/admin");
    expect(failure).toMatchObject({ class: "transient", code: "outbound.noAddress" });
    expect(failure.said).toMatch(/ENOTFOUND|EAI_AGAIN/);
  });

  test("whose resolver is away, or that has no address", async () => {
    const away = Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" });
    for (const resolve of [() => Promise.reject(away), async () => []])
      expect(await failureAt("https://shop.example.com/", resolve)).toMatchObject({
        class: "transient",
        code: "outbound.noAddress",
      });
  });
});

describe("a safe connection", () => {
  test("to a certificate that only itself has signed is not made, and nothing of the request goes out", async () => {
    const place = await startTls();
    leadTo(place.port);
    const failure = await failureAt("https://right.example.com/orders", somewhere);
    expect(failure).toMatchObject({ class: "transient", code: "outbound.certificate" });
    expect(failure.said).toContain("DEPTH_ZERO_SELF_SIGNED_CERT");
    expect(place.heard).toEqual([]);
  });

  test("to a good certificate of another name is not made either", async () => {
    const place = await startTls();
    leadTo(place.port, certificate);
    const failure = await failureAt("https://wrong.example.com/orders", somewhere);
    expect(failure).toMatchObject({ class: "transient", code: "outbound.certificate" });
    expect(failure.said).toContain("ERR_TLS_CERT_ALTNAME_INVALID");
    expect(place.heard).toEqual([]);
  });

  test("is made to its own name: what is refused above is refused for the certificate alone", async () => {
    const place = await startTls();
    leadTo(place.port, certificate);
    // The socket ends at this machine, which the guard finds last of all.
    expect(await failureAt("https://right.example.com/orders", somewhere)).toMatchObject({
      code: "outbound.privateAddress",
    });
  });

  test("to a server that speaks no TLS, or hangs up in the handshake", async () => {
    const plain = await listening(createServer((socket) => socket.end("HTTP/1.1 200 OK\r\n\r\n")));
    leadTo(plain);
    expect(await failureAt("https://right.example.com/", somewhere)).toMatchObject({
      class: "transient",
      code: "outbound.certificate",
    });
    vi.restoreAllMocks();
    const rude = await listening(createServer((socket) => socket.once("data", () => socket.resetAndDestroy())));
    leadTo(rude);
    expect(await failureAt("https://right.example.com/", somewhere)).toMatchObject({
      class: "transient",
      code: "outbound.network",
    });
  });
});
