/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
// What a disconnect kept: it is told as kept, and can be deleted later, by whom and when.
import { expect, test } from "vitest";
import { disconnected, give, key } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { joinAs, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
const confirmName = "tea";
const shop = "tea.myshopify.com";

const kept = async (owner: Visitor, undoMs = -60_000) =>
  makeDatasource(api, owner.organisationId, { shop, facts: { ...disconnected(undoMs), phase: "END" } });

const stands = async (who: Visitor, id: string) => {
  const { data } = await who.ask(
    `query ($id: ID!) { datasource(id: $id) { undoUntil deletesDataAt deletesDataBy { kind } dataDeletedAt viewerCan { action isAllowed reason { code } } } }`,
    { id },
  );
  const { viewerCan, ...told } = data.datasource;
  return { ...told, can: viewerCan.find(({ action }: { action: string }) => action === "DELETE_DATA") };
};

test("kept data is deleted once its name is typed: facts, generation, ring, audit, and who chose it", async () => {
  const owner = await signUp(api);
  const admin = await joinAs(api, owner, "admin");
  const made = await kept(owner);
  expect(await stands(admin, made.gid)).toEqual({
    undoUntil: null,
    deletesDataAt: null,
    deletesDataBy: null,
    dataDeletedAt: null,
    can: { action: "DELETE_DATA", isAllowed: true, reason: null },
  });
  expect(await give(admin, "deleteData", made.gid, { confirmName: "Tea" })).toMatchObject({
    is: "InvalidInput",
    fields: [{ path: "confirmName" }],
  });
  api.rings.length = 0;
  const idempotencyKey = key();
  const given = await give(admin, "deleteData", made.gid, { confirmName, idempotencyKey });
  expect(given).toMatchObject({
    is: "DeleteDatasourceDataSuccess",
    command: { kind: "deleteData", state: "ACCEPTED" },
  });
  const again = await give(admin, "deleteData", made.gid, { confirmName, idempotencyKey });
  expect(again.command.id, "given twice it is one").toBe(given.command.id);
  const rows = await api.owner.sql`
    select delete_data as deletes, undo_until <= now() + interval '1 second' as "noUndo", generation, phase from datasources where id = ${made.id}`;
  expect([...rows], "the workflow ends it once more: the phase is its own").toEqual([
    { deletes: true, noUndo: true, generation: 2, phase: "END" },
  ]);
  await expect.poll(() => api.rings.map(({ datasourceId }) => datasourceId)).toContain(made.id);
  const said = await api.owner.sql`select verb, actor from audit_log where datasource_id = ${made.id}`;
  expect([...said]).toEqual([{ verb: "datasource.deleteData", actor: { kind: "person", userId: admin.userId } }]);
  expect(await stands(owner, made.gid), "from its choice on nothing can be undone").toMatchObject({
    undoUntil: null,
    deletesDataAt: expect.any(String),
    deletesDataBy: { kind: "PERSON" },
    dataDeletedAt: null,
    can: { isAllowed: false, reason: { code: "deletionChosen" } },
  });
  expect(await give(owner, "deleteData", made.gid, { confirmName })).toMatchObject({
    reason: { code: "deletionChosen" },
  });
  await api.owner.sql`update datasources set data_deleted_at = now() where id = ${made.id}`;
  expect(await give(owner, "deleteData", made.gid, { confirmName })).toMatchObject({ reason: { code: "dataDeleted" } });
});

test("it is refused while the undo is open, and where another datasource reads the account on, or may yet", async () => {
  const owner = await signUp(api);
  const open = await kept(owner, 600_000);
  await api.owner.sql`update datasources set phase = 'DISCONNECTING' where id = ${open.id}`;
  expect(await give(owner, "deleteData", open.gid, { confirmName })).toMatchObject({
    reason: { code: "undoOpen" },
    remedy: { kind: "WAIT" },
  });
  await api.owner.sql`update datasources set undo_until = now() - interval '1 second' where id = ${open.id}`;
  const again = await makeDatasource(api, owner.organisationId);
  await api.owner.sql`update datasources set account_id = ${open.accountId} where id = ${again.id}`;
  const readOn = { isAllowed: false, reason: { code: "accountReadOn" } };
  expect(await stands(owner, open.gid)).toMatchObject({ can: readOn });
  expect(await give(owner, "deleteData", open.gid, { confirmName })).toMatchObject({ reason: readOn.reason });
  await give(owner, "disconnect", again.gid);
  expect(await stands(owner, open.gid), "that can be undone").toMatchObject({ can: readOn });
  await api.owner.sql`update datasources set undo_until = now() - interval '1 second' where id = ${again.id}`;
  expect(await stands(owner, open.gid)).toMatchObject({ can: { isAllowed: true } });
});

test("whoever only looks is told who may", async () => {
  const owner = await signUp(api);
  const viewer = await joinAs(api, owner, "viewer");
  const made = await kept(owner);
  expect(await stands(viewer, made.gid)).toMatchObject({ can: { isAllowed: false, reason: { code: "role" } } });
  expect(await give(viewer, "deleteData", made.gid, { confirmName })).toMatchObject({ is: "NotAllowed" });
});

test("among what was disconnected it is told by whom, and its account no more once that is set apart", async () => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { shop });
  await give(owner, "disconnect", made.gid);
  const listed = async () => {
    const { data } = await owner.ask(
      "{ datasources(filter: { show: DISCONNECTED }, first: 5) { nodes { id account { name } disconnectedBy { kind } } } }",
    );
    return data.datasources.nodes;
  };
  const told = { id: made.gid, disconnectedBy: { kind: "PERSON" } };
  expect(await listed()).toEqual([{ ...told, account: { name: confirmName } }]);
  await api.owner.sql`update accounts set external_id = 'purged:' || id, name = '' where id = ${made.accountId}`;
  expect(await listed()).toEqual([{ ...told, account: null }]);
});

test("where the database's clock still lets it be undone, its data cannot be deleted yet; chosen after that, it cannot be undone", async () => {
  const owner = await signUp(api);
  const made = await kept(owner, 30_000);
  const { sql } = api.owner;
  await sql`update datasources set phase = 'DISCONNECTING' where id = ${made.id}`;
  const { now } = api.clock;
  api.clock.now = new Date(now.getTime() + 60_000);
  try {
    expect(await give(owner, "deleteData", made.gid, { confirmName })).toMatchObject({ reason: { code: "undoOpen" } });
    await sql`update datasources set undo_until = now() - interval '1 second' where id = ${made.id}`;
    expect(await give(owner, "deleteData", made.gid, { confirmName })).toMatchObject({
      is: "DeleteDatasourceDataSuccess",
    });
  } finally {
    api.clock.now = now;
  }
  expect(await sql`select 1 from datasources where id = ${made.id} and undo_until <= now()`).toHaveLength(1);
  expect(await give(owner, "undoDisconnect", made.gid)).toMatchObject({ reason: { code: "undoLapsed" } });
});
