/** A merchant for each test, with people who manage the organisation and one who does not, and what they are told. */
import { randomUUID } from "node:crypto";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import { beforeAll, beforeEach } from "vitest";
import { newMerchant } from "../../temporal/testing/merchant.ts";
import type { Merchant } from "../../temporal/testing/merchant.ts";
import type { SweepDeps } from "../deps.ts";
import { sweepDeps } from "./own-rows.ts";

export interface TellingRig {
  readonly deps: SweepDeps;
  readonly merchant: Merchant;
  /** Connected and live; its id. */
  readonly source: (name?: string) => Promise<string>;
  readonly told: (id: string) => Promise<{ kind: string; times: number; isOver: boolean; detail: object }[]>;
  readonly mails: () => Promise<SentMail[]>;
  /** Where somebody can do something about it. */
  readonly pageOf: (id: string) => Promise<string>;
}

interface SentMail {
  readonly kind: string;
  readonly details: { days?: number; page?: string; account?: string; login?: string; accounts?: string[] };
  readonly locale: string;
  readonly to: string;
}

export function tellingRig(): TellingRig {
  const own = ownDatabase();
  let deps: SweepDeps;
  let merchant: Merchant;
  beforeAll(() => {
    deps = sweepDeps(own.worker);
  });
  beforeEach(async () => {
    merchant = await newMerchant(own.ownerUrl, deps.ringer);
    for (const role of ["owner", "admin", "analyst"] as const) {
      const id = randomUUID();
      await merchant.sql`insert into users (id, name, email, locale) values (${id}, ${role}, ${`${role}-${id}@example.com`}, 'hi')`;
      await merchant.sql`insert into memberships (organisation_id, user_id, role) values (${merchant.organisationId}, ${id}, ${role})`;
    }
    return () => merchant.close();
  });
  return {
    get deps() {
      return deps;
    },
    get merchant() {
      return merchant;
    },
    async source(name) {
      const { datasourceId } = await merchant.connect();
      await merchant.sql`
        update datasources set phase = 'LIVE', auth = 'ok', connected_at = now(), name = coalesce(${name ?? null}, name)
        where id = ${datasourceId}`;
      return datasourceId;
    },
    told: (id) => merchant.sql<{ kind: string; times: number; isOver: boolean; detail: object }[]>`
      select kind, times, resolved_at is not null as "isOver", detail from notices where datasource_id = ${id} order by since, kind`,
    mails: () => merchant.sql<SentMail[]>`
      select kind, details, locale, to_address as to from mails where organisation_id = ${merchant.organisationId}
      order by created_at, id`,
    async pageOf(id) {
      const [row] = await merchant.sql<{ slug: string }[]>`
        select slug from organisations where id = ${merchant.organisationId}`;
      const named = Buffer.from(`Datasource:${id}`).toString("base64url");
      return `/${row?.slug}/settings/integrations/datasources/${named}`;
    },
  };
}
