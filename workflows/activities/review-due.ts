/** Tells those who may sign an access review that one is due: one notice until it is signed, and one mail. */
import { regionOf } from "@headwater/db/region.ts";
import { isReviewTold, reviewDueAt } from "../lifecycle/review-due.ts";
import type { ReviewFacts } from "../lifecycle/review-due.ts";
import { accessReviewPage } from "../mails/pages.ts";
import { mail } from "./mailing.ts";
import type { Telling } from "./mailing.ts";

interface Reviewing extends ReviewFacts {
  readonly slug: string;
  readonly zone: string;
  readonly region: string | null;
}

/** How many were told or are over. The signing ends it itself; here ends what a signing overtook. */
export async function tellReview(tx: Telling, now = new Date()): Promise<number> {
  const [one] = await tx.sql<Reviewing[]>`
    select slug, zone, region, sample_until is not null as "isSample",
      (select min(connected_at) from datasources d where d.organisation_id = o.id) as "connectedAt",
      (select max(signed_at) from access_reviews r where r.organisation_id = o.id) as "signedAt"
    from organisations o where o.id = ${tx.organisationId}`;
  if (one === undefined) return 0;
  const dueAt = reviewDueAt(one);
  if (!isReviewTold(dueAt, now)) {
    const over = await tx.sql`update notices set resolved_at = now() where kind = 'reviewDue' and resolved_at is null`;
    return over.count;
  }
  const due = { dueAt: dueAt.toISOString() };
  const detail = JSON.stringify({ ...due, about: "seeAccessReview" });
  const told = await tx.sql`
    insert into notices (organisation_id, kind, detail) values (${tx.organisationId}, 'reviewDue', ${detail}::text::jsonb)
    on conflict (organisation_id) where kind = 'reviewDue' and resolved_at is null do nothing`;
  if (told.count === 0) return 0;
  const place = { zone: one.zone, region: regionOf(one), page: accessReviewPage(one.slug) };
  await mail(tx, { kind: "reviewDue", once: `review ${due.dueAt}`, details: { ...due, ...place } });
  return 1;
}
