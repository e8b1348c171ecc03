// What comes back, from servers that behave badly; reached as a stand-in is, by PROVIDER_ROUTES.
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { Socket } from "node:net";
import { gzipSync, brotliCompressSync, deflateSync } from "node:zlib";
import { afterEach, describe, expect, test } from "vitest";
import { failureIn } from "../testing/failure-of.ts";
import { makeOutbound } from "./guarded.ts";
import type { Answer, Outbound, OutboundRequest } from "./outbound.ts";

type Seen = { readonly path: string; readonly headers: IncomingMessage["headers"]; readonly body: string };
type House = {
  readonly outbound: Outbound;
  readonly seen: Seen[];
  readonly sockets: Set<Socket>;
  close(): Promise<void>;
};
let house: House | null = null;
afterEach(async () => {
  await house?.close();
  house = null;
});

async function open(
  behave: (request: IncomingMessage, response: ServerResponse) => void,
  idleMs = 60_000,
): Promise<House> {
  const seen: Seen[] = [];
  const sockets = new Set<Socket>();
  const server: Server = createServer((request, response) => {
    const chunks: Buffer[] = [];
    request.on("data", (chunk: Buffer) => chunks.push(chunk));
    request.on("end", () => {
      seen.push({ path: request.url ?? "", headers: request.headers, body: Buffer.concat(chunks).toString() });
      behave(request, response);
    });
  });
  server.on("connection", (socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const outbound = makeOutbound({ routes: new Map([["*.example.com", new URL(`http://127.0.0.1:${port}`)]]), idleMs });
  const close = async () => {
    await outbound.close();
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => server.close(resolve));
  };
  house = { outbound, seen, sockets, close };
  return house;
}

const ask = ({ outbound }: House, more: Partial<OutboundRequest> = {}): Promise<Answer> =>
  outbound.send({ method: "GET", url: "https://api.example.com/a/b?c=d%20e", hosts: ["api.example.com"], ...more });

const codeOf = async (work: Promise<unknown>): Promise<string> => {
  const failure = await failureIn(work);
  return failure === null ? "all well" : `${failure.class} ${failure.code}`;
};
const text = (request: Promise<Answer>) => request.then((answer) => answer.text());
const json = (request: Promise<Answer>) => request.then((answer) => answer.json());

describe("a request", () => {
  test("keeps path, query and the real name on its way to a stand-in", async () => {
    const place = await open((_request, response) => response.end("{}"));
    await json(ask(place, { method: "POST", body: '{"x":1}', headers: { host: "evil.example.org", "x-token": "t" } }));
    expect(place.seen[0]).toMatchObject({
      path: "/a/b?c=d%20e",
      body: '{"x":1}',
      headers: { host: "api.example.com", "x-token": "t", accept: "application/json" },
    });
  });

  test("does not follow a redirect, so that no credential travels with it", async () => {
    const place = await open((_request, response) =>
      response.writeHead(302, { location: "https://api.example.com/x" }).end(),
    );
    const answer = await ask(place);
    expect(answer.status).toBe(302);
    await answer.discard();
    expect(place.seen).toHaveLength(1);
  });

  test("stops when its caller does, with the caller's own reason", async () => {
    const control = new AbortController();
    const place = await open(() => control.abort(new Error("enough")));
    await expect(ask(place, { signal: control.signal })).rejects.toThrow("enough");
  });
});

const whole = JSON.stringify({ amount: 9_007_199_254_740_993n.toString(), list: ["é☕".repeat(1000)] });

describe("a packed body", () => {
  test.each([
    ["gzip", gzipSync],
    ["br", brotliCompressSync],
    ["deflate", deflateSync],
  ] as const)("packed as %s is unpacked", async (encoding, pack) => {
    const place = await open((_request, response) => response.setHeader("content-encoding", encoding).end(pack(whole)));
    expect(await text(ask(place))).toBe(whole);
  });

  test.each(["identity", "utf-8", "none", "aws-chunked, gzip"])("labelled %s is read", async (label) => {
    const body = label.endsWith("gzip") ? gzipSync(whole) : whole;
    const place = await open((_request, response) => response.setHeader("content-encoding", label).end(body));
    expect(await text(ask(place))).toBe(whole);
  });

  test("packed twice is unpacked; packed more often is refused before a byte of it is", async () => {
    const twice = gzipSync(brotliCompressSync(whole));
    const place = await open((_request, response) => response.setHeader("content-encoding", "br, gzip").end(twice));
    expect(await text(ask(place))).toBe(whole);
    await place.close();
    const again = await open((_request, response) =>
      response.setHeader("content-encoding", "br, gzip, gzip").end(gzipSync(twice)),
    );
    expect(await codeOf(text(ask(again)))).toBe("transient outbound.encoding");
  });
});

describe("a body", () => {
  test("that unpacks more than a hundredfold is cut off", async () => {
    const bomb = gzipSync(Buffer.alloc(60 * 1024 * 1024));
    const place = await open((_request, response) => response.setHeader("content-encoding", "gzip").end(bomb));
    expect(await codeOf(text(ask(place)))).toBe("transient outbound.tooPacked");
  });

  test("over its cap is cut off", async () => {
    const place = await open((_request, response) => response.end("x".repeat(100_000)));
    expect(await codeOf(text(ask(place, { bytesMax: 50_000 })))).toBe("transient outbound.tooLarge");
  });

  test("cut in the middle, packed or not, is never taken for whole", async () => {
    const place = await open((_request, response) => {
      response.setHeader("content-length", "1000");
      response.write("half");
      response.destroy();
    });
    expect(await codeOf(text(ask(place)))).toMatch(/^transient outbound\.(cutShort|network)$/);
    await place.close();
    const packed = await open((_request, response) =>
      response.setHeader("content-encoding", "gzip").end(gzipSync(whole).subarray(0, 60)),
    );
    expect(await codeOf(text(ask(packed)))).toBe("transient outbound.cutShort");
  });

  test("as lines comes line by line, whatever the chunks, with any line end", async () => {
    const place = await open((_request, response) => {
      const bytes = Buffer.from('{"a":"é"}\r\n{"b":2}\n\n{"c":"☕"}');
      for (const byte of bytes) response.write(Buffer.from([byte]));
      response.end();
    });
    const lines = [];
    for await (const line of (await ask(place)).lines()) lines.push(line);
    expect(lines).toEqual(['{"a":"é"}', '{"b":2}', "", '{"c":"☕"}']);
  });

  test("that is left half read lets its socket go", async () => {
    const place = await open((_request, response) => {
      for (let i = 0; i < 2000; i += 1) response.write(`${"x".repeat(1000)}\n`);
    });
    for await (const line of (await ask(place)).lines()) {
      expect(line).toHaveLength(1000);
      break;
    }
    await expect.poll(() => place.sockets.size).toBe(0);
  });

  test.each([
    ["<!doctype html><h1>Login</h1>", "text/html"],
    ["", "application/json"],
    ["<?xml version='1.0'?><Error/>", "application/xml"],
    ['{"half":', "application/json"],
  ])("%j is no JSON, and is told in its own first words", async (body, type) => {
    const place = await open((_request, response) => response.setHeader("content-type", type).end(body));
    expect(await codeOf(json(ask(place)))).toBe("transient outbound.notJson");
  });

  test.each([0, 1])("cut in the middle of a letter (%i before it), what it says is still text", async (before) => {
    const place = await open((_request, response) => response.end(`${"x".repeat(before)}${"😀".repeat(200)}`));
    const failure = await failureIn(json(ask(place)));
    expect([failure?.code, failure?.said.isWellFormed()]).toEqual(["outbound.notJson", true]);
  });

  test("with a byte order mark and numbers of nineteen digits is read exactly", async () => {
    const place = await open((_request, response) => response.end('\ufeff{"id":9007199254740993,"rate":0.1}'));
    expect(JSON.stringify(await json(ask(place)))).toBe('{"id":9007199254740993,"rate":0.1}');
  });
});

describe("a source that hangs", () => {
  test("with a body that nobody takes ends by its deadline, quietly", async () => {
    const place = await open((_request, response) => void response.write("half"));
    // Where the machine stands still for as long, its head has not come either: it is asked again.
    const status = () =>
      ask(place, { totalMs: 2_000 }).then(
        (answer) => answer.status,
        () => null, // late: it is asked again
      );
    await expect.poll(status).toBe(200);
    await expect.poll(() => place.sockets.size).toBe(0);
  });

  test("before its headers is cut off when nothing comes", async () => {
    const place = await open(() => {}, 300);
    expect(await codeOf(ask(place))).toBe("transient outbound.idle");
  });

  test("in the middle of a body is cut off when nothing comes", async () => {
    const place = await open((_request, response) => void response.write("half"), 300);
    expect(await codeOf(text(ask(place)))).toBe("transient outbound.idle");
  });

  test("at a byte now and then is cut off by the total time, and its socket is let go", async () => {
    const place = await open((_request, response) => {
      const drip = setInterval(() => response.write("x"), 30);
      response.on("close", () => clearInterval(drip));
    });
    expect(await codeOf(text(ask(place, { totalMs: 400 })))).toBe("transient outbound.timeout");
    await expect.poll(() => place.sockets.size).toBe(0);
  });
});
