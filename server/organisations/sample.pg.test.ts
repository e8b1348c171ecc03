// A sample brand is one person's, to look at and nothing else; it takes nothing from a brand of theirs, and goes as it came.
import { beforeEach, describe, expect, test } from "vitest";
import { inTenant, openDatabase } from "@headwater/db";
import { organisationId } from "@headwater/db/schema/ids.ts";
import { allowPlan, listPlans } from "@headwater/db/set-plan.ts";
import { holdOverPlan } from "@headwater/workflows/activities/plans.ts";
import { endSamples } from "@headwater/workflows/activities/samples.ts";
import { globalId } from "../graphql/node.ts";
import { ownApi } from "../testing/own-api.ts";
import { joinAs, makeToken, signUp, withToken } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { SAMPLES_A_DAY } from "./sample.ts";

const api = ownApi();
let owner: Visitor;
beforeEach(async () => {
  owner = await signUp(api);
});

const OPEN = `mutation ($id: ID!) { r: openSampleBrand(input: { organisation: $id }) { is: __typename
  ... on OpenSampleBrandSuccess { organisation { id slug name isSample } }
  ... on InvalidInput { fields { path message } } ... on UserError { code } } }`;
const REMOVE = `mutation ($id: ID!) { r: removeSampleBrand(input: { organisation: $id }) { is: __typename
  ... on RemoveSampleBrandSuccess { removed } ... on UserError { code } } }`;

interface Sample {
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly isSample: boolean;
}

const gidOf = ({ organisationId: id }: Visitor): string => globalId("Organisation", id);
const open = async (who: Visitor, like = gidOf(who)) => (await who.ask(OPEN, { id: like })).data.r;
const opened = async (who: Visitor): Promise<Sample> => (await open(who)).organisation;
const remove = async (who: Visitor, id: string) => (await who.ask(REMOVE, { id })).data.r;
const inIt = ({ slug }: Sample) => ({ "x-organisation": slug });
const brandsOf = async (who: Visitor): Promise<{ role: string; organisation: Sample }[]> =>
  (await who.ask("{ me { memberships { role organisation { id slug name isSample } } } }")).data.me.memberships;
const rowOf = async ({ slug }: Sample) =>
  (
    await api.owner
      .sql`select *, sample_until > now() + interval '13 days' as "lastsTwoWeeks" from organisations where slug = ${slug}`
  )[0];

const SEEN = `{ organisation { isSample sampleUntil zone currency region viewerRole viewerCan slots { used } }
  datasources(first: 10) { nodes { id platform { name title method isConnectable } viewerCan { action isAllowed } } } }`;

