// Outlives the process that started it by a moment: when that is gone (its end of our stdin closes, however it died),
// everything it had started is ended in reverse order. A terminal's Ctrl-C does not reach us: we have a session of our own.
import { createInterface } from "node:readline";
import { isRunning, signalTo } from "./process-identity.mjs";
import { eventually } from "./wait.mjs";

/** @typedef {import('./process-identity.mjs').Identity & { signal: NodeJS.Signals, graceMs: number }} Ward */

/** @type {Map<number, Ward>} */
const wards = new Map();

for (const signal of /** @type {const} */ (["SIGINT", "SIGTERM", "SIGHUP"])) process.on(signal, () => undefined);

const lines = createInterface({ input: process.stdin });
lines.on("line", (line) => {
  /** @type {{ add?: Ward, remove?: number }} */
  const { add, remove } = JSON.parse(line);
  if (add) wards.set(add.pid, add);
  if (remove !== undefined) wards.delete(remove);
});
lines.on("close", () => void endAll());

async function endAll() {
  for (const ward of [...wards.values()].toReversed()) {
    signalTo(ward, ward.signal);
    if (!(await eventually(() => !isRunning(ward), { withinMs: ward.graceMs })))
      signalTo(ward, "SIGKILL", { group: true });
  }
  process.exit(0);
}
