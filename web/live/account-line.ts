import type { LiveDatasource } from "./live.documents.ts";

type Account = Pick<NonNullable<LiveDatasource["account"]>, "domain" | "externalId" | "name">;

interface Told {
  readonly name: string;
  readonly platform: Pick<LiveDatasource["platform"], "title">;
  readonly account: Account | null;
  readonly attempt?: { readonly askedFor: string | null } | null;
}

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

type Listed = Told & { readonly id: string };

/** By id, what tells those apart that are of one name in a list: of the others nothing, for their names do. */
export function toldApart(all: readonly Listed[]): ReadonlyMap<string, string> {
  const byName = Map.groupBy(all, ({ name }) => name.trim().toLowerCase());
  const alike = [...byName.values()].filter((group) => group.length > 1).flat();
  return new Map(alike.map((one) => [one.id, accountOf(one, shortAccount) ?? one.platform.title]));
}

/** The name as a sentence says it, where another that is spoken of may have the same. */
export function nameAmong(one: Listed, others: readonly Listed[]): string {
  const apart = toldApart([one, ...others.filter(({ id }) => id !== one.id)]).get(one.id);
  return apart === undefined ? one.name : `${one.name} · ${apart}`;
}
