/** One cheap call with a source's own credential: does its platform answer? Nothing is judged by it and nothing is written. */
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { DatasourceRef, LoadDeps, ProbeOutcome, WorkOptions } from "../load/contract.ts";
import { openSource } from "./session.ts";
import { readStanding } from "./standing.ts";

export async function probeSource(deps: LoadDeps, ref: DatasourceRef, options: WorkOptions): Promise<ProbeOutcome> {
  const standing = await readStanding(deps.sql, ref);
  if (standing === undefined || standing.is_disconnected || standing.grant === null) return "cannotAsk";
  try {
    const { session, connector } = openSource(deps, ref, standing, { signal: options.signal });
    await connector.account.verify(session, standing.account?.external_id ?? null);
    return "answers";
  } catch (error) {
    if (options.signal.aborted) return "down";
    if (!isSourceFailure(error)) throw error;
    // A refusal and a limit are answers too.
    return error.failure.class === "transient" ? "down" : "answers";
  }
}
