/** A link for the person who holds a grant: made and told once, taken back at any time. */
import { count, eq, gt, sql } from "drizzle-orm";
import * as v from "valibot";
import { NO_REGION, regionOf } from "@headwater/db/region.ts";
import { reauthorizeLinks } from "@headwater/db/schema/tables.ts";
import { reauthorizeLinkId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId, ReauthorizeLinkId } from "@headwater/db/schema/ids.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { audit } from "../datasources/audit.ts";
import { announce, checkKey, lockDatasource, organisationIn, viewOf } from "../datasources/command.ts";
import type { Target } from "../datasources/change.ts";
import { allowanceFor } from "../graphql/actions.ts";
import type { Context } from "../graphql/context.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed, NotPossibleNow } from "../words/problems.ts";
import { LinkGone } from "../words/problems.ts";
import { writeMail } from "../mails/write.ts";
import { readOrganisation } from "../reading/organisation.ts";
import { platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { refusalInWords } from "../words/reasons.ts";
import { hashLink, makeLinkToken } from "./link-text.ts";
import type { LinkRow } from "./state.ts";

const LINK_MS = 72 * 3_600_000;
const DAY_MS = 24 * 3_600_000;
/** Mails of ours in a day, to one person and from one organisation: nobody is pestered under our name. */
export const TO_ONE_MOST = 5;
export const IN_ALL_MOST = 50;
const Address = v.pipe(v.string(), v.trim(), v.toLowerCase(), v.maxLength(254), v.email());

export interface MadeLink {
  readonly row: LinkRow;
  readonly view: DatasourceView;
  /** Told here once; null where the same key made it before. */
  readonly url: string | null;
}

export async function makeLink(ctx: Context, target: Target, email: string): Promise<MadeLink> {
  checkKey(target.idempotencyKey);
  const organisation = organisationIn(ctx);
  const to = v.safeParse(Address, email);
  if (!to.success) throw new InvalidInput([{ path: "email", message: ctx.words.say("input.email") }]);
  if (target.datasource === null || (await lockDatasource(ctx, target.datasource)) === null) throw new DatasourceGone();
  const view = await viewOf(ctx, target.datasource);
  const id = reauthorizeLinkId(idFor(organisation, `link ${target.idempotencyKey}`));
  const earlier = await readLink(ctx, id);
  if (earlier !== null) {
    if (earlier.datasourceId !== view.row.id || earlier.toAddress !== to.output) throw new KeyReused();
    return { row: earlier, view, url: null };
  }
  const allowance = allowanceFor("SEND_REAUTHORIZE_LINK", view, ctx);
  if (!allowance.allowed && allowance.because === "role") throw new NotAllowed();
  if (!allowance.allowed) throw new NotPossibleNow(refusalInWords(allowance, ctx.words), view);
  await refuseTooMany(ctx, to.output);
  return write(ctx, organisation, view, { id, to: to.output });
}

async function refuseTooMany(ctx: Context, to: string): Promise<void> {
  const [sent] = await ctx.db
    .select({ all: count(), toOne: sql<number>`count(*) filter (where ${reauthorizeLinks.toAddress} = ${to})::int` })
    .from(reauthorizeLinks)
    .where(gt(reauthorizeLinks.createdAt, new Date(ctx.now.getTime() - DAY_MS)));
  if (sent === undefined || (sent.toOne < TO_ONE_MOST && sent.all < IN_ALL_MOST)) return;
  throw new InvalidInput([{ path: "email", message: ctx.words.say("input.tooManyLinks") }]);
}

async function write(
  ctx: Context,
  organisation: OrganisationId,
  view: DatasourceView,
  { id, to }: { readonly id: ReauthorizeLinkId; readonly to: string },
): Promise<MadeLink> {
  const { caller } = ctx;
  if (caller.kind !== "person") throw new NotAllowed();
  const token = makeLinkToken(organisation);
  const expiresAt = new Date(ctx.now.getTime() + LINK_MS);
  const [row] = await ctx.db
    .insert(reauthorizeLinks)
    .values({
      organisationId: organisation,
      id,
      datasourceId: view.row.id,
      tokenHash: hashLink(token),
      toAddress: to,
      createdBy: caller.userId,
      createdAt: ctx.now,
      expiresAt,
    })
    .returning();
  if (row === undefined) throw new KeyReused();
  const url = new URL(`/reauthorize#${token}`, ctx.services.publicUrl).href;
  const asking = await readOrganisation(ctx.db, organisation);
  await writeMail(ctx.db, ctx.services.vaultPublicKey, {
    to,
    locale: ctx.locale,
    kind: "reauthorizeLink",
    details: {
      askedBy: caller.name,
      organisation: asking?.name ?? "",
      source: platformEntry(view.row.platform)?.name ?? view.row.platform,
      account: view.account?.name ?? view.row.name,
      expiresAt: expiresAt.toISOString(),
      zone: asking?.zone ?? "UTC",
      region: asking === null ? NO_REGION : regionOf(asking),
    },
    link: url,
    organisation,
  });
  await announce(ctx, view.row.id);
  await auditLink(ctx, row, "made");
  return { row, view, url };
}

export async function revokeLink(
  ctx: Context,
  id: ReauthorizeLinkId | null,
): Promise<{ row: LinkRow; view: DatasourceView }> {
  const found = id === null ? null : await readLink(ctx, id);
  if (found === null) throw new LinkGone();
  const [row] =
    found.revokedAt === null
      ? await ctx.db
          .update(reauthorizeLinks)
          .set({ revokedAt: ctx.now })
          .where(eq(reauthorizeLinks.id, found.id))
          .returning()
      : [found];
  if (row === undefined) throw new LinkGone();
  if (found.revokedAt === null) {
    await announce(ctx, row.datasourceId);
    await auditLink(ctx, row, "revoked");
  }
  return { row, view: await viewOf(ctx, row.datasourceId) };
}

export async function readLink(ctx: Pick<Context, "db">, id: ReauthorizeLinkId): Promise<LinkRow | null> {
  const [row] = await ctx.db.select().from(reauthorizeLinks).where(eq(reauthorizeLinks.id, id));
  return row ?? null;
}

export const auditLink = (
  ctx: Pick<Context, "db" | "caller" | "visitor">,
  { datasourceId, id, toAddress }: LinkRow,
  what: "made" | "opened" | "used" | "revoked",
): Promise<void> =>
  audit(ctx, {
    verb: `reauthorizeLink.${what}`,
    objectType: "reauthorizeLink",
    objectId: id,
    datasourceId,
    after: { to: toAddress },
  });