describe("looking around", () => {
  test("gives a viewer a brand like their own, with a store and an ad account that begin by themselves", async () => {
    const sample = await opened(owner);
    expect(sample).toMatchObject({ name: "Sample brand", isSample: true });
    const { data } = await owner.ask(SEEN, {}, inIt(sample));
    expect(data.organisation).toMatchObject({ isSample: true, zone: "Asia/Kolkata", currency: "INR", region: "IN" });
    expect(data.organisation).toMatchObject({ viewerRole: "VIEWER", viewerCan: [], slots: { used: 0 } });
    expect(data.datasources.nodes.map((one: { platform: object }) => one.platform)).toEqual([
      { name: "sample-store", title: "Sample Store", method: "NONE", isConnectable: false },
      { name: "sample-ads", title: "Sample Ads", method: "NONE", isConnectable: false },
    ]);
    const allowed = data.datasources.nodes.flatMap((one: { viewerCan: { isAllowed: boolean }[] }) =>
      one.viewerCan.filter(({ isAllowed }) => isAllowed),
    );
    expect(allowed).toEqual([]);
    const row = await rowOf(sample);
    expect(row).toMatchObject({ sample_for: owner.userId, lastsTwoWeeks: true });
    const rung = api.rings.filter((ring) => ring.organisationId === row?.["id"]);
    expect(rung).toHaveLength(2);
    const own = await owner.ask(SEEN);
    expect(own.data.organisation).toMatchObject({ isSample: false, sampleUntil: null, viewerRole: "OWNER" });
    expect(own.data.datasources.nodes).toEqual([]);
  });

  test("asked again, from two windows at once or from the sample itself, opens the one that stands", async () => {
    const [one, two] = await Promise.all([open(owner), open(owner)]);
    expect(one).toEqual(two);
    expect(await opened(owner)).toEqual(one.organisation);
    expect(await open(owner, one.organisation.id)).toEqual(one);
    for (let n = 0; n <= SAMPLES_A_DAY; n += 1) expect(await open(owner), "which makes none anew").toEqual(one);
    expect(await brandsOf(owner)).toHaveLength(2);
    const [{ n } = { n: 0 }] = await api.owner.sql`
      select count(*)::int as n from datasources d join organisations o on o.id = d.organisation_id where o.sample_for = ${owner.userId}`;
    expect(n).toBe(2);
  });

  test("is each person's own: nobody else sees it, and nobody can take another's brand for a model", async () => {
    const colleague = await joinAs(api, owner, "viewer");
    const sample = await opened(owner);
    expect((await brandsOf(colleague)).map(({ organisation }) => organisation.slug)).not.toContain(sample.slug);
    const { data } = await colleague.ask("{ organisation { slug } }", {}, inIt(sample));
    expect(data?.organisation?.slug).not.toBe(sample.slug);
    expect((await opened(colleague)).slug).not.toBe(sample.slug);
    expect((await remove(colleague, sample.id)).code).toBe("ORGANISATION_GONE");
    const stranger = await signUp(api);
    expect((await open(stranger, gidOf(owner))).code).toBe("ORGANISATION_GONE");
    expect(await brandsOf(owner)).toHaveLength(2);
  });

  test("is for people: no token opens or removes one", async () => {
    const sample = await opened(owner);
    const token = withToken(api, (await makeToken(owner, ["READ", "MANAGE"])).secret);
    expect((await token(OPEN, { id: gidOf(owner) })).data.r.code).toBe("NOT_ALLOWED");
    expect((await token(REMOVE, { id: sample.id })).data.r.code).toBe("NOT_ALLOWED");
  });

  test("cannot be made and removed for ever", async () => {
    for (let n = 0; n < SAMPLES_A_DAY; n += 1)
      expect((await remove(owner, (await opened(owner)).id)).is).toBe("RemoveSampleBrandSuccess");
    expect(await open(owner)).toMatchObject({ code: "INVALID_INPUT", fields: [{ path: "organisation" }] });
    expect(await brandsOf(owner)).toHaveLength(1);
  });
});

test("its platforms are in no catalog, and nobody can connect one", async () => {
  const names = (await owner.ask("{ catalog { name } }")).data.catalog.map(({ name }: { name: string }) => name);
  expect(names).toHaveLength(27);
  expect(names.filter((name: string) => name.startsWith("sample"))).toEqual([]);
  for (const platform of ["sample-store", "sample-ads"]) {
    expect((await owner.ask(`{ platform(name: "${platform}") { title } }`)).data.platform).toBeNull();
    const native = `mutation { r: connectNative(input: { platform: "${platform}", idempotencyKey: "n" }) { is: __typename ... on UserError { message } } }`;
    const refused = { is: "PlatformUnavailable", message: expect.stringContaining("is made up") };
    expect((await owner.ask(native)).data.r).toEqual(refused);
    const input = (key: string) => `input: { platform: "${platform}", fields: [], idempotencyKey: "${key}" }`;
    const by = async (field: string) =>
      (await owner.ask(`mutation { r: ${field}(${input(field)}) { is: __typename ... on UserError { message } } }`))
        .data.r;
    expect(await by("connectDatasource")).toEqual(refused);
    expect(await by("connectWithKey")).toEqual(refused);
  }
  const [{ n } = { n: 1 }] = await api.owner.sql`
    select count(*)::int as n from datasources where organisation_id = ${owner.organisationId}`;
  expect(n).toBe(0);
});

