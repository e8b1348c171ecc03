import type postgres from "postgres";
import { expect, test } from "vitest";
import { inTenant } from "@headwater/db";
import { connectCosts } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";
import { idIn } from "./node.ts";

const api = ownApi();

interface Entry {
  readonly verb: string;
  readonly after: Record<string, postgres.JSONValue>;
  readonly actor?: "person" | "system";
}

const write = (owner: Visitor, id: string, { verb, after, actor = "system" }: Entry) =>
  inTenant(api.owner, owner.organisationId, ({ sql }) => {
    const by = actor === "person" ? { kind: actor, userId: owner.userId } : { kind: actor, name: "engine" };
    return sql`select append_audit(${sql.json(by)}, ${verb}, 'datasource', ${id}, ${id}::uuid, null, ${sql.json(after)})`;
  });

const told = async (owner: Visitor, id: string, first: number): Promise<string[]> => {
  const { data } = await owner.ask(
    `query ($id: ID!, $first: Int!) { datasource(id: $id) { timeline(first: $first) { nodes { message } } } }`,
    { id, first },
  );
  return data.datasource.timeline.nodes.map(({ message }: { message: string }) => message);
};

test("what became of a file of costs is told once, by its name, with what was found and what somebody decided", async () => {
  const owner = await signUp(api);
  const costs = await connectCosts(api, owner);
  const id = idIn("Datasource", costs) ?? "";
  const { sql } = api.owner;
  const { name } = (await owner.ask("{ me { name } }")).data.me;
  const [file] = await sql<{ id: string }[]>`
    insert into uploads (organisation_id, datasource_id, how, filename, by, mode, size, sha256)
    values (${owner.organisationId}, ${id}, 'browser', 'costs.csv', '{}', 'upsert', 1, '0') returning id`;
  const upload = file?.id ?? "";
  await sql`
    insert into runs (organisation_id, id, datasource_id, kind, n, state, finished_at)
    values (${owner.organisationId}, ${`${id}:import:1`}, ${id}, 'import', 1, 'failed', now())`;
  const gone = "0199f0c2-b7d8-7c6e-9a53-d0a1b2c3d4e5";
  const entries: Entry[] = [
    { verb: "upload.received", after: { upload }, actor: "person" },
    { verb: "upload.rejected", after: { upload, code: "E_ROWS" } },
    { verb: "datasource.upload", after: { upload, asked: "commit" }, actor: "person" },
    { verb: "upload.committed", after: { upload, inserted: 12, updated: 3 } },
    { verb: "upload.discarded", after: { upload: gone } },
  ];
  for (const entry of entries) await write(owner, id, entry);
  const all = await told(owner, costs, 20);
  expect(all.slice(0, entries.length).toReversed()).toEqual([
    `${name} gave costs.csv.`,
    expect.stringMatching(/^Not taken: costs\.csv\. .+\.$/u),
    `${name} asked to take costs.csv.`,
    "Taken: costs.csv, with 12 new rows and 3 changed ones.",
    "Put aside: a file of costs.",
  ]);
  expect(all.filter((message) => /import|could not be taken/u.test(message))).toEqual([]);
});

test("what comes in files has no credentials of which it could be told that they work", async () => {
  const owner = await signUp(api);
  const costs = await connectCosts(api, owner);
  const shop = await makeDatasource(api, owner.organisationId);
  const works = { verb: "authChanged", after: { auth: "ok" } };
  await write(owner, idIn("Datasource", costs) ?? "", works);
  await write(owner, shop.id, works);
  expect(await told(owner, costs, 5)).not.toContain("The credentials work.");
  expect(await told(owner, shop.gid, 5)).toContain("The credentials work.");
});

test("a consent that could not be used says why", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId);
  const verb = "datasource.consentRefused";
  await write(owner, id, { verb, after: { kind: "failed", problem: { code: "otherPlace" } } });
  await write(owner, id, { verb, after: { kind: "failed" } });
  await write(owner, id, { verb, after: { kind: "unfit", code: "scopeMissing", lacks: ["read_orders"] } });
  expect((await told(owner, gid, 3)).toReversed()).toEqual([
    "The consent could not be used. The consent came from another account than the one asked for. Nothing was kept.",
    "The consent could not be used. Nothing was kept.",
    "Shopify did not grant: read_orders. The new access was thrown away.",
  ]);
});

test("a day is told as a day", async () => {
  const owner = await signUp(api);
  const { id, gid } = await makeDatasource(api, owner.organisationId);
  await write(owner, id, { verb: "replaced", after: { by: id, day: "2026-11-23" } });
  const [line] = await told(owner, gid, 1);
  expect(line).toContain("days before 23 Nov 2026");
});
