/** Mails to people of an organisation: what they speak of, and who is told. */
import { catalog } from "@headwater/connectors/catalog.ts";
import type { TenantTransaction } from "@headwater/db";
import { regionOf } from "@headwater/db/region.ts";
import { datasourcePage } from "../mails/pages.ts";

const nameOf = new Map<string, string>(catalog.map(({ platform, name }) => [platform, name]));
const loginOf = new Map<string, string>(catalog.map(({ platform, methods }) => [platform, methods[0]]));

/** A transaction of one organisation, however it was begun. */
export type Telling = Pick<TenantTransaction, "sql" | "organisationId">;

export interface Named {
  readonly id: string;
  readonly platform: string;
  readonly account: string;
}

export type Detail = Readonly<Record<string, string | number | null | readonly string[]>>;

export interface MailToPeople {
  readonly kind: string;
  readonly details: Detail;
  /** What names it: said twice, it is one mail. */
  readonly once: string;
  /** Members of the organisation; without it whoever manages it. */
  readonly people?: readonly string[];
}

/** What it is about, and where somebody can do something about it. */
export async function aboutOf(
  tx: Telling,
  { id, platform, account }: Named,
): Promise<Readonly<Record<"source" | "account" | "login" | "page" | "zone" | "region", string>>> {
  const [organisation] = await tx.sql<{ slug: string; zone: string; region: string | null }[]>`
    select slug, zone, region from organisations where id = ${tx.organisationId}`;
  const { slug, zone, region } = organisation ?? { slug: "", zone: "UTC", region: null };
  const place = { zone, region: regionOf({ zone, region }) };
  const login = loginOf.get(platform) ?? "";
  return { source: nameOf.get(platform) ?? platform, account, login, page: datasourcePage(slug, id), ...place };
}

/** Gives whom it told, now or before. */
export async function mail(tx: Telling, { kind, details, once, people }: MailToPeople): Promise<string[]> {
  const [row] = await tx.sql<{ told: string[] }[]>`
    select mail_people(${kind}, ${JSON.stringify(details)}::text::jsonb, ${once}, ${people === undefined ? null : [...people]}::uuid[]) as told`;
  return row?.told ?? [];
}

/** One is named, of several each. */
export async function mailOf(
  tx: Telling,
  named: readonly Named[],
  { kinds, ...rest }: Omit<MailToPeople, "kind" | "details"> & { readonly kinds: { one: string; several: string } },
): Promise<string[]> {
  const [first, ...others] = named;
  if (first === undefined) return [];
  const { account, ...about } = await aboutOf(tx, first);
  if (others.length === 0) return mail(tx, { ...rest, kind: kinds.one, details: { ...about, account } });
  const accounts = named.map((one) => one.account);
  return mail(tx, { ...rest, kind: kinds.several, details: { ...about, accounts, count: accounts.length } });
}
