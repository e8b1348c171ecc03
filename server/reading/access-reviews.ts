/** What was decided of who and what can reach the data, what was signed of it, and when the next one is due. */
import { and, asc, desc, eq, gt, isNull, max, min } from "drizzle-orm";
import { accessDecisions, accessReviews, apiTokens, datasources } from "@headwater/db/schema/tables.ts";
import type { AccessReviewId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { reviewDueAt } from "@headwater/workflows/lifecycle/review-due.ts";
import type { ApiTokenRow } from "./organisation.ts";
import type { Transaction } from "./transaction.ts";

export type DecisionRow = typeof accessDecisions.$inferSelect;
export type SignedRow = typeof accessReviews.$inferSelect;

export const readDecisions = (db: Transaction): Promise<DecisionRow[]> =>
  db.select().from(accessDecisions).orderBy(asc(accessDecisions.decidedAt), asc(accessDecisions.subjectId));

export const readLivingTokens = (db: Transaction, organisation: OrganisationId, now: Date): Promise<ApiTokenRow[]> =>
  db
    .select()
    .from(apiTokens)
    .where(and(eq(apiTokens.organisationId, organisation), isNull(apiTokens.revokedAt), gt(apiTokens.expiresAt, now)))
    .orderBy(asc(apiTokens.createdAt), asc(apiTokens.id));

export async function readReviewDue(
  db: Transaction,
  { isSample }: { readonly isSample: boolean },
): Promise<Date | null> {
  const [first] = await db.select({ connectedAt: min(datasources.connectedAt) }).from(datasources);
  const [last] = await db.select({ signedAt: max(accessReviews.signedAt) }).from(accessReviews);
  return reviewDueAt({ isSample, connectedAt: first?.connectedAt ?? null, signedAt: last?.signedAt ?? null });
}

/** The newest, and whose hash is shown; the older ones stand in the log with theirs. */
export const readSigned = (db: Transaction, most = SIGNED_MOST): Promise<SignedRow[]> =>
  db.select().from(accessReviews).orderBy(desc(accessReviews.signedAt), desc(accessReviews.id)).limit(most);

/** Three years of them. */
const SIGNED_MOST = 12;

export async function readSignedById(db: Transaction, id: AccessReviewId): Promise<SignedRow | null> {
  const [row] = await db.select().from(accessReviews).where(eq(accessReviews.id, id));
  return row ?? null;
}
