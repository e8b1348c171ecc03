/**
 * Looking around before anything is connected: a brand of made-up data that is one person's own. They are a viewer there,
 * so that all that could be changed is absent by its ordinary rule, and nothing of it is ever mixed with a brand of theirs.
 */
import { sql } from "drizzle-orm";
import { SAMPLE_PLATFORMS } from "@headwater/connectors/platforms.ts";
import { datasourceId, organisationId } from "@headwater/db/schema/ids.ts";
import type { DatasourceId, OrganisationId } from "@headwater/db/schema/ids.ts";
import { memberships, organisations } from "@headwater/db/schema/tables.ts";
import { randomUUID } from "node:crypto";
import type { Person } from "../access/caller.ts";
import { audit } from "../datasources/audit.ts";
import { beginDatasource } from "../datasources/begin.ts";
import { rung, ringLater } from "../datasources/command.ts";
import type { Context } from "../graphql/context.ts";
import { idIn } from "../graphql/node.ts";
import { knownPlatform } from "../reading/catalog.ts";
import { readMemberships } from "../reading/organisation.ts";
import type { OrganisationRow } from "../reading/organisation.ts";
import { countHit, keyOf } from "../signin/throttle.ts";
import { InvalidInput, NotAllowed, OrganisationGone } from "../words/problems.ts";

const DAY_MS = 86_400_000;
const KEPT_MS = 14 * DAY_MS;
/** Made anew so often in a day. */
export const SAMPLES_A_DAY = 5;

/** The one that stands, or a new one with the zone, currency and region of `like`. */
export async function openSample(ctx: Context, like: string): Promise<OrganisationRow> {
  const person = personIn(ctx);
  const own = await readMemberships(ctx.db, person.userId);
  const standing = own.find(({ organisation }) => organisation.sampleFor === person.userId);
  if (standing !== undefined) return standing.organisation;
  const model = own.find(({ organisation }) => organisation.id === idIn("Organisation", like))?.organisation;
  if (model === undefined) throw new OrganisationGone();
  await countSample(ctx, person);
  const id = organisationId(randomUUID());
  const made = await within(ctx, id, () => make(ctx, { id, person, model }));
  if (made !== null) return made;
  // Two clicks at once: the other's stands by now.
  const others = await readMemberships(ctx.db, person.userId);
  const found = others.find(({ organisation }) => organisation.sampleFor === person.userId);
  if (found === undefined) throw new OrganisationGone();
  return found.organisation;
}

/** At once, and for good: nobody belongs to it any more, and what it held is deleted. */
export async function removeSample(ctx: Context, gid: string): Promise<OrganisationId> {
  const { userId } = personIn(ctx);
  const own = await readMemberships(ctx.db, userId);
  const sample = own.find(({ organisation }) => organisation.id === idIn("Organisation", gid))?.organisation;
  if (sample === undefined) throw new OrganisationGone();
  if (sample.sampleFor !== userId) throw new NotAllowed();
  await within(ctx, sample.id, async () => {
    const ended = await ctx.db.execute<{ datasource: DatasourceId; version: number }>(sql`select * from end_sample()`);
    for (const { datasource, version } of ended) await rung(ctx, sample.id, datasource, version);
    await audit(ctx, { verb: "organisation.sampleRemoved", objectType: "organisation", objectId: sample.id });
  });
  return sample.id;
}

function personIn({ caller }: Context): Person {
  if (caller.kind !== "person") throw new NotAllowed();
  return caller;
}

/** The transaction stands in that organisation meanwhile; what fails takes the change back with its savepoint. */
async function within<T>(ctx: Context, organisation: OrganisationId, work: () => Promise<T>): Promise<T> {
  const stand = (id: string) => ctx.db.execute(sql`select set_config('app.tenant', ${id}, true)`);
  await stand(organisation);
  const done = await work();
  await stand(ctx.caller.kind === "nobody" ? "" : (ctx.caller.organisationId ?? ""));
  return done;
}

interface Making {
  readonly id: OrganisationId;
  readonly person: Person;
  readonly model: OrganisationRow;
}

/** Null where this person's own stands by now. */
async function make(ctx: Context, { id, person, model }: Making): Promise<OrganisationRow | null> {
  const { zone, currency, region } = model;
  const slug = `sample-${id.slice(0, 8)}`;
  const sampleUntil = new Date(ctx.now.getTime() + KEPT_MS);
  const [row] = await ctx.db
    .insert(organisations)
    .values({
      id,
      slug,
      name: ctx.words.say("sample.brand"),
      zone,
      currency,
      region,
      sampleFor: person.userId,
      sampleUntil,
    })
    .onConflictDoNothing()
    .returning();
  if (row === undefined) return null;
  await ctx.db.insert(memberships).values({ organisationId: id, userId: person.userId, role: "viewer" });
  await audit(ctx, {
    verb: "organisation.founded",
    objectType: "organisation",
    objectId: id,
    after: { slug, sampleUntil: sampleUntil.toISOString() },
  });
  for (const platform of SAMPLE_PLATFORMS) await begin(ctx, id, platform);
  return row;
}

async function begin(
  ctx: Context,
  organisation: OrganisationId,
  platform: (typeof SAMPLE_PLATFORMS)[number],
): Promise<void> {
  const id = datasourceId(randomUUID());
  const { name, cadenceMinutes } = knownPlatform(platform);
  await beginDatasource(ctx, organisation, { id, platform, name, cadenceMinutes, told: { name } });
  await ringLater(ctx, organisation, id, 1);
}

/** Each leaves a trace behind: made and removed in a loop, they would be many. */
async function countSample(ctx: Context, { userId }: Person): Promise<void> {
  const { hits } = await countHit(ctx.db, keyOf("sample", userId), { now: ctx.now, windowMs: DAY_MS });
  if (hits > SAMPLES_A_DAY)
    throw new InvalidInput([
      { path: "organisation", message: ctx.words.say("sample.tooMany", { most: String(SAMPLES_A_DAY) }) },
    ]);
}
