/**
 * What a link opens for somebody without an account: what is asked of them, and one trip to the consent screen. Nothing
 * else of the organisation is read, and everything is read in its own short transaction, for nobody is signed in.
 */
import { randomUUID } from "node:crypto";
import { and, eq, isNull } from "drizzle-orm";
import { inTenant } from "@headwater/db";
import { connectAttempts, organisations, reauthorizeLinks, users } from "@headwater/db/schema/tables.ts";
import { connectAttemptId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId } from "@headwater/db/schema/ids.ts";
import { NOBODY } from "../access/caller.ts";
import { PERMISSIONS } from "../access/permissions.ts";
import { followCommit } from "../after-commit.ts";
import type { Following } from "../after-commit.ts";
import { announce, lockDatasource, viewOf } from "../datasources/command.ts";
import { firstParams } from "../datasources/connect.ts";
import { problemOf } from "../graphql/attempt.ts";
import type { Context } from "../graphql/context.ts";
import { contextFor } from "../graphql/operation.ts";
import { hasData } from "../graphql/reason-setting.ts";
import { LinkLapsed, PlatformUnavailable } from "../words/problems.ts";
import { consentAddress, startTrip } from "../oauth/start.ts";
import { knownPlatform, platformEntry } from "../reading/catalog.ts";
import { readNewestTry } from "../reading/commands.ts";
import { readRole } from "../reading/people.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import type { ReasonView } from "../words/reasons.ts";
import { linkBrowser } from "./browser.ts";
import { hashLink, organisationInLink } from "./link-text.ts";
import { auditLink } from "./make.ts";
import { mayFollow, stateOfLink } from "./state.ts";
import type { LinkRow, LinkState } from "./state.ts";
import { readTrip } from "./use.ts";

export interface Invitation {
  readonly link: LinkRow;
  readonly state: LinkState;
  readonly view: DatasourceView;
  readonly organisationName: string;
  readonly askedBy: string;
  /** What became of the last try; null where there was none, or nothing is amiss. */
  readonly problem: ReasonView | null;
}

interface Found {
  readonly ctx: Context;
  readonly organisation: OrganisationId;
  readonly link: LinkRow;
  readonly view: DatasourceView | undefined;
  readonly state: LinkState;
}

async function withLink<Result>(
  { services, visitor, locale }: Context,
  token: string,
  work: (found: Found) => Promise<Result>,
): Promise<Result | null> {
  const organisation = organisationInLink(token);
  if (organisation === null) return null;
  const after: Following[] = [];
  const result = await inTenant(services.db, organisation, async ({ drizzle }) => {
    const [link] = await drizzle
      .select()
      .from(reauthorizeLinks)
      .where(eq(reauthorizeLinks.tokenHash, hashLink(token)))
      .for("no key update");
    if (link === undefined) return null;
    const asking = { caller: NOBODY, visitor, locale };
    const ctx = contextFor(services, asking, { db: drizzle, afterCommit: (follow) => after.push(follow) });
    const [view] = await readDatasources(drizzle, ctx.now, [link.datasourceId]);
    const state = stateOfLink(link, view, { trip: await readTrip(drizzle, link), now: ctx.now });
    const isVain = mayFollow(state) && !(await mayStillSend(ctx, link));
    return work({ ctx, organisation, link, view, state: isVain ? "EXPIRED" : state });
  });
  followCommit(services, after);
  return result;
}

/** With the right of whoever sent it, it stands and falls: nobody is sent to a consent screen for nothing. */
async function mayStillSend({ db }: Context, { organisationId, createdBy }: LinkRow): Promise<boolean> {
  const role = await readRole(db, organisationId, createdBy);
  return role !== null && PERMISSIONS.consent.roles.includes(role);
}

/** Looked at for the first time, that is written down: whoever sent it sees it. */
export const openInvitation = (asking: Context, token: string): Promise<Invitation | null> =>
  withLink(asking, token, async ({ ctx, organisation, link, view, state }) => {
    if (view === undefined) return null;
    const isNews = state === "SENT";
    if (isNews) {
      await ctx.db
        .update(reauthorizeLinks)
        .set({ openedAt: ctx.now })
        .where(and(eq(reauthorizeLinks.id, link.id), isNull(reauthorizeLinks.openedAt)));
      await announce(ctx, link.datasourceId);
      await auditLink(ctx, link, "opened");
    }
    const [brand] = await ctx.db.select().from(organisations).where(eq(organisations.id, organisation));
    const [person] = await ctx.db.select({ name: users.name }).from(users).where(eq(users.id, link.createdBy));
    return {
      link,
      view,
      state: isNews ? "OPENED" : state,
      organisationName: brand?.name ?? "",
      problem: mayFollow(state) ? await problemOfLastTry(ctx, link, brand?.zone ?? "UTC") : null,
      askedBy: person?.name ?? ctx.words.say("actor.former"),
    };
  });

/** Of the account that its holder came with, and of nothing else; instants are the brand's own. */
async function problemOfLastTry(ctx: Context, link: LinkRow, zone: string): Promise<ReasonView | null> {
  const row = await readNewestTry(ctx.db, link);
  if (row === null) return null;
  return problemOf(row, ctx, (view) =>
    Promise.resolve({
      words: ctx.words,
      zone,
      source: knownPlatform(view.row.platform).name,
      hasData: hasData(view),
      nameOf: () => Promise.resolve(ctx.words.say("actor.system")),
    }),
  );
}

/** The trip is bound to this browser by a cookie of its own: the address is of no use in another one. */
export async function followLink(asking: Context, token: string): Promise<{ readonly authorizeUrl: string }> {
  const browser = asking.visitor.keepBrowser?.() ?? null;
  if (browser === null) throw new LinkLapsed();
  const followed = await withLink(asking, token, async ({ ctx, organisation, link, view, state }) => {
    if (view === undefined || !mayFollow(state)) return null;
    await lockDatasource(ctx, view.row.id);
    const id = connectAttemptId(randomUUID());
    await startTrip(ctx, {
      id,
      organisation,
      datasource: view.row.id,
      platform: view.row.platform,
      purpose: "reauthorize",
      params: await firstParams(ctx, await viewOf(ctx, view.row.id)),
      returnTo: null,
      as: { userId: link.createdBy, browser: linkBrowser(browser), link: link.id },
    });
    const [attempt] = await ctx.db.select().from(connectAttempts).where(eq(connectAttempts.id, id));
    const authorizeUrl = attempt === undefined ? null : consentAddress(ctx.services, attempt);
    if (authorizeUrl === null) throw new PlatformUnavailable(platformEntry(view.row.platform), null);
    return { authorizeUrl };
  });
  if (followed === null) throw new LinkLapsed();
  return followed;
}
