import { expect, test } from "vitest";
import { inTenant } from "@headwater/db";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import { statementsOf } from "../testing/statements.ts";
import { signUp } from "../testing/visitor.ts";
import { globalId } from "./node.ts";

const api = ownApi();

test("where the source has nothing left to tell, the timeline says that it is over", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts: { platform: "meta-ads" } });
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'sourceNoticed', 'datasource', ${made.id}, ${made.id}::uuid, null, '{"notices":[]}'::jsonb)`,
  );
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 1) { nodes { verb message } } } }`,
    { id: made.gid },
  );
  expect(data.datasource.timeline.nodes).toEqual([
    { verb: "sourceNoticed", message: "What the source told before is over." },
  ]);
});

test.each([
  ["all", "en", "Its data is deleted: 12,345 rows in all."],
  ["own", "en", "What it alone had brought in is deleted. The account's own data stays: another datasource reads it."],
  ["along", "en", "Its data is deleted, along with that of another datasource on the same account."],
  ["all", "hi", "इसका डेटा मिटा दिया गया: कुल 12,345 पंक्तियाँ।"],
  ["all", "as", "ইয়াৰ তথ্য মচা হ’ল: মুঠতে 12,345 শাৰী।"],
])("the timeline is the receipt of a deletion: %s, %s", async (kind, language, message) => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'dataDeleted', 'datasource', ${made.id}, ${made.id}::uuid, null, ${sql.json({ kind, rows: 12_345, generation: 1 })})`,
  );
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 1) { nodes { verb message actor { kind } } } } }`,
    { id: made.gid },
    { "accept-language": language },
  );
  expect(data.datasource.timeline.nodes).toEqual([{ verb: "dataDeleted", message, actor: { kind: "SYSTEM" } }]);
});

test.each([
  [7200, "en", "every 2 h."],
  [900, "en", "every 15 min."],
  [7200, "hi", "2 घंटे"],
  [7200, "as", "2 ঘণ্টা"],
])("a cadence is told as people say it: %s, %s", async (cadenceSeconds, language, says) => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'datasource.setCadence', 'datasource', ${made.id}, ${made.id}::uuid, null, ${sql.json({ cadenceSeconds })})`,
  );
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 1) { nodes { message } } } }`,
    { id: made.gid },
    { "accept-language": language },
  );
  expect(data.datasource.timeline.nodes[0].message).toContain(says);
});

test.each([
  ["en", "datasource.pause", { note: "stock-taking" }, ": stock-taking"],
  ["en", "datasource.pause", { note: "2026-11-20T10:00 stock-taking" }, ": 2026-11-20T10:00 stock-taking"],
  ["en", "datasource.pause", { note: "2026-99-99T99:99:99Z" }, ": 2026-99-99T99:99:99Z"],
  ["hi", "datasource.pause", { note: "stock-taking" }, ": stock-taking"],
  ["as", "datasource.pause", { note: "stock-taking" }, ": stock-taking"],
  ["en", "datasource.pause", { note: null }, " stopped data sync."],
  ["en", "holdPlaced", { reason: "plan" }, " chose it to pause: the plan has no room for it."],
  ["hi", "holdPlaced", { reason: "plan" }, " ने इसे रोकना चुना: प्लान में इसके लिए जगह नहीं है।"],
  ["as", "holdPlaced", { reason: "plan" }, "এ ইয়াক ৰখাবলৈ বাছিলে: পৰিকল্পনাত ইয়াৰ বাবে ঠাই নাই।"],
  ["en", "datasource.upload", { asked: "commit" }, " asked to take a file of costs."],
  ["en", "datasource.upload", { asked: "discard" }, " asked to put a file of costs aside."],
  ["en", "datasource.upload", { asked: "undo" }, " asked to undo a file of costs."],
  ["en", "datasource.upload", { asked: "prepare" }, " said how a file of costs is to be read."],
  ["hi", "datasource.upload", { asked: "undo" }, " ने लागत की एक फ़ाइल वापस लेने को कहा।"],
  ["as", "datasource.upload", { asked: "undo" }, "এ খৰচৰ এখন ফাইল ওভতাই আনিবলৈ ক’লে।"],
])("what somebody said or decided is told in its line: %s, %s, %j", async (language, verb, after, ends) => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const by = { kind: "person", userId: owner.userId };
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit(${sql.json(by)}, ${verb}, 'datasource', ${made.id}, ${made.id}::uuid, null, ${sql.json(after)})`,
  );
  const { data } = await owner.ask(
    `query ($id: ID!) { me { name } datasource(id: $id) { timeline(first: 1) { nodes { message } } } }`,
    { id: made.gid },
    { "accept-language": language },
  );
  const [entry] = data.datasource.timeline.nodes;
  expect(entry.message.startsWith(data.me.name)).toBe(true);
  expect(entry.message.endsWith(ends), entry.message).toBe(true);
});

test("the timeline can be narrowed to what people, Headwater and the source did or said", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const person = { kind: "person", userId: owner.userId };
  const engine = { kind: "system", name: "engine" };
  for (const [actor, verb] of [
    [person, "datasource.pause"],
    [engine, "accountGone"],
    [engine, "sourceNoticed"],
    [engine, "accountChanged"],
    [engine, "privacyRequest"],
  ] as const)
    await inTenant(
      api.owner,
      owner.organisationId,
      ({ sql }) => sql`select append_audit(${sql.json(actor)}, ${verb}, 'datasource', ${made.id}, ${made.id}::uuid)`,
    );
  const by = async (kind: string) => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { timeline(first: 50, by: ${kind}) { nodes { verb actor { kind name } } } } }`,
      { id: made.gid },
    );
    return data.datasource.timeline.nodes;
  };
  const entry = (kind: string, name: string, verb: string) => ({ verb, actor: { kind, name } });
  const { data } = await owner.ask("{ me { name } }");
  expect(await by("PERSON")).toEqual([entry("PERSON", data.me.name, "datasource.pause")]);
  expect(await by("SYSTEM")).toEqual([entry("SYSTEM", "Headwater", "accountGone")]);
  const said = ["privacyRequest", "accountChanged", "sourceNoticed"];
  expect(await by("SOURCE")).toEqual(said.map((verb) => entry("SOURCE", "Shopify", verb)));
});

