import type { LiveDatasource } from "./live.documents.ts";

type Told = Pick<LiveDatasource, "account" | "attempt" | "name" | "platform">;
type Account = NonNullable<LiveDatasource["account"]>;

/** What tells datasources apart beside their names: the platform, where the name does not say it, and the account. */
export function accountOf(datasource: Told, inWords: (account: Account) => string = accountLine): string | null {
  const { name, platform } = datasource;
  const parts = [name.includes(platform.title) ? null : platform.title, ownAccount(datasource, inWords)];
  return parts.filter(Boolean).join(" · ") || null;
}

/** Before the account is known, what was typed for it. Never the name again. */
function ownAccount({ account, attempt, name }: Told, inWords: (account: Account) => string): string | null {
  if (!account) return attempt?.askedFor ?? null;
  if (account.domain || account.name !== name) return inWords(account);
  return OURS.test(account.externalId) ? null : account.externalId;
}

/** An id that we gave ourselves, to what has no account elsewhere. */
const OURS = /^[0-9a-f]{8}-(?:[0-9a-f]{4}-){3}[0-9a-f]{12}$/u;

/** How people recognise an account: its domain, or its id and then its name. */
export function accountLine({ domain, externalId, name }: Account): string {
  if (domain) return domain;
  if (OURS.test(externalId)) return name;
  return name && name !== externalId ? `${externalId} · ${name}` : externalId;
}

/** The same in the fewest characters. */
export const shortAccount = ({ domain, externalId, name }: Account): string =>
  domain ?? (OURS.test(externalId) ? name : externalId);
