/** Asks the source to tell us of its end, once a grant. What came of it stands with the grant; a sync never waits for it. */
import { isSourceFailure } from "@headwater/connectors/failure.ts";
import type { DatasourceRef, LoadDeps, RegisterOutcome, WorkOptions } from "../load/contract.ts";
import { inOrganisation } from "../load/fence.ts";
import { openSource } from "./session.ts";
import { readStanding, type Standing } from "./standing.ts";

/** One, two, four ... hours between two tries, a day at most. */
const FIRST_HOURS = 1;
const MOST_HOURS = 24;

export async function registerWebhooks(
  deps: LoadDeps,
  ref: DatasourceRef,
  options: WorkOptions,
): Promise<RegisterOutcome> {
  const standing = await readStanding(deps.sql, ref);
  if (standing === undefined || standing.grant_id === null || standing.is_disconnected) return { kind: "notNeeded" };
  const address = deps.webhookAddressOf?.(standing.platform) ?? null;
  const canBeAsked = address !== null && deps.connectorOf(standing.platform)?.webhooks !== undefined;
  const outcome: RegisterOutcome = canBeAsked
    ? await ask(deps, ref, { standing, address }, options)
    : { kind: "notNeeded" };
  await inOrganisation(deps.sql, ref, (tx) =>
    tx.unsafe(
      `update grants set webhooks = jsonb_build_object('state', $3::text, 'at', now(), 'code', $4::text,
         'tries', coalesce((webhooks->>'tries')::int, 0) + 1,
         'retryAt', case when $3 = 'failed' then
           now() + least($6::float8, $5::float8 * power(2, coalesce((webhooks->>'tries')::int, 0))) * interval '1 hour' end)
       where organisation_id = $1 and id = $2`,
      [
        ref.organisationId,
        standing.grant_id,
        outcome.kind,
        outcome.kind === "failed" ? outcome.code : null,
        FIRST_HOURS,
        MOST_HOURS,
      ],
    ),
  );
  return outcome;
}

async function ask(
  deps: LoadDeps,
  ref: DatasourceRef,
  { standing, address }: { readonly standing: Standing; readonly address: string },
  { signal }: WorkOptions,
): Promise<RegisterOutcome> {
  try {
    const { session, connector } = openSource(deps, ref, standing, { signal });
    await connector.webhooks?.register(session, address);
    return { kind: "registered" };
  } catch (error) {
    if (isSourceFailure(error))
      return { kind: "failed", code: error.failure.code, said: error.failure.said.slice(0, 200).toWellFormed() };
    if (signal.aborted) return { kind: "failed", code: "timeout", said: "" };
    throw error;
  }
}
