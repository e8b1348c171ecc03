// Ports: which are free, and when somebody listens. Everything stays on loopback.
import { randomInt } from "node:crypto";
import { connect, createServer } from "node:net";

const loopback = "127.0.0.1";
/** Above those that Linux gives to connections that go out: of them one that is free now may be taken in the next second. */
const lowest = 61_000;
const highest = 65_535;

/** Resolves with a listening server, or null when the port is taken.
 * @param {number} port
 * @returns {Promise<import('node:net').Server | null>} */
const listen = (port) =>
  new Promise((resolve, reject) => {
    const server = createServer();
    server.once("error", (/** @type {NodeJS.ErrnoException} */ error) =>
      error.code === "EADDRINUSE" || error.code === "EACCES" ? resolve(null) : reject(error),
    );
    server.listen({ port, host: loopback, exclusive: true }, () => resolve(server));
  });

/** @param {import('node:net').Server} server */
const close = (server) => new Promise((resolve) => server.close(resolve));

/** @param {number} port */
export async function portIsFree(port) {
  const server = await listen(port);
  if (server) await close(server);
  return server !== null;
}

/** Ports that nobody listens on now; all are held open until the last is found, so none comes twice.
 * @param {number} count
 * @returns {Promise<number[]>} */
export async function freePorts(count) {
  const servers = [];
  while (servers.length < count) {
    const server = await listen(randomInt(lowest, highest + 1));
    if (server) servers.push(server);
  }
  const ports = servers.map((server) => {
    const address = server.address();
    if (address === null || typeof address === "string") throw new Error("A loopback listener has no port.");
    return address.port;
  });
  await Promise.all(servers.map(close));
  return ports;
}

/** @param {number} port
 * @returns {Promise<boolean>} */
export const portAnswers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: loopback, timeout: 1000 });
    const settle = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => settle(true));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
  });
