import type { LiveDatasource } from "../../live/live.documents.ts";

/** What tells two datasources of one platform apart: the account, or before it is known what was typed for it. */
export function accountOf({ account, attempt }: Pick<LiveDatasource, "account" | "attempt">): string | null {
  return account ? accountLine(account) : (attempt?.askedFor ?? null);
}

/** How people recognise an account: its domain, or its id and then its name. */
export function accountLine({ domain, externalId, name }: NonNullable<LiveDatasource["account"]>): string {
  if (domain) return domain;
  return name && name !== externalId ? `${externalId} · ${name}` : externalId;
}
