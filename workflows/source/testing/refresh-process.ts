/** One of several processes that all find the token ended at the same moment. */
import { openDatabase } from "@headwater/db";
import type { DatasourceRef } from "../../load/contract.ts";
import type { SourceDeps } from "../contract.ts";
import { openSource } from "../session.ts";
import { readStanding } from "../standing.ts";
import { callOnce, plainOutbound, rotatingSource } from "./rotating-source.ts";

interface Setup {
  workerUrl: string;
  origin: string;
  vaultPrivateKey: string;
  ref: DatasourceRef;
  workers: number;
}

let setup: Setup | null = null;
let deps: SourceDeps | null = null;
const quiet = { info: () => undefined, warn: () => undefined, error: () => undefined };

async function round({ ref, workers }: Setup, shared: SourceDeps): Promise<number> {
  const work = async (): Promise<number> => {
    const standing = await readStanding(shared.sql, ref);
    if (standing === undefined) throw new Error("the datasource is not there");
    const { session } = openSource(shared, ref, standing, { signal: AbortSignal.timeout(300_000) });
    return callOnce(session);
  };
  const answers = await Promise.all(Array.from({ length: workers }, work));
  return answers.filter((status) => status === 200).length;
}

process.on("message", (message: Setup | "round") => {
  if (message !== "round") {
    setup = message;
    const connector = rotatingSource(message.origin);
    deps = {
      sql: openDatabase({ url: message.workerUrl, max: 8, name: "refresh test" }).sql,
      connectorOf: () => connector,
      appOf: () => null,
      outbound: plainOutbound(message.origin),
      vaultPrivateKey: message.vaultPrivateKey,
      workerId: `process-${process.pid}`,
      log: quiet,
      pace: 0.01,
    };
    process.send?.({ ready: true });
    return;
  }
  if (setup === null || deps === null) return;
  round(setup, deps).then(
    (good) => process.send?.({ good }),
    (error: unknown) => process.send?.({ failed: String(error) }),
  );
});
process.on("disconnect", () => process.exit(0));
