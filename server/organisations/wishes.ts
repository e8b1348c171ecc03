/** Who wants to be told once a platform can be connected: kept until it is told, or taken back. */
import { and, eq } from "drizzle-orm";
import { wishes } from "@headwater/db/schema/tables.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { organisationIn } from "../datasources/command.ts";
import type { Context } from "../graphql/context.ts";
import { platformEntry } from "../reading/catalog.ts";
import { InvalidInput, NotAllowed } from "../words/problems.ts";

/** Of what is open already there is nothing left to tell. */
export async function setWish(ctx: Context, platform: string | null, isWished: boolean): Promise<CatalogEntry> {
  const { caller } = ctx;
  if (caller.kind !== "person") throw new NotAllowed();
  const organisationId = organisationIn(ctx);
  const entry = platformEntry(platform ?? "");
  if (entry === null || (isWished && entry.state === "ready"))
    throw new InvalidInput([{ path: "platform", message: ctx.words.say("input.platform") }]);
  const own = { organisationId, userId: caller.userId, platform: entry.platform };
  if (isWished)
    await ctx.db
      .insert(wishes)
      .values({ ...own, at: ctx.now })
      .onConflictDoNothing();
  else
    await ctx.db
      .delete(wishes)
      .where(
        and(
          eq(wishes.organisationId, own.organisationId),
          eq(wishes.userId, own.userId),
          eq(wishes.platform, own.platform),
        ),
      );
  return entry;
}