test("trouble stands where it began while it lasts, and once it is over where it ended, after what was done for it", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'accountChanged', 'datasource', ${made.id}, ${made.id}::uuid)`,
  );
  await api.owner.sql`
    insert into notices (organisation_id, datasource_id, kind, since)
    values (${owner.organisationId}, ${made.id}, 'accessLost', now() - interval '5 minutes')`;
  const told = async () => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { timeline(first: 2) { nodes { verb at } } } }`,
      { id: made.gid },
    );
    return data.datasource.timeline.nodes;
  };
  expect(await told()).toMatchObject([{ verb: "accountChanged" }, { verb: "notice.accessLost.standing" }]);
  const [over] = await api.owner.sql`
    update notices set resolved_at = now() where datasource_id = ${made.id} returning resolved_at as at`;
  expect(await told()).toMatchObject([
    { verb: "notice.accessLost.over", at: over?.["at"].toISOString() },
    { verb: "accountChanged" },
  ]);
});

test("one entry is read by itself, whether it stands in the log, the runs or the notices, and is what the list says", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  const other = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made);
  await api.owner.sql`
    insert into notices (organisation_id, datasource_id, kind, detail)
    values (${owner.organisationId}, ${made.id}, 'sourceDown', '{"said":"503","streams":["orders"]}')`;
  await inTenant(
    api.owner,
    owner.organisationId,
    ({ sql }) =>
      sql`select append_audit('{"kind":"system","name":"engine"}'::jsonb, 'accountGone', 'datasource', ${made.id}, ${made.id}::uuid)`,
  );
  const ENTRY = "id at verb message actor { kind } run { id }";
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 50) { nodes { ${ENTRY} } } } }`,
    { id: made.gid },
  );
  const listed: { id: string }[] = data.datasource.timeline.nodes;
  const tables = new Set<string>();
  for (const entry of listed) {
    const { texts, answer } = await statementsOf(api, () =>
      owner.ask(`query ($id: ID!) { node(id: $id) { ... on TimelineEntry { ${ENTRY} } } }`, { id: entry.id }),
    );
    expect(answer.data.node).toEqual(entry);
    const read = texts
      .filter((text) => text.includes(") entries"))
      .flatMap((text) => text.match(/from (?:audit_log|runs|notices)\b/gu) ?? []);
    expect(read).toHaveLength(1);
    tables.add(read.join());
  }
  expect([...tables].toSorted()).toEqual(["from audit_log", "from notices", "from runs"]);
  const [, key = ""] =
    /^TimelineEntry:[^:]+:(.*)$/u.exec(Buffer.from(listed[0]?.id ?? "", "base64url").toString()) ?? [];
  const foreign = globalId("TimelineEntry", `${other.id}:${key}`);
  expect((await owner.ask(`query ($id: ID!) { node(id: $id) { id } }`, { id: foreign })).data.node).toBeNull();
});

test("what reading further back brought is told apart from the first history, each with the records it read", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId);
  await makeHistory(api, owner.organisationId, made, 0);
  const { sql } = api.owner;
  await sql`
    insert into commands (organisation_id, id, datasource_id, kind, actor, args_hash, idempotency_key, intent_version)
    values (${owner.organisationId}, gen_random_uuid(), ${made.id}, 'extendHistory', '{}', '', ${made.id}, 1)`;
  await sql`
    insert into runs (organisation_id, id, datasource_id, kind, n, state, asked_by, read, written, finished_at)
    select organisation_id, ${`${made.id}:backfill:2`}, datasource_id, 'backfill', 2, 'succeeded', id, 1204, 0, now()
    from commands where datasource_id = ${made.id}`;
  await sql`update runs set written = read + 3 where datasource_id = ${made.id} and n = 1`;
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 9) { nodes { verb message } } } }`,
    { id: made.gid },
  );
  expect(data.datasource.timeline.nodes).toEqual([
    { verb: "run.backfill.succeeded", message: "The older days are in: 1,204 records read." },
    { verb: "run.backfill.succeeded", message: "The history is in: 120 records read." },
  ]);
});
