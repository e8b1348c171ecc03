// The SKU that was meant, wherever in it the mistake is: one mistake in the first letters, in the last, or between them.
import { randomUUID } from "node:crypto";
import { inTenant, organisationId } from "@headwater/db";
import { ownDatabase } from "@headwater/db/testing/own-database.ts";
import * as fc from "fast-check";
import { expect, inject, test } from "vitest";
import { nearestOf } from "../costs/nearest.ts";
import { readNearestSkus } from "./skus.ts";

const made = ownDatabase();

const letters = fc.string({ unit: fc.constantFrom("A", "B", "M", "-", "1", "2"), minLength: 6, maxLength: 12 });

type Mistake = (sku: string, at: number) => string;
const mistakes: readonly Mistake[] = [
  (sku, at) => `${sku.slice(0, at)}Q${sku.slice(at)}`,
  (sku, at) => `${sku.slice(0, at)}Q${sku.slice(at + 1)}`,
  (sku, at) => sku.slice(0, at) + sku.slice(at + 1),
  (sku, at) => sku.slice(0, at) + (sku[at + 1] ?? "") + (sku[at] ?? "") + sku.slice(at + 2),
];

test("an SKU with one mistake anywhere in it is known as the nearest of all there are", async () => {
  const seed = inject("seed") ?? Number(process.hrtime.bigint() % 1_000_000n);
  console.log(`seed ${seed}`);
  const sample = fc.tuple(
    fc.uniqueArray(letters, { minLength: 1, maxLength: 12 }),
    fc.constantFrom(...mistakes),
    fc.nat(),
  );
  const property = fc.asyncProperty(sample, async ([skus, mistake, place]) => {
    const organisation = organisationId(randomUUID());
    const { sql } = made.owner;
    await sql`insert into organisations ${sql({ id: organisation, slug: organisation, name: "Brand", zone: "UTC", currency: "INR" })}`;
    await sql`insert into variants (organisation_id, account_id, id, version_at, product_id, sku)
      select ${organisation}, gen_random_uuid(), n, now(), '1', n from unnest(${skus}::text[]) as n`;
    const wrong = skus.map((sku) => mistake(sku, place % sku.length)).filter((sku) => !skus.includes(sku));
    fc.pre(wrong.length > 0);
    const meant = await inTenant(made.api, organisation, ({ drizzle }) => readNearestSkus(drizzle, wrong));
    for (const sku of wrong) expect(meant.get(sku), sku).toBe(nearestOf(sku, skus));
  });
  await fc.assert(property, { seed, numRuns: 60 });
});
