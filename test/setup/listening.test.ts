import { spawn } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { expect, test } from "vitest";
import { isLoopback, listening, withChildren } from "./listening.ts";

async function portOn(host: string): Promise<{ port: number; close: () => void }> {
  const server = createServer();
  server.listen(0, host);
  await once(server, "listening");
  const address = server.address();
  if (address === null || typeof address === "string") throw new Error("It listens on no port.");
  return { port: address.port, close: () => void server.close() };
}

test("what listens is found, and told apart by who may reach it", async () => {
  const [inside, everywhere] = [await portOn("127.0.0.1"), await portOn("0.0.0.0")];
  try {
    const found = listening([process.pid]);
    const at = (port: number) => found.filter((address) => address.endsWith(`:${port}`));
    expect(at(inside.port)).toEqual([`127.0.0.1:${inside.port}`]);
    expect(at(inside.port).every(isLoopback)).toBe(true);
    expect(at(everywhere.port)).toHaveLength(1);
    expect(at(everywhere.port).some(isLoopback)).toBe(false);
  } finally {
    inside.close();
    everywhere.close();
  }
});

test("what a child listens on counts with its parent", async () => {
  const program =
    "require('net').createServer().listen(0, '127.0.0.1', function () { console.log(this.address().port) })";
  const child = spawn(process.execPath, ["-e", program], { stdio: ["ignore", "pipe", "inherit"] });
  try {
    const [said] = await once(child.stdout, "data");
    expect(listening(withChildren([process.pid]))).toContain(`127.0.0.1:${String(said).trim()}`);
  } finally {
    child.kill("SIGKILL");
  }
});

test.each([
  ["127.0.0.1:4000", true],
  ["0000:0000:0000:0000:0000:0000:0000:0001:4000", true],
  ["[::1]:4000", true],
  ["0000:0000:0000:0000:0000:ffff:7f00:0001:4000", true],
  ["0.0.0.0:4000", false],
  ["0000:0000:0000:0000:0000:0000:0000:0000:4000", false],
  ["*:4000", false],
  ["10.0.0.7:4000", false],
])("%s is loopback: %s", (address, loopback) => {
  expect(isLoopback(address)).toBe(loopback);
});
