/** A native datasource is there at once: it has no outside account, nothing to consent to, and takes no slot. */
import { datasourceId } from "@headwater/db/schema/ids.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { beginDatasource } from "../datasources/begin.ts";
import { checkKey, lockDatasource, organisationIn, ringLater, viewOf } from "../datasources/command.ts";
import { lockOrganisation } from "../datasources/slots.ts";
import type { Context } from "../graphql/context.ts";
import { whyNotConnectable } from "../graphql/platform.ts";
import { InvalidInput, KeyReused, PlatformUnavailable } from "../words/problems.ts";
import { tidied, wrongWithName } from "../words/names.ts";
import { platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";

export interface NativeInput {
  readonly platform: string;
  readonly name?: string | null | undefined;
  readonly idempotencyKey: string;
}

const NAME_LONGEST = 120;
/** The wake that pulls; a feed's own rhythm decides which wakes it uses. */
const CADENCE_MINUTES = 15;

export async function connectNative(ctx: Context, input: NativeInput): Promise<DatasourceView> {
  checkKey(input.idempotencyKey);
  const organisation = organisationIn(ctx);
  const entry = platformEntry(input.platform);
  if (entry === null) throw new PlatformUnavailable(null, null);
  if (connectorFor(entry.platform)?.authorization.kind !== "upload")
    throw new PlatformUnavailable(entry, await whyNotConnectable(entry, ctx));
  const name = tidied(input.name ?? "") || entry.name;
  const wrong = wrongWithName(name, NAME_LONGEST, ctx.words);
  if (wrong !== null) throw new InvalidInput([{ path: "name", message: wrong }]);
  await lockOrganisation(ctx, organisation);
  const id = datasourceId(idFor(organisation, `native ${input.idempotencyKey}`));
  const earlier = await lockDatasource(ctx, id);
  if (earlier !== null && earlier.platform !== entry.platform) throw new KeyReused();
  if (earlier !== null) return viewOf(ctx, id);
  const why = await whyNotConnectable(entry, ctx);
  if (why !== null) throw new PlatformUnavailable(entry, why);
  const { platform } = entry;
  const cadenceMinutes = CADENCE_MINUTES;
  await beginDatasource(ctx, organisation, { id, platform, name, cadenceMinutes, told: { name } });
  await ringLater(ctx, organisation, id, 1);
  return viewOf(ctx, id);
}
