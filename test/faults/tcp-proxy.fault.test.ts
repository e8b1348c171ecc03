import { once } from "node:events";
import { connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { fairWeather, openTcpProxy, type TcpProxy } from "./tcp-proxy.ts";

// The target says every byte back, and speaks 10,000 bytes when it hears "more".
let target: Server;
let proxy: TcpProxy;
const open: Socket[] = [];
beforeAll(async () => {
  target = createServer((socket) => {
    socket.on("error", () => undefined);
    socket.on("data", (bytes: Buffer) => socket.write(bytes.toString() === "more" ? Buffer.alloc(10_000, "x") : bytes));
  }).listen(0, "127.0.0.1");
  await once(target, "listening");
});
beforeEach(async () => {
  const address = target.address();
  proxy = await openTcpProxy({
    host: "127.0.0.1",
    port: typeof address === "object" && address !== null ? address.port : 0,
  });
});
afterEach(async () => {
  for (const socket of open.splice(0)) socket.destroy();
  proxy.set(fairWeather);
  await proxy.close();
});
afterAll(() => {
  target.close();
});

const closed = (socket: Socket): Promise<void> => new Promise((resolve) => void socket.once("close", () => resolve()));

async function dial(): Promise<Socket> {
  const socket = connect({ host: "127.0.0.1", port: proxy.port });
  socket.on("error", () => undefined);
  open.push(socket);
  await once(socket, "connect");
  return socket;
}

async function say(socket: Socket, text: string, length: number, withinMs = 120_000): Promise<string> {
  let heard = "";
  const done = Promise.withResolvers<string>();
  const take = (bytes: Buffer): void => {
    heard += bytes.toString();
    if (heard.length >= length) done.resolve(heard);
  };
  socket.on("data", take);
  socket.once("close", () => done.resolve(heard));
  const timer = setTimeout(() => done.resolve(heard), withinMs);
  socket.write(text);
  const result = await done.promise;
  clearTimeout(timer);
  socket.off("data", take);
  return result;
}

const patient = { timeout: 120_000 };

describe("a TCP proxy", () => {
  test("in fair weather passes every byte both ways, in order", async () => {
    const text = Array.from({ length: 5_000 }, (_, i) => String(i)).join(",");
    expect(await say(await dial(), text, text.length)).toBe(text);
  });

  test("late: an answer takes the latency of both ways", async () => {
    proxy.set({ latencyMs: 80 });
    const socket = await dial();
    const started = performance.now();
    expect(await say(socket, "hello", 5)).toBe("hello");
    expect(performance.now() - started).toBeGreaterThanOrEqual(155);
  });

  test("slow: bytes trickle at the rate that is set", async () => {
    proxy.set({ bytesPerSecond: 40_000 });
    const started = performance.now();
    expect(await say(await dial(), "more", 10_000)).toHaveLength(10_000);
    expect(performance.now() - started).toBeGreaterThanOrEqual(230);
  });

  test("cut: the connection is reset once so many bytes have come from the target", async () => {
    proxy.set({ cutAfterBytes: 5_000 });
    const socket = await dial();
    const ended = closed(socket);
    expect((await say(socket, "more", 10_000)).length).toBeLessThan(10_000);
    await ended;
  });

  test("silent: nothing comes, nobody is told, and all of it comes when the silence ends", async () => {
    const socket = await dial();
    expect(await say(socket, "one", 3)).toBe("one");
    proxy.set({ isSilent: true });
    expect(await say(socket, "two", 3, 200)).toBe("");
    expect(socket.destroyed).toBe(false);
    proxy.set({ isSilent: false });
    expect(await say(socket, "three", 8)).toBe("twothree");
  });

  test("refusing: a new connection is reset, an old one lives on", async () => {
    const old = await dial();
    proxy.set({ isRefusing: true });
    const fresh = connect({ host: "127.0.0.1", port: proxy.port });
    fresh.on("error", () => undefined);
    await closed(fresh);
    expect(await say(old, "still", 5)).toBe("still");
  });

  test("half open: our side is gone, the target still believes in the connection", async () => {
    const socket = await dial();
    expect(await say(socket, "one", 3)).toBe("one");
    const ended = closed(socket);
    expect(proxy.halfOpenAll()).toBe(1);
    await ended;
    expect(proxy.connections()).toBe(1);
    const count = () => new Promise<number>((resolve) => void target.getConnections((_, n) => resolve(n)));
    await expect.poll(count, patient).toBe(1);
    proxy.resetAll();
    await expect.poll(count, patient).toBe(0);
  });

  test("reset: every living connection ends at once", async () => {
    const sockets = await Promise.all([dial(), dial(), dial()]);
    await expect.poll(() => proxy.connections(), patient).toBe(3);
    const ended = Promise.all(sockets.map(closed));
    expect(proxy.resetAll()).toBe(3);
    await ended;
    await expect.poll(() => proxy.connections(), patient).toBe(0);
  });
});
