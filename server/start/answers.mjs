// Whether a part answers as it should, not only whether its port is open.
import { connect } from "node:net";

const withinMs = 2000;

/** A Postgres that still recovers accepts the socket and refuses the session: only a request to sign in counts.
 * @param {number} port
 * @returns {Promise<boolean>} */
export const postgresAnswers = (port) =>
  new Promise((resolve) => {
    const socket = connect({ port, host: "127.0.0.1", timeout: withinMs });
    const settle = (/** @type {boolean} */ answer) => {
      socket.destroy();
      resolve(answer);
    };
    socket.once("connect", () => socket.write(startupMessage({ user: "postgres", database: "postgres" })));
    socket.once("data", (answer) => settle(answer.toString("latin1", 0, 1) === "R"));
    socket.once("timeout", () => settle(false));
    socket.once("error", () => settle(false));
    socket.once("close", () => settle(false));
  });

/** Protocol 3.0: length, version, then names and values, each ended by a zero byte.
 * @param {Record<string, string>} parameters */
function startupMessage(parameters) {
  const text = Object.entries(parameters)
    .map(([name, value]) => `${name}\0${value}\0`)
    .join("");
  const body = Buffer.from(`${text}\0`);
  const head = Buffer.alloc(8);
  head.writeInt32BE(8 + body.length, 0);
  head.writeInt32BE(3 << 16, 4);
  return Buffer.concat([head, body]);
}

/** @param {string} address
 * @returns {Promise<boolean>} */
export async function httpAnswers(address) {
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(withinMs) });
    await response.arrayBuffer();
    return response.ok;
  } catch {
    return false; // not listening yet, or no longer
  }
}
