import { once } from "node:events";
import { createServer, request } from "node:http";
import { expect, test } from "vitest";
import { BodyTooLarge, BodyTooSlow, readBody, sendJson } from "./exchange.ts";

/** One request to a server that reads it; what reading came to, and whether the connection was cut. */
async function sent(begin: (sending: ReturnType<typeof request>) => void, withinMs: number) {
  const server = createServer();
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const sending = request({ port, host: "127.0.0.1", method: "POST", headers: { "content-length": "10" } });
  const cut = new Promise<true>((resolve) => sending.once("error", () => resolve(true)));
  begin(sending);
  const [incoming, response] = await once(server, "request");
  const read = await readBody(incoming, 100, withinMs).catch((error: unknown) => error);
  if (Buffer.isBuffer(read)) response.end();
  else await cut;
  server.closeAllConnections();
  server.close();
  return read;
}

test("a body that comes in time is read; one that does not is cut off with its connection", async () => {
  expect(String(await sent((sending) => sending.end("0123456789"), 60_000))).toBe("0123456789");
  expect(await sent((sending) => sending.write("0"), 50)).toBeInstanceOf(BodyTooSlow);
});

test("a body that says it is too large is not waited for", async () => {
  const server = createServer((incoming, response) => {
    readBody(incoming, 5).catch((error: unknown) => response.end(String(error instanceof BodyTooLarge)));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const answer = await fetch(`http://127.0.0.1:${port}`, { method: "POST", body: "0123456789" });
  expect(await answer.text()).toBe("true");
  server.closeAllConnections();
  server.close();
});

test("a file that breaks off half way does not look whole to whoever takes it", async () => {
  const server = createServer((_request, response) => {
    response.writeHead(200, { "content-type": "text/csv" });
    response.write("hour,calls\r\n", () => sendJson(response, 500, { code: "INTERNAL" }));
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  const answer = await fetch(`http://127.0.0.1:${port}/`);
  await expect(answer.text()).rejects.toThrow();
  server.close();
});
