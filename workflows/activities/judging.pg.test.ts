/** What a refusal of the source comes to: told in the row, once in the audit log, and asked of a person. */
import { expect, test } from "vitest";
import { judge, writeAuth, writeVerdict } from "./judging.ts";
import { inTenantOf } from "./writing.ts";
import { ownRows, rowDeps } from "./testing/own-rows.ts";

const own = ownRows();

test("O13: a refresh token that was used twice is a family revoked: Reauthorize, and one line in the log for all who find it", async () => {
  const { merchant, worker } = own;
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok' where id = ${target.datasourceId}`;
  const refused = judge({
    class: "reauthorize",
    why: "revoked",
    code: "shopify.refreshRefused",
    said: "invalid_grant",
  });
  expect(refused).toMatchObject({ kind: "credential", auth: "revoked" });
  const deps = rowDeps(worker);
  const found = await Promise.all(
    Array.from({ length: 5 }, () => inTenantOf(deps, target, (tx) => writeVerdict(tx, target.datasourceId, refused))),
  );
  expect(found).toHaveLength(5);
  expect(await merchant.row(target)).toMatchObject({ auth: "revoked" });
  const told = await merchant.sql<{ before: object; after: object }[]>`
    select before, after from audit_log where datasource_id = ${target.datasourceId} and verb = 'authChanged'`;
  expect([...told]).toEqual([
    { before: { auth: "ok" }, after: { auth: "revoked", code: "revokedAtSource", said: "invalid_grant" } },
  ]);
});

test("what an operator ended stays ended by the operator, though the source then says that it is revoked", async () => {
  const { merchant, worker } = own;
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'revoked', auth_reason = '{"code":"revokedByOperator"}'
    where id = ${target.datasourceId}`;
  const deps = rowDeps(worker);
  const codeAfter = async (auth: "revoked" | "ok", code: "revokedAtSource" | "otherAccount" | null) => {
    await inTenantOf(deps, target, (tx) =>
      writeAuth(tx, target.datasourceId, auth, code === null ? null : { code, said: "" }),
    );
    const [row] =
      await merchant.sql`select auth_reason->>'code' as code from datasources where id = ${target.datasourceId}`;
    return row?.["code"];
  };
  expect(await codeAfter("revoked", "revokedAtSource")).toBe("revokedByOperator");
  expect(await codeAfter("revoked", "otherAccount"), "what came of an attempt is told").toBe("otherAccount");
  expect(await codeAfter("ok", null)).toBeNull();
});
