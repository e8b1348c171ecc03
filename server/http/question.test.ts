// What is no question is told as the list of codes has it (`words/hints.md`), before anybody is looked up.
import { once } from "node:events";
import { createServer } from "node:http";
import type { IncomingMessage, ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterAll, beforeAll, expect, test } from "vitest";
import { RECOVERY } from "../access/recovery.ts";
import { challengeTo } from "./exchange.ts";
import { questionIn } from "./question.ts";

const OURS = "https://headwater.example";
async function tell(request: IncomingMessage, response: ServerResponse): Promise<void> {
  const question = await questionIn(request, OURS);
  request.resume();
  response.end(JSON.stringify(question));
}
const server = createServer((request, response) => void tell(request, response));
let url = "";
beforeAll(async () => {
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  url = `http://127.0.0.1:${typeof address === "object" && address !== null ? address.port : 0}`;
});
afterAll(() => void server.close());

const JSON_TYPE = { "content-type": "application/json" };
async function told(init: RequestInit): Promise<unknown> {
  const { refused, asked } = await (await fetch(url, { method: "POST", ...init })).json();
  if (refused === undefined) return asked;
  expect(RECOVERY, refused.code).toHaveProperty(refused.code);
  return [refused.status, refused.code, ...Object.entries(refused.headers ?? {}).flat()];
}
const sent = (body: string | Uint8Array<ArrayBuffer>, headers: Record<string, string> = {}) =>
  told({ body, headers: { ...JSON_TYPE, ...headers } });

test("each refusal has the code that stands for it", async () => {
  expect(await told({ method: "GET" })).toEqual([405, "METHOD_NOT_ALLOWED", "allow", "POST"]);
  for (const type of ["text/plain", "application/jsonp", "application/json; charset=iso-8859-1"])
    expect(await sent("{}", { "content-type": type }), type).toEqual([415, "UNSUPPORTED_MEDIA_TYPE"]);
  const packed = new Uint8Array(gzipSync('{"query":"{x}"}'));
  expect(await sent(packed, { "content-encoding": "gzip" })).toEqual([
    415,
    "UNSUPPORTED_MEDIA_TYPE",
    "accept-encoding",
    "identity",
  ]);
  expect(await sent("{}", { origin: "https://elsewhere.example" })).toEqual([403, "FOREIGN_ORIGIN"]);
  expect(await sent(`{"query":"${"x".repeat(100_000)}"}`)).toEqual([413, "TOO_LARGE", "connection", "close"]);
  for (const none of ["", "{", "[]", "{}", "null", "7"]) expect(await sent(none), none).toEqual([400, "BAD_REQUEST"]);
  expect(await sent(new Uint8Array([0x7b, 0x22, 0xff, 0x22, 0x3a, 0x31, 0x7d])), "no UTF-8").toEqual([
    400,
    "BAD_REQUEST",
  ]);
});

test("a question is read whoever sends it: a page of ours, or a tool", async () => {
  const asked = { query: "{ é }" };
  const text = JSON.stringify(asked);
  expect(await sent(text)).toEqual(asked);
  expect(await sent(`\uFEFF${text}`, { "content-type": 'Application/JSON ; charset="UTF-8"' })).toEqual(asked);
  expect(await sent(text, { origin: OURS, "content-encoding": "identity" })).toEqual(asked);
  expect(await sent(text, { origin: "https://elsewhere.example", authorization: "Bearer hw_1" })).toEqual(asked);
});

test("who is told to sign in is told how, and whether what they gave is no good", () => {
  expect(challengeTo(undefined)).toBe('Bearer realm="Headwater"');
  expect(challengeTo("Basic eDp5")).toBe('Bearer realm="Headwater"');
  expect(challengeTo("bearer hw_1")).toBe('Bearer realm="Headwater", error="invalid_token"');
});
