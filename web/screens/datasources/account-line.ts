import type { LiveDatasource } from "../../live/live.documents.ts";

/** How people recognise an account: its domain, or its id and then its name. */
export function accountLine({ domain, externalId, name }: NonNullable<LiveDatasource["account"]>): string {
  if (domain) return domain;
  return name && name !== externalId ? `${externalId} · ${name}` : externalId;
}
