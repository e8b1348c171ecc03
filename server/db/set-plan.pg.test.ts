import { execFile } from "node:child_process";
import { join } from "node:path";
import { promisify } from "node:util";
import { beforeAll, expect, test } from "vitest";
import { openDatabase } from "./connection.ts";
import { allowPlan, listPlans, PauseUnnamed, PlanRefused, putOnPlan } from "./set-plan.ts";
import { fillOrganisation } from "./testing/every-table.ts";
import { ownDatabase } from "./testing/own-database.ts";
import { verifyAudit } from "./verify-audit.ts";

const made = ownDatabase("ours");
let slug: string;

beforeAll(async () => {
  const [row] = await made.owner.sql<
    { slug: string }[]
  >`select slug from organisations where id = ${made.ours.organisationId}`;
  slug = row?.slug ?? "";
});

test("an operator puts an organisation on another plan, and the log says who it was, once", async () => {
  await putOnPlan(made.owner, slug, "scale");
  await putOnPlan(made.owner, slug, "scale");
  const rows = await made.owner.sql`
    select actor, before, after from audit_log where verb = 'organisation.planSet' and organisation_id = ${made.ours.organisationId}`;
  expect(rows).toHaveLength(1);
  expect(rows[0]).toMatchObject({ actor: { kind: "system", name: "operator" }, after: { plan: "scale" } });
  expect((await verifyAudit(made.owner)).faults).toEqual([]);
  await expect(putOnPlan(made.owner, slug, "gold")).rejects.toThrow(PlanRefused);
  await expect(putOnPlan(made.owner, "nobody", "scale")).rejects.toThrow(PlanRefused);
});

test("who asked for another plan has it, and what is asked besides stays asked", async () => {
  const { organisationId } = await fillOrganisation(made.owner, "asking");
  const { sql } = made.owner;
  await sql`update organisations set plan = 'free' where id = ${organisationId}`;
  await sql`delete from notices where organisation_id = ${organisationId}`;
  for (const about of ["changePlan", "apiToken"])
    await sql`insert into notices (organisation_id, kind, detail)
      values (${organisationId}, 'requested', ${sql.json({ about })})`;
  const [{ slug: asking } = { slug: "" }] = await sql<{ slug: string }[]>`
    select slug from organisations where id = ${organisationId}`;
  const standing = () => sql<{ about: string }[]>`
    select detail->>'about' as about from notices
    where organisation_id = ${organisationId} and resolved_at is null order by about`;
  await putOnPlan(made.owner, asking, "free", "ask");
  expect([...(await standing())], "the same plan is no other").toEqual([
    { about: "apiToken" },
    { about: "changePlan" },
  ]);
  await putOnPlan(made.owner, asking, "scale");
  expect([...(await standing())]).toEqual([{ about: "apiToken" }]);
});

test("how much a plan holds is data", async () => {
  await allowPlan(made.owner, "growth", 15);
  await allowPlan(made.owner, "scale", null);
  const plans = await listPlans(made.owner);
  expect(plans.find(({ id }) => id === "growth")).toMatchObject({ allowance: 15 });
  expect(plans.find(({ id }) => id === "scale")).toMatchObject({ allowance: null });
  await expect(allowPlan(made.owner, "gold", 1)).rejects.toThrow(PlanRefused);
});

test("whoever is on a plan finds in their own log that it was changed, from what to what, and nobody else does", async () => {
  const [first, second, other] = await Promise.all(["a", "b", "c"].map((name) => fillOrganisation(made.owner, name)));
  if (first === undefined || second === undefined || other === undefined) throw new Error("there are three");
  await made.owner
    .sql`update organisations set plan = 'custom' where id in ${made.owner.sql([first.organisationId, second.organisationId])}`;
  await allowPlan(made.owner, "custom", 40);
  await allowPlan(made.owner, "custom", 40);
  const rows = await made.owner.sql<{ id: string; actor: object; before: object; after: object }[]>`
    select organisation_id as id, actor, before, after from audit_log where verb = 'organisation.allowanceSet' and after->>'plan' = 'custom'`;
  const told = {
    actor: { kind: "system", name: "operator" },
    before: { allowance: null },
    after: { plan: "custom", allowance: 40 },
  };
  expect(rows).toHaveLength(2);
  for (const { organisationId: id } of [first, second]) expect(rows).toContainEqual({ id, ...told });
  expect((await verifyAudit(made.owner)).faults).toEqual([]);
});

