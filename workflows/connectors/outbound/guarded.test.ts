// The canary listens on loopback, on a port that the client is told to allow: every refusal below is by address alone.
import { Socket } from "node:net";
import tls from "node:tls";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { failureIn } from "../testing/failure-of.ts";
import { isGlobalUnicast, type Resolved } from "./address.ts";
import { startCanary, type Canary } from "./canary.ts";
import { makeOutbound } from "./guarded.ts";
import { spellingsOfPrivatePlaces } from "./spellings.ts";

let canary: Canary;
beforeAll(async () => {
  canary = await startCanary();
});
afterAll(() => canary.close());

const codeOf = async (attempt: Promise<unknown>): Promise<string> => (await failureIn(attempt))?.code ?? "answered";

const loopback: readonly Resolved[] = [{ address: "127.0.0.1", family: 4 }];

const withLookup = v.object({ lookup: v.function() });

/** Stands in for the TLS socket: asks the look-up as a socket does, notes where it would go, and goes nowhere. */
function socketInstead(options: unknown, went: string[]): tls.TLSSocket {
  const { lookup } = v.parse(withLookup, options);
  const socket = new tls.TLSSocket(new Socket());
  lookup("rebind.example.com", { all: true }, (error: Error | null, addresses: readonly Resolved[]) => {
    if (error === null) went.push(...addresses.map(({ address }) => address));
    socket.destroy(error ?? new Error("goes nowhere"));
  });
  return socket;
}

describe("an address that a person or a provider names", () => {
  const spellings = spellingsOfPrivatePlaces();

  test(`${spellings.length} spellings of private places reach nobody`, async () => {
    expect(spellings.length).toBeGreaterThanOrEqual(120);
    const client = makeOutbound({ ports: [canary.port], resolve: async () => loopback });
    for (const spelling of spellings) {
      const url = spelling.replaceAll("{port}", String(canary.port));
      const hosts = [URL.parse(url)?.hostname.replace(/\.$/, "") ?? "none", "*.example.com"];
      expect(await codeOf(client.send({ method: "GET", url, hosts })), url).toMatch(
        /^outbound\.(privateAddress|notAnAddress|notHttps|userinfo|port|bareName|host)$/,
      );
    }
    expect(canary.heard()).toBe(0);
    await client.close();
  });

  test("the canary hears a connection that nothing forbids", async () => {
    const client = makeOutbound({
      routes: new Map([["shop.example.com", new URL(`http://127.0.0.1:${canary.port}`)]]),
      idleMs: 1_000,
    });
    const url = "https://shop.example.com/";
    // Where the machine stands still for as long, time is over before it is connected: it is asked again.
    await expect
      .poll(async () => {
        const code = await codeOf(client.send({ method: "GET", url, hosts: ["shop.example.com"], totalMs: 2_000 }));
        expect(code).toMatch(/^outbound\.(idle|timeout)$/);
        return canary.heard();
      })
      .toBeGreaterThan(0);
    await client.close();
  });
});

describe("a name, looked up", () => {
  test("a socket goes where its one look-up said, and a name that turns private at the next look reaches nobody", async () => {
    const looks: string[] = [];
    const went: string[] = [];
    const spy = vi.spyOn(tls, "connect").mockImplementation((...given: unknown[]) => socketInstead(given[0], went));
    const client = makeOutbound({
      resolve: async (name) => {
        looks.push(name);
        return looks.length % 2 === 1 ? [{ address: "93.184.215.14", family: 4 }] : loopback;
      },
    });
    for (let round = 0; round < 6; round += 1) {
      const url = `https://rebind.example.com/${round}`;
      const code = await codeOf(client.send({ method: "GET", url, hosts: ["*.example.com"], totalMs: 60_000 }));
      expect(code).toBe(round % 2 === 0 ? "outbound.network" : "outbound.privateAddress");
    }
    expect(looks).toHaveLength(6); // one look-up a socket, and nothing between it and the socket that could lie
    expect(went).toEqual(["93.184.215.14", "93.184.215.14", "93.184.215.14"]);
    spy.mockRestore();
    await client.close();
  });

  test("one private address among public ones is enough to refuse", async () => {
    const client = makeOutbound({
      ports: [canary.port],
      resolve: async () => [{ address: "93.184.215.14", family: 4 }, ...loopback],
    });
    const url = `https://mixed.example.com:${canary.port}/`;
    expect(await codeOf(client.send({ method: "GET", url, hosts: ["*.example.com"] }))).toBe("outbound.privateAddress");
    expect(canary.heard()).toBe(0);
    await client.close();
  });

  test("a credential's host list is held, whatever the path says", async () => {
    const client = makeOutbound({ resolve: async () => loopback });
    for (const url of [
      "https://evil.example.org/a.myshopify.com",
      "https://a.myshopify.com.evil.org/",
      "https://evilmyshopify.com/",
      "https://evil.org\\.myshopify.com/",
      "https://evil.org#.myshopify.com",
      "https://evil.org?.myshopify.com",
    ])
      expect(await codeOf(client.send({ method: "GET", url, hosts: ["*.myshopify.com"] })), url).toBe("outbound.host");
    await client.close();
  });
});

test("only addresses of 2000::/3 and of no special meaning are global", () => {
  for (const bad of ["::7f00:1", "::ffff:8.8.8.8", "64:ff9b::808:808", "64:ff9b:1::1", "2002:7f00:1::", "2001::1"])
    expect(isGlobalUnicast(bad), bad).toBe(false);
  for (const bad of ["fc00::1", "fe80::1", "ff02::1", "100::1", "2001:db8::1", "5f00::1", "not an address", ""])
    expect(isGlobalUnicast(bad), bad).toBe(false);
  for (const bad of ["0.0.0.0", "10.1.2.3", "100.64.0.1", "169.254.169.254", "192.0.2.1", "198.18.0.1", "224.0.0.1"])
    expect(isGlobalUnicast(bad), bad).toBe(false);
  for (const bad of ["255.255.255.255", "240.0.0.1", "192.0.0.1", "198.51.100.7", "203.0.113.9", "172.31.255.255"])
    expect(isGlobalUnicast(bad), bad).toBe(false);
  for (const good of ["8.8.8.8", "23.227.38.65", "2606:4700::6810:1", "2a00:1450:4001::1"])
    expect(isGlobalUnicast(good), good).toBe(true);
});
