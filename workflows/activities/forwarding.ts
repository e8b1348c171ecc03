/** Days that a person wants first: answered by being read, for whoever works on the history reads its plan again by itself. */
import { datasourceId, organisationId } from "@headwater/db";
import type { TenantTransaction } from "@headwater/db";
import type { Ref } from "./contract.ts";
import type { WorkDeps } from "./deps.ts";
import { announce, settleCommands } from "./writing.ts";

interface Wanted {
  readonly id: string;
  readonly args: { readonly from: string; readonly to: string; readonly stream?: string };
}

export async function carryForward(deps: WorkDeps, tx: TenantTransaction, ref: Ref): Promise<void> {
  const wanted = await tx.sql<Wanted[]>`
    select id, args from commands
    where datasource_id = ${ref.datasourceId} and kind = 'bringForward' and state = 'accepted' order by id`;
  const at = { organisationId: organisationId(ref.organisationId), datasourceId: datasourceId(ref.datasourceId) };
  for (const { id, args } of wanted) {
    const windows = await deps.load.bringForward(deps.loadDeps, tx.sql, at, args);
    await settleCommands(
      tx,
      ref.datasourceId,
      { ids: [id] },
      windows > 0
        ? { state: "done", outcome: { code: "broughtForward", windows } }
        : { state: "refused", outcome: { code: "nothingQueued" } },
    );
    await announce(tx, ref.datasourceId);
  }
}
