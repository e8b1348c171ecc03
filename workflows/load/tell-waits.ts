/** What a sync waits for while it waits in place: whoever asked for it reads that at once, and not when it has given up. */
import type { OpenOptions } from "../source/session.ts";
import type { LoadDeps, RunRef } from "./contract.ts";
import { inOrganisation } from "./fence.ts";
import { announce } from "./notifier.ts";

/** The end of the sync takes it back; what cannot be told is no reason not to wait. */
export const tellingWaits =
  (deps: LoadDeps, run: RunRef): NonNullable<OpenOptions["waits"]> =>
  async ({ until, because }) => {
    try {
      await inOrganisation(deps.sql, run, (tx) =>
        tx.unsafe(
          `update datasources set throttled_until = $3, last_attempt_at = now(), throttle_reason = jsonb_build_object('code', $4::text)
           where organisation_id = $1 and id = $2 and generation = $5 and disconnected_at is null`,
          [run.organisationId, run.datasourceId, until, because, run.generation],
          { prepare: true },
        ),
      );
      announce(deps.sql, run);
    } catch (error) {
      deps.log.warn("a wait was not told", { datasourceId: run.datasourceId, said: String(error) });
    }
  };
