import { createServer } from "node:http";
import { expect, test } from "vitest";
import { temporalIsStuck } from "./temporal.mjs";

/** Something that answers as Temporal's HTTP side does. */
async function askedOf(status: number, body: unknown): Promise<boolean> {
  const server = createServer((_request, response) => response.writeHead(status).end(JSON.stringify(body)));
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("It listens on no port.");
    return await temporalIsStuck({ httpPort: address.port, namespace: "headwater" });
  } finally {
    server.close();
  }
}

test("is stuck once its database interrupts whoever asks", async () => {
  const message = "GetNamespace operation failed. Error interrupted (9)";
  expect(await askedOf(503, { code: 14, message, details: [] })).toBe(true);
});

test("is not stuck while it answers, is not up yet, or refuses for another reason", async () => {
  expect(await askedOf(200, { namespaceInfo: { description: "interrupted (9)" } })).toBe(false);
  expect(await askedOf(503, { code: 14, message: "shard status unknown" })).toBe(false);
  expect(await askedOf(404, { code: 5, message: "Namespace headwater is not found." })).toBe(false);
  expect(await temporalIsStuck({ httpPort: 1, namespace: "headwater" })).toBe(false);
});
