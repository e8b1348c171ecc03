// Whatever a person asks of a datasource stands in the audit log, once, with who asked.
import { expect, test } from "vitest";
import { authorizing, disconnected, give, paused } from "../testing/mutations.ts";
import type { MutationName } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

const ASKED: readonly (readonly [MutationName, NonNullable<MakeOptions["facts"]>, string])[] = [
  ["pause", {}, "pause"],
  ["resume", paused, "resume"],
  ["syncNow", {}, "syncNow"],
  ["resync", {}, "resync"],
  ["checkNow", {}, "checkNow"],
  ["extendHistory", {}, "extendHistory"],
  ["setCadence", {}, "setCadence"],
  ["setQuietHours", {}, "setQuietHours"],
  ["setQuotaCeiling", {}, "setQuotaCeiling"],
  ["disconnect", {}, "disconnect"],
  ["undoDisconnect", disconnected(60_000), "undoDisconnect"],
  ["cancelConnect", authorizing, "cancelConnect"],
  ["rename", {}, "rename"],
  ["reauthorize", {}, "reauthorizeStarted"],
  ["replace", {}, "replace"],
];

test.each(ASKED)("%s", async (name, facts, verb) => {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, { facts });
  expect((await give(owner, name, made.gid)).is).toMatch(/Success$/u);
  const said = await api.owner
    .sql`select verb, actor, object_type as of from audit_log where datasource_id = ${made.id}`;
  expect([...said]).toEqual([
    { verb: `datasource.${verb}`, actor: { kind: "person", userId: owner.userId }, of: "datasource" },
  ]);
});
