// For tests: a server of this machine that answers nothing and counts who came.
import { createServer, type Socket } from "node:net";

export interface Canary {
  readonly port: number;
  /** How many connections it has heard since it was asked last. */
  heard(): number;
  close(): void;
}

export async function startCanary(): Promise<Canary> {
  const sockets = new Set<Socket>();
  let connections = 0;
  const server = createServer((socket) => {
    connections += 1;
    sockets.add(socket);
    socket.on("error", () => {});
  });
  await new Promise<void>((resolve) => server.listen(0, resolve)); // all families, so that [::1] would be heard too
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("it listens on no port");
  return {
    port: address.port,
    heard: () => {
      const since = connections;
      connections = 0;
      return since;
    },
    close: () => {
      for (const socket of sockets) socket.destroy();
      server.close();
    },
  };
}
