import type { LiveDatasource } from "../../live/live.documents.ts";

/** What tells two datasources of one platform apart: the account, or before it is known what was typed for it. */
export function accountOf({ account, attempt }: Pick<LiveDatasource, "account" | "attempt">): string | null {
  return account ? accountLine(account) : (attempt?.askedFor ?? null);
}

/** An id that we gave ourselves, to what has no account elsewhere. */
const OURS = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u;

/** How people recognise an account: its domain, or its id and then its name. */
export function accountLine({ domain, externalId, name }: NonNullable<LiveDatasource["account"]>): string {
  if (domain) return domain;
  if (OURS.test(externalId)) return name;
  return name && name !== externalId ? `${externalId} · ${name}` : externalId;
}

/** The same in the fewest characters. */
export const shortAccount = ({ domain, externalId, name }: NonNullable<LiveDatasource["account"]>): string =>
  domain ?? (OURS.test(externalId) ? name : externalId);