describe("a removed sample brand", () => {
  test("is gone at once, its datasources disconnected with their data, and the own brand is what it was", async () => {
    const sample = await opened(owner);
    const row = await rowOf(sample);
    const before = api.rings.length;
    expect(await owner.ask(REMOVE, { id: sample.id }, inIt(sample)).then(({ data }) => data.r)).toEqual({
      is: "RemoveSampleBrandSuccess",
      removed: sample.id,
    });
    expect((await brandsOf(owner)).map(({ role }) => role)).toEqual(["OWNER"]);
    const ended = await api.owner.sql`
      select delete_data, undo_until <= now() as over, generation, disconnected_at is not null as ended
      from datasources where organisation_id = ${row?.["id"]}`;
    const gone = { delete_data: true, over: true, generation: 2, ended: true };
    expect([...ended]).toEqual([gone, gone]);
    await expect.poll(() => api.rings.length).toBe(before + 2);
    expect((await remove(owner, sample.id)).code).toBe("ORGANISATION_GONE");
    const next = await opened(owner);
    expect(next.slug).not.toBe(sample.slug);
  });

  test("can be no brand of one's own", async () => {
    expect((await remove(owner, gidOf(owner))).code).toBe("NOT_ALLOWED");
    expect(await brandsOf(owner)).toHaveLength(1);
    const rows = await inTenant(
      api.serving.services.db,
      owner.organisationId,
      ({ sql }) => sql`select * from end_sample()`,
    );
    expect([...rows]).toEqual([]);
    expect(await brandsOf(owner)).toHaveLength(1);
  });

  test("ends by itself when its time is over, and not before", async () => {
    const sample = await opened(owner);
    const row = await rowOf(sample);
    const worker = openDatabase({ url: api.databaseUrls.workerUrl, max: 2, name: "test worker" });
    const heard: string[] = [];
    const listening = await api.owner.sql.listen("changed", (what) => void heard.push(what));
    try {
      await endSamples({ db: worker });
      expect(await brandsOf(owner)).toHaveLength(2);
      await api.owner
        .sql`update organisations set sample_until = now() - interval '1 minute' where id = ${row?.["id"]}`;
      expect((await endSamples({ db: worker })).acted).toBe(2);
      expect(await brandsOf(owner)).toHaveLength(1);
      expect((await endSamples({ db: worker })).acted).toBe(0);
      const ofIt = () => heard.filter((what) => what.startsWith(`${row?.["id"]}:`));
      await expect.poll(() => new Set(ofIt()).size, { message: "whoever looks on hears of it" }).toBe(2);
    } finally {
      await listening.unlisten();
      await worker.close();
    }
  });
});

test("a removed sample brand is seen by nobody from then on: not by its slug, in no operator's list, by no sweep; its log alone is kept", async () => {
  const db = openDatabase({ url: api.databaseUrls.workerUrl, max: 2, name: "test worker" });
  try {
    const plans = await listPlans(api.owner);
    const sample = await opened(owner);
    const id = String((await rowOf(sample))?.["id"]);
    expect(await listPlans(api.owner), "nor while it stands").toEqual(plans);
    await remove(owner, sample.id);
    const { data } = await owner.ask(
      "{ organisation { slug } node(id: $id) { id } }".replace("$id", JSON.stringify(sample.id)),
      {},
      inIt(sample),
    );
    expect(data?.organisation?.slug).not.toBe(sample.slug);
    expect(data?.node ?? null).toBeNull();
    expect(await listPlans(api.owner)).toEqual(plans);
    await allowPlan(api.owner, "free", 4);
    await allowPlan(api.owner, "free", 3);
    const { looked } = await holdOverPlan({ db });
    const [{ n } = { n: 0 }] = await api.owner.sql`
      select count(distinct organisation_id)::int as n from datasources where disconnected_at is null and organisation_id <> ${id}`;
    expect(looked).toBe(n);
    const held = await api.owner.sql`
      select (select count(*) from slots where organisation_id = ${id})::int as slots,
        (select count(*) from memberships where organisation_id = ${id})::int as members,
        (select count(*) from audit_log where organisation_id = ${id} and verb = 'organisation.allowanceSet')::int as told,
        (select count(*) > 0 from audit_log where organisation_id = ${id}) as "hasLog"`;
    expect([...held]).toEqual([{ slots: 0, members: 0, told: 0, hasLog: true }]);
  } finally {
    await db.close();
  }
});

test("nobody is written to about a sample brand", async () => {
  const sample = await opened(owner);
  const id = organisationId(String((await rowOf(sample))?.["id"]));
  const mail = (of: string, once: string) =>
    inTenant(
      api.serving.services.db,
      organisationId(of),
      ({ sql }) => sql`
    select mail_people('platformOpened', '{}', ${once}, array[${owner.userId}]::uuid[])`,
    );
  await mail(owner.organisationId, "own");
  await mail(id, "sample");
  const mails = await api.owner.sql`select organisation_id as id from mails where kind = 'platformOpened'`;
  expect([...mails]).toEqual([{ id: owner.organisationId }]);
});
