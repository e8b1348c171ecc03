import type { LiveDatasource } from "../../live/live.documents.ts";
import type { ReauthorizeLink } from "./links.documents.ts";
import { timelineKey } from "./timeline-key.ts";

const awaited: readonly ReauthorizeLink["state"][] = ["SENT", "OPENED", "CHECKING"];

/**
 * What moves the links of a datasource. That one was opened changes nothing that the datasource itself holds: while one is out every
 * word of it counts, and else none of the many of a sync under way.
 */
export const linksKey = (
  datasource: LiveDatasource,
  links: readonly Pick<ReauthorizeLink, "state">[],
): string | LiveDatasource =>
  links.some(({ state }) => awaited.includes(state)) ? datasource : timelineKey(datasource);
