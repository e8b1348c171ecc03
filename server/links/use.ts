/**
 * A link's holder is home from the consent screen. The link is taken with the attempt, so that of two trips one goes on;
 * it is given back where nothing was granted, and its sender told where something was.
 */
import { eq } from "drizzle-orm";
import { isUuid, reauthorizeLinkId } from "@headwater/db/schema/ids.ts";
import { notices, organisations, reauthorizeLinks, users } from "@headwater/db/schema/tables.ts";
import type { connectAttempts } from "@headwater/db/schema/tables.ts";
import { datasourcePage } from "@headwater/workflows/client.ts";
import { NOBODY } from "../access/caller.ts";
import type { Services, Visitor } from "../graphql/context.ts";
import { writeMail } from "../mails/write.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readCommandsByIds } from "../reading/commands.ts";
import type { CommandRow } from "../reading/commands.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import type { Transaction } from "../reading/transaction.ts";
import { auditLink } from "./make.ts";
import { mayFollow, stateOfLink, tripOf } from "./state.ts";
import type { LinkRow } from "./state.ts";

type AttemptRow = typeof connectAttempts.$inferSelect;

export interface Use {
  readonly link: string;
  readonly attempt: AttemptRow;
  readonly now: Date;
}

/** False for a link that was taken back, has lapsed or is used up meanwhile. */
export async function takeLink(db: Transaction, { link: id, attempt, now }: Use): Promise<boolean> {
  if (!isUuid(id)) return false;
  const [link] = await db
    .select()
    .from(reauthorizeLinks)
    .where(eq(reauthorizeLinks.id, reauthorizeLinkId(id)))
    .for("no key update");
  if (link === undefined) return false;
  const [view] = await readDatasources(db, now, [link.datasourceId]);
  if (view === undefined || !mayFollow(stateOfLink(link, view, { trip: await readTrip(db, link), now }))) return false;
  await db.update(reauthorizeLinks).set({ usedAt: now, attemptId: attempt.id }).where(eq(reauthorizeLinks.id, link.id));
  return true;
}

export async function readTrip(db: Transaction, link: LinkRow): Promise<CommandRow | undefined> {
  const id = tripOf(link);
  return id === null ? undefined : (await readCommandsByIds(db, [id])).get(id);
}

/** Refused, or of no use: it opens again for as long as it lasts. */
export const giveLinkBack = (db: Transaction, attempt: AttemptRow) =>
  db.update(reauthorizeLinks).set({ usedAt: null, attemptId: null }).where(eq(reauthorizeLinks.attemptId, attempt.id));

export async function tellOfLink(
  db: Transaction,
  attempt: AttemptRow,
  { services, visitor, now }: { services: TellingServices; visitor: Visitor; now: Date },
): Promise<void> {
  const [link] = await db.select().from(reauthorizeLinks).where(eq(reauthorizeLinks.attemptId, attempt.id));
  if (link === undefined) return;
  const [view] = await readDatasources(db, now, [link.datasourceId]);
  if (view === undefined) return;
  await tellSender(db, link, view, services);
  await auditLink({ db, caller: NOBODY, visitor }, link, "used");
}

type TellingServices = Pick<Services, "vaultPublicKey" | "publicUrl">;

async function tellSender(
  db: Transaction,
  link: LinkRow,
  view: DatasourceView,
  { vaultPublicKey, publicUrl }: TellingServices,
): Promise<void> {
  const [sender] = await db.select().from(users).where(eq(users.id, link.createdBy));
  if (sender === undefined) return;
  const [brand] = await db
    .select({ slug: organisations.slug })
    .from(organisations)
    .where(eq(organisations.id, link.organisationId));
  await db
    .insert(notices)
    .values({
      organisationId: link.organisationId,
      datasourceId: link.datasourceId,
      kind: "linkFollowed",
      detail: { to: link.toAddress },
    })
    .onConflictDoNothing();
  await writeMail(db, vaultPublicKey, {
    to: sender.email,
    locale: sender.locale,
    kind: "reauthorizeDone",
    details: {
      to: link.toAddress,
      source: platformEntry(view.row.platform)?.name ?? view.row.platform,
      account: view.account?.name ?? view.row.name,
    },
    link: new URL(datasourcePage(brand?.slug ?? "", link.datasourceId), publicUrl).href,
    organisation: link.organisationId,
  });
}
