/** A datasource from its first moment on, however it is connected: its row, its slot, and its entry in the log. */
import { datasources } from "@headwater/db/schema/tables.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import type { Context } from "../graphql/context.ts";
import { audit } from "./audit.ts";
import { takeSlots } from "./slots.ts";

/** As long as a worker may take to look at what needs no consent. */
const LOOKED_AT_MS = 10 * 60_000;

interface NewDatasource {
  readonly id: DatasourceId;
  readonly platform: string;
  readonly name: string;
  /** How long its consent is waited for; without one, nobody is asked. */
  readonly consentMs?: number;
  readonly cadenceMinutes: number | null;
  /** What it is to take the place of: then it waits for the slot of that. */
  readonly replaces?: DatasourceId | null;
  /** What the log tells of it beside its platform. */
  readonly told?: JsonObject;
}

export async function beginDatasource(ctx: Context, organisation: OrganisationId, made: NewDatasource): Promise<void> {
  const { id, platform, name, consentMs = LOOKED_AT_MS, cadenceMinutes, replaces = null, told = {} } = made;
  await ctx.db.insert(datasources).values({
    organisationId: organisation,
    id,
    platform,
    name,
    generation: 1,
    intentVersion: 1,
    authorizingUntil: new Date(ctx.now.getTime() + consentMs),
    cadenceMs: (cadenceMinutes ?? 60) * 60_000,
    replaces,
    createdBy: ctx.caller.kind === "person" ? ctx.caller.userId : null,
  });
  if (replaces === null) await takeSlots(ctx, organisation, platform, [id]);
  await audit(ctx, {
    verb: "datasource.connectStarted",
    objectType: "datasource",
    objectId: id,
    datasourceId: id,
    after: { platform, ...told },
  });
}
