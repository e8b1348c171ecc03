/** A source that tells us of its end spares everybody the next failing sync. A step of its own: it never holds one up. */
import type { AtGeneration, Read } from "./contract.ts";
import type { RegisterOutcome } from "../load/contract.ts";
import type { WorkDeps } from "./deps.ts";
import { asFailure, isDatabaseAway } from "./failure.ts";
import { loadRef } from "./refs.ts";
import { audit, writeAndRead } from "./writing.ts";
import { beating } from "./watch.ts";

const REGISTER_MS = 20_000;

/**
 * May be killed anywhere: the source knows a second asking from a first, and the grant's row says what came of it. Asked
 * once a reading, whatever went wrong: the rows say when it is due again.
 */
export async function registerWebhooks(deps: WorkDeps, ref: AtGeneration): Promise<Read> {
  const outcome = await beating(() => ask(deps, ref));
  if (outcome.kind === "failed")
    deps.log.warn("webhooks not registered", { datasourceId: ref.datasourceId, code: outcome.code });
  const intent = await writeAndRead(deps, ref, async (tx) => {
    if (outcome.kind === "registered") await audit(tx, ref.datasourceId, { verb: "webhooksRegistered" });
    if (outcome.kind === "failed")
      await audit(tx, ref.datasourceId, { verb: "webhooksRefused", after: { code: outcome.code, said: outcome.said } });
  });
  return intent === null ? null : { ...intent, webhooksDue: false };
}

async function ask(deps: WorkDeps, ref: AtGeneration): Promise<RegisterOutcome> {
  const options = { signal: AbortSignal.timeout(REGISTER_MS), heartbeat: () => undefined };
  try {
    return await deps.load.registerWebhooks(deps.loadDeps, loadRef(ref), options);
  } catch (error) {
    if (isDatabaseAway(error)) throw asFailure(error, 1);
    deps.log.error("registering webhooks broke", { datasourceId: ref.datasourceId, error: String(error) });
    return { kind: "failed", code: "bug", said: "" };
  }
}