async function withApps(name: string, count: number) {
  const { organisationId, userId } = await fillOrganisation(made.owner, name);
  await made.owner.sql`delete from slots where organisation_id = ${organisationId}`;
  const [row] = await made.owner.sql<{ slug: string }[]>`
    update organisations set plan = 'scale' where id = ${organisationId} returning slug`;
  const apps: string[] = [];
  for (let n = 0; n < count; n += 1) {
    const [app] = await made.owner.sql<{ id: string }[]>`
      with d as (insert into datasources (organisation_id, platform, name) values (${organisationId}, 'shopify', ${`App ${n}`})
        returning organisation_id, id)
      insert into slots (organisation_id, datasource_id, since)
      select organisation_id, id, now() - interval '1 day' + ${n} * interval '1 minute' from d returning datasource_id as id`;
    apps.push(app?.id ?? "");
  }
  const order = async () =>
    (
      await made.owner.sql<{ id: string }[]>`
        select datasource_id as id from slots where organisation_id = ${organisationId} order by since, datasource_id`
    ).map(({ id }) => id);
  const paused = async () =>
    (
      await made.owner.sql<{ id: string }[]>`
        select datasource_id as id from holds where organisation_id = ${organisationId} and reason = 'plan' and released_at is null`
    ).map(({ id }) => apps.indexOf(id));
  const rung = async () =>
    (
      await made.owner.sql<{ id: string }[]>`
        select datasource_id as id from outbox where organisation_id = ${organisationId} and datasource_id in ${made.owner.sql(apps)}`
    ).map(({ id }) => apps.indexOf(id));
  const plan = async () =>
    (await made.owner.sql`select plan from organisations where id = ${organisationId}`)[0]?.["plan"];
  const mailed = async () => {
    const [user] = await made.owner.sql<{ email: string }[]>`select email from users where id = ${userId}`;
    return [
      ...(await made.owner
        .sql`select details from mails where kind = 'planSmaller' and to_address = ${user?.email ?? ""}`),
    ];
  };
  return { slug: row?.slug ?? "", apps, order, paused, rung, plan, mailed };
}

test("a plan with room for less than is in use asks which apps pause: nothing is set until they are named", async () => {
  await allowPlan(made.owner, "free", 3);
  const { slug: one, apps, order, paused, rung, plan, mailed } = await withApps("smaller", 5);
  const [first = "", second = "", third = ""] = apps;
  await expect(putOnPlan(made.owner, one, "free")).rejects.toThrow(/room for 3 of the 5[^]*App 0[^]*App 4/u);
  await expect(putOnPlan(made.owner, one, "free", [first, first]), "one, said twice").rejects.toThrow(PauseUnnamed);
  await expect(putOnPlan(made.owner, one, "free", [first, made.ours.datasourceId])).rejects.toThrow(/holds no slot/u);
  expect([await plan(), await order()]).toEqual(["scale", apps]);
  await putOnPlan(made.owner, one, "free", [first, second]);
  expect(await plan()).toBe("free");
  expect(new Set(await paused()), "at once, and no others").toEqual(new Set([0, 1]));
  expect(await order(), "each keeps the time since when it holds its slot").toEqual(apps);
  await putOnPlan(made.owner, one, "free", [second, third, second]);
  expect(new Set(await paused()), "another choice lets the one before go").toEqual(new Set([1, 2]));
  expect(
    (await rung()).toSorted((a, b) => a - b),
    "whoever is paused or let go is rung for it",
  ).toEqual([0, 0, 1, 2]);
  expect((await verifyAudit(made.owner)).faults).toEqual([]);
  expect(await mailed(), "nobody is asked what was told").toEqual([]);
});

test("or its owner is asked, and what was connected last pauses until then", async () => {
  const [one, other] = [await withApps("asked", 4), await withApps("beside", 4)];
  await putOnPlan(made.owner, one.slug, "free", "ask");
  expect([await one.plan(), await one.order()]).toEqual(["free", one.apps]);
  expect(await one.mailed()).toMatchObject([
    { details: { allowance: 3, used: 4, page: `/${one.slug}/settings/plan` } },
  ]);
  expect(await other.mailed()).toEqual([]);
  await putOnPlan(made.owner, other.slug, "growth");
  expect(await allowPlan(made.owner, "growth", 2)).toBe(1);
  expect(await other.mailed()).toMatchObject([{ details: { allowance: 2, used: 4 } }]);
  expect((await verifyAudit(made.owner)).faults).toEqual([]);
});

test("a role of the product is refused rather than told that there is nobody", async () => {
  const api = openDatabase({ url: made.apiUrl, max: 1 });
  await expect(putOnPlan(api, slug, "free")).rejects.toThrow(/row-level security/u);
  await api.close();
});

const run = (...words: string[]) =>
  promisify(execFile)(process.execPath, [join(import.meta.dirname, "set-plan.ts"), ...words], {
    env: { ...process.env, DATABASE_URL: made.ownerUrl },
  });

test("it is a program: says what stands, and what it does not understand", async () => {
  const { stdout } = await run("allow", "free", "4");
  expect(stdout).toContain("free: 4 connected apps");
  for (const words of [
    ["allow", "free", "-1"],
    ["remove"],
    ["put", "nobody", "free"],
    ["put", "nobody", "free", "some"],
  ])
    await expect(run(...words)).rejects.toMatchObject({ code: 1 });
});
