// Lists from a server over real HTTP: whatever it packs them in, and wherever it would have us go on.
import { createServer, type Server, type ServerResponse } from "node:http";
import { gzipSync } from "node:zlib";
import { afterEach, expect, test } from "vitest";
import type { Page } from "../../contract.ts";
import { makeOutbound } from "../../outbound/guarded.ts";
import type { Outbound } from "../../outbound/outbound.ts";
import { failureOf } from "../../testing/failure-of.ts";
import { makeTestSession } from "../../testing/session.ts";
import { connector } from "../index.ts";

let server: Server;
let outbound: Outbound;
afterEach(async () => {
  await outbound.close();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
});

const flow = (id: string) => ({ type: "flow", id, attributes: { name: id, updated: "2026-11-20T12:00:00+05:30" } });

/** The flows that come from answers to one call after another; `heard`: each call's host and key. */
async function flowsFrom(answers: readonly ((response: ServerResponse) => void)[], heard: string[] = []) {
  server = createServer(({ headers, url }, response) => {
    const answer = answers[heard.length];
    heard.push(`${headers.host} ${headers.authorization} ${url}`);
    if (answer === undefined) response.writeHead(500).end();
    else answer(response);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  outbound = makeOutbound({ routes: new Map([["*.klaviyo.com", new URL(`http://127.0.0.1:${port}`)]]) });
  const session = makeTestSession({
    connector,
    outbound,
    login: { key: "AbC123", details: {} },
    credential: { apiKey: "pk_canary" },
    scopes: ["flows:read"],
    tries: 2,
  });
  const slice = { mode: "history", from: null, to: new Date("2026-11-20T12:00:00Z"), urgent: true } as const;
  const pages: Page[] = [];
  const flows = connector.streams.find(({ name }) => name === "flows");
  for await (const page of flows?.pages?.(session, slice, null) ?? []) pages.push(page);
  return pages.flatMap((page) => (page.kind === "records" ? page.records.map(({ id }) => id) : []));
}
const pageOf = (id: string, next: string | null): string => JSON.stringify({ data: [flow(id)], links: { next } });

test("come packed, in pieces, behind a byte order mark, and by a cursor of any letters", async () => {
  const heard: string[] = [];
  const ids = await flowsFrom(
    [
      (response) => {
        const packed = gzipSync(`\ufeff${pageOf("F1", "/api/flows?page%5Bcursor%5D=%2B%2F%3D%20%C3%A9~'")}`);
        response.setHeader("Content-Encoding", "GZIP");
        for (const byte of packed) response.write(Buffer.from([byte]));
        response.end();
      },
      (response) => response.writeHead(429, { "Retry-After": "0.05" }).end("<html>"),
      (response) => response.end(pageOf("F2", null)),
    ],
    heard,
  );
  expect(ids).toEqual(["F1", "F2"]);
  expect(new URL(heard[2]?.split(" ")[3] ?? "", "https://x.test").searchParams.get("page[cursor]")).toBe("+/= é~'");
});

test.each([
  "https://evil.example.org/api/flows",
  "https://a.klaviyo.com.example.org/api/flows",
  "//www.klaviyo.com/api/flows",
  "https://a.klaviyo.com:8443/api/flows",
  "https://pk_@a.klaviyo.com/api/flows",
  "file:///etc/passwd",
])("are not read on at %s, and the key is not shown there", async (next) => {
  const heard: string[] = [];
  const failure = await failureOf(flowsFrom([(response) => response.end(pageOf("F1", next))], heard));
  expect(failure).toMatchObject({ class: "invalid_request", code: expect.stringMatching(/^outbound\./) });
  expect(heard).toHaveLength(1);
});
