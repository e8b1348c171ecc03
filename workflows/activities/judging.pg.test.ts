/** What a refusal of the source comes to: told in the row, once in the audit log, and asked of a person. */
import { afterAll, beforeAll, expect, inject, test } from "vitest";
import { openDatabase } from "@headwater/db";
import type { Database } from "@headwater/db";
import { createTestDatabase } from "@headwater/db/testing.ts";
import type { TestDatabase } from "@headwater/db/testing.ts";
import { BUDGET } from "../lifecycle/budget.ts";
import { newMerchant } from "../temporal/testing/merchant.ts";
import type { Merchant } from "../temporal/testing/merchant.ts";
import { RULES } from "../temporal/testing/rules.ts";
import { judge, writeAuth, writeVerdict } from "./judging.ts";
import { inTenantOf } from "./writing.ts";

let made: TestDatabase;
let db: Database;
let merchant: Merchant;
beforeAll(async () => {
  made = await createTestDatabase(inject("postgresUrl"));
  db = openDatabase({ url: made.workerUrl, max: 2 });
  merchant = await newMerchant(made.ownerUrl, { ring: () => Promise.resolve() });
});
afterAll(async () => {
  await merchant.close();
  await db.close();
  await made.close();
});

test("O13: a refresh token that was used twice is a family revoked: Reauthorize, and one line in the log for all who find it", async () => {
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'ok' where id = ${target.datasourceId}`;
  const refused = judge({
    class: "reauthorize",
    why: "revoked",
    code: "shopify.refreshRefused",
    said: "invalid_grant",
  });
  expect(refused).toMatchObject({ kind: "credential", auth: "revoked" });
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps = { db, log: silent, platformRules: () => RULES, budget: BUDGET };
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
  const target = await merchant.connect();
  await merchant.sql`update datasources set phase = 'LIVE', auth = 'revoked', auth_reason = '{"code":"revokedByOperator"}'
    where id = ${target.datasourceId}`;
  const silent = { info: () => undefined, warn: () => undefined, error: () => undefined };
  const deps = { db, log: silent, platformRules: () => RULES, budget: BUDGET };
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
