import { eq } from "drizzle-orm";
import { organisations } from "@headwater/db/schema/tables.ts";
import { organisationIn } from "../datasources/command.ts";
import type { Context } from "../graphql/context.ts";

/** The first steps, put away or shown again, for everybody in the organisation. Nothing else depends on it. */
export async function dismissOnboarding(ctx: Context, isDismissed: boolean): Promise<object> {
  await ctx.db
    .update(organisations)
    .set({ onboardingDismissedAt: isDismissed ? ctx.now : null })
    .where(eq(organisations.id, organisationIn(ctx)));
  return {};
}
