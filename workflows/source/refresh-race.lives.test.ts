/** R8: everybody finds the token ended at the same moment, again and again. In a file of its own: it mostly waits, for minutes. */
import { type ChildProcess, fork } from "node:child_process";
import { once } from "node:events";
import { fileURLToPath } from "node:url";
import { afterEach, expect, inject, test } from "vitest";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { type RotatingProvider, startRotatingProvider } from "./testing/rotating-provider.ts";
import { plainOutbound, rotatingSource } from "./testing/rotating-source.ts";

const PROCESSES = 4;
const WORKERS_EACH = 13;
const ROUNDS = 1_000;

let provider: RotatingProvider;
let rig: Rig;
const children: ChildProcess[] = [];
afterEach(async () => {
  for (const child of children.splice(0)) child.disconnect();
  await rig.close();
  await provider.close();
});

async function startChild(): Promise<ChildProcess> {
  const child = fork(fileURLToPath(new URL("testing/refresh-process.ts", import.meta.url)), { execArgv: [] });
  children.push(child);
  child.send({
    workerUrl: rig.workerUrl,
    origin: provider.origin,
    vaultPrivateKey: rig.deps.vaultPrivateKey,
    ref: rig.ref,
    workers: WORKERS_EACH,
  });
  await once(child, "message");
  return child;
}

test(
  `R8: ${PROCESSES * WORKERS_EACH} workers in ${PROCESSES} processes, ${ROUNDS} expiries: one token call each, none twice`,
  async () => {
    provider = await startRotatingProvider();
    rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }), {
      outbound: plainOutbound(provider.origin),
      accessExpiresAt: new Date(Date.now() + 3_600_000),
    });
    rig.use(rotatingSource(provider.origin));
    for (let n = 0; n < PROCESSES; n += 1) await startChild();
    for (let round = 1; round <= ROUNDS; round += 1) {
      provider.expireAccess();
      await rig.owner`update grants set access_expires_at = now() - interval '1 minute'`;
      const answers = children.map((child) => once(child, "message"));
      for (const child of children) child.send("round");
      for (const [answer] of await Promise.all(answers))
        expect(answer, `round ${round}`).toEqual({ good: WORKERS_EACH });
      expect(provider, `round ${round}`).toMatchObject({ refreshes: round, reuses: 0 });
    }
    const kept = await rig.owner`select count(*)::int as readable from credentials where sealed is not null`;
    expect(kept).toEqual([{ readable: 1 }]);
  },
  // Where so much else runs that a round takes seconds, it is slow and not wrong.
  300_000 + ROUNDS * 6_000,
);
