// A connection for what is no HTTP, by real sockets: no spelling of a private place reaches the canary on this machine.
import { afterAll, beforeAll, expect, test } from "vitest";
import { failureIn } from "../testing/failure-of.ts";
import type { Resolved } from "./address.ts";
import { startCanary, type Canary } from "./canary.ts";
import { makeDial, type Dial } from "./dial.ts";
import { spellingsOfPrivatePlaces } from "./spellings.ts";

let canary: Canary;
beforeAll(async () => {
  canary = await startCanary();
});
afterAll(() => canary.close());

const loopback: readonly Resolved[] = [{ address: "127.0.0.1", family: 4 }];
const never = new AbortController().signal;
const codeOf = async (dial: Dial, host: string, signal = never): Promise<string> => {
  const connected = dial({ host, port: canary.port, signal }).then((socket) => socket.destroy());
  return (await failureIn(connected))?.code ?? "connected";
};

const spellings = spellingsOfPrivatePlaces().flatMap((spelling) => {
  const host = /^https:\/\/(.*):\{port\}\/x$/.exec(spelling)?.[1];
  const whole = spelling.replaceAll("{port}", "22");
  return host === undefined ? [whole] : [host, host.replace(/^\[|\]$/g, "")];
});

test(`${spellings.length} spellings of private places are dialled by nobody`, async () => {
  expect(new Set(spellings).size).toBeGreaterThanOrEqual(120);
  const dial = makeDial({ resolve: async () => loopback });
  for (const host of spellings)
    expect(await codeOf(dial, host), host).toMatch(/^outbound\.(privateAddress|notAnAddress|bareName)$/);
  expect(canary.heard()).toBe(0);
});

test("one private address among public ones is enough to refuse, and a name is looked up once for each connection", async () => {
  const mixed = makeDial({ resolve: async () => [{ address: "93.184.215.14", family: 4 }, ...loopback] });
  expect(await codeOf(mixed, "mixed.example.com")).toBe("outbound.privateAddress");
  let looks = 0;
  const turning = makeDial({ resolve: async () => ((looks += 1), loopback) });
  expect(await codeOf(turning, "rebind.example.com")).toBe("outbound.privateAddress");
  expect([looks, canary.heard()]).toEqual([1, 0]);
});

test("a stand-in is reached where PROVIDER_ROUTES names one for SFTP, and by no route that is for HTTP", async () => {
  const to = (origin: string) =>
    makeDial({ routes: new Map([["*.example.com", new URL(origin)]]), resolve: async () => loopback });
  expect(await codeOf(to(`sftp://127.0.0.1:${canary.port}`), "sftp.example.com")).toBe("connected");
  expect(await codeOf(to(`http://127.0.0.1:${canary.port}`), "sftp.example.com")).toBe("outbound.privateAddress");
  expect(await codeOf(to(`sftp://127.0.0.1:${canary.port}`), "sftp.example.org")).toBe("outbound.privateAddress");
});

test("a name that leads nowhere and a look-up without an end are trouble that may pass; an end by us is no failure", async () => {
  const away = Object.assign(new Error("getaddrinfo EAI_AGAIN"), { code: "EAI_AGAIN" });
  expect(await codeOf(makeDial({ resolve: () => Promise.reject(away) }), "gone.example.com")).toBe(
    "outbound.noAddress",
  );
  const silent = makeDial({ resolve: () => new Promise(() => undefined), connectMs: 30 });
  expect(await codeOf(silent, "silent.example.com")).toBe("outbound.connectTimeout");
  const ours = new AbortController();
  const stopped = makeDial({ resolve: () => new Promise(() => undefined) });
  const ended = codeOf(stopped, "slow.example.com", ours.signal);
  ours.abort(new Error("shut down"));
  await expect(ended).rejects.toThrow("shut down");
});
