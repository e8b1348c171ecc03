import { existsSync, readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { freePorts } from "./ports.mjs";

const handedOut = "/proc/sys/net/ipv4/ip_local_port_range";

test("what is free is none of those that the system gives to connections that go out, and none comes twice", async () => {
  const ports = await freePorts(20);
  expect(new Set(ports).size).toBe(20);
  const [from = 32_768, to = 60_999] = existsSync(handedOut)
    ? readFileSync(handedOut, "utf8").trim().split(/\s+/u).map(Number)
    : [];
  if (to < 61_000) expect(ports.filter((port) => port >= from && port <= to)).toEqual([]);
});
