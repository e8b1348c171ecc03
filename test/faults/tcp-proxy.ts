// A TCP proxy that misbehaves on demand, to put in front of Postgres, Temporal or a provider: late, slow, cut after n
// bytes, reset, half open, refusing. What it does changes for living connections too, the moment it is set.
import { once } from "node:events";
import { createServer, connect, type Server, type Socket } from "node:net";

export interface Weather {
  /** Added to every piece, each way. */
  readonly latencyMs: number;
  /** Bytes a second each way; null for as fast as it goes. */
  readonly bytesPerSecond: number | null;
  /** A connection ends with a reset after so many bytes from the target; null never. */
  readonly cutAfterBytes: number | null;
  /** Nothing passes any more, and nobody is told. */
  readonly isSilent: boolean;
  /** New connections are reset at once. */
  readonly isRefusing: boolean;
}

export const fairWeather: Weather = {
  latencyMs: 0,
  bytesPerSecond: null,
  cutAfterBytes: null,
  isSilent: false,
  isRefusing: false,
};

export interface TcpProxy {
  readonly port: number;
  readonly connections: () => number;
  set(weather: Partial<Weather>): void;
  /** Resets every living connection. */
  resetAll(): number;
  /** Our side of every living connection dies; the target hears nothing more, and is not told. Answers how many. */
  halfOpenAll(): number;
  close(): Promise<void>;
}

interface Link {
  readonly near: Socket;
  readonly far: Socket;
  passed: number;
  isHalfOpen: boolean;
}

const pause = (ms: number): Promise<void> => new Promise((resolve) => void setTimeout(resolve, ms).unref());

/** One direction, a piece at a time: the order of bytes is never changed. */
async function carry([from, to]: readonly [Socket, Socket], link: Link, weather: () => Weather): Promise<void> {
  for await (const piece of from) {
    // A socket without an encoding yields buffers.
    const bytes: Buffer = piece;
    while (weather().isSilent) {
      if (from.destroyed || to.destroyed) return;
      await pause(20);
    }
    const { latencyMs, bytesPerSecond, cutAfterBytes } = weather();
    const waitMs = latencyMs + (bytesPerSecond === null ? 0 : (bytes.length / bytesPerSecond) * 1000);
    if (waitMs > 0) await pause(waitMs);
    if (from === link.far) link.passed += bytes.length;
    if (cutAfterBytes !== null && link.passed >= cutAfterBytes) {
      reset(link);
      return;
    }
    if (to.destroyed) return;
    if (!to.write(bytes)) await Promise.race([once(to, "drain"), once(to, "close")]);
  }
  if (!link.isHalfOpen) to.end();
}

function reset(link: Link): void {
  link.near.resetAndDestroy();
  link.far.resetAndDestroy();
}

function join(near: Socket, target: { host: string; port: number }, links: Set<Link>, weather: () => Weather): void {
  const far = connect(target);
  const link: Link = { near, far, passed: 0, isHalfOpen: false };
  links.add(link);
  for (const socket of [near, far]) {
    socket.setNoDelay(true);
    // A reset is what this proxy is for: the other half hears of it by `close`.
    socket.on("error", () => undefined);
    socket.on("close", () => {
      if (link.isHalfOpen && socket === near) return;
      links.delete(link);
      near.destroy();
      far.destroy();
    });
  }
  const lost = (): void => undefined;
  carry([near, far], link, weather).catch(lost);
  carry([far, near], link, weather).catch(lost);
}

export async function openTcpProxy(target: { host: string; port: number }): Promise<TcpProxy> {
  let weather = fairWeather;
  const links = new Set<Link>();
  const server: Server = createServer((near) => {
    if (weather.isRefusing) near.resetAndDestroy();
    else join(near, target, links, () => weather);
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const address = server.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  return {
    port,
    connections: () => links.size,
    set: (change) => (weather = { ...weather, ...change }),
    resetAll() {
      const count = links.size;
      for (const link of links) reset(link);
      return count;
    },
    halfOpenAll() {
      const whole = [...links].filter((link) => !link.isHalfOpen);
      for (const link of whole) {
        link.isHalfOpen = true;
        link.near.destroy();
      }
      return whole.length;
    },
    async close() {
      weather = fairWeather;
      for (const link of links) reset(link);
      server.close();
      await once(server, "close");
    },
  };
}
