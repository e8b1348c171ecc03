/** A full plan is told with the platform: nobody makes a key or signs in for nothing. */
import { expect, test } from "vitest";
import { give } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { statementsOf } from "../testing/statements.ts";
import { joinAs, setPlan, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
const LIMIT = `{ code message meaning limit used ways { kind label url } leastUsed { id } }`;
const told = async (who: Visitor, name: string) => {
  const { data } = await who.ask(`query ($name: String!) { platform(name: $name) { slotLimit ${LIMIT} } }`, { name });
  return data.platform.slotLimit;
};

test("what connecting would be refused with is told before, and of what takes a slot alone", async () => {
  const owner = await signUp(api);
  for (let n = 0; n < 2; n += 1) await makeDatasource(api, owner.organisationId);
  expect(await told(owner, "klaviyo"), "one slot is free").toBeNull();
  await makeDatasource(api, owner.organisationId);
  const limit = await told(owner, "klaviyo");
  expect(limit).toMatchObject({ code: "SLOT_LIMIT_REACHED", limit: 3, used: 3, leastUsed: { id: expect.any(String) } });
  expect(limit.ways.map(({ kind }: { kind: string }) => kind)).toEqual([
    "DISCONNECT_ONE",
    "REPLACE_ONE",
    "UPGRADE",
    "CONTACT_SUPPORT",
  ]);
  const refused = await give(owner, "connect", null);
  expect(refused, "the same words").toMatchObject({ is: "SlotLimitReached", message: limit.message });
  expect(await told(await joinAs(api, owner, "viewer"), "shopify"), "to whoever looks").toEqual(limit);
  expect(await told(owner, "custom-costs")).toBeNull();
  await setPlan(api, owner, "custom");
  expect(await told(owner, "klaviyo"), "as many as you like").toBeNull();
});

test("what waits for its consent goes on in the slot that it holds already", async () => {
  const owner = await signUp(api);
  for (let n = 0; n < 2; n += 1) await makeDatasource(api, owner.organisationId);
  expect(await give(owner, "connect", null)).toMatchObject({ is: "ConnectDatasourceSuccess" });
  expect(await told(owner, "klaviyo")).toMatchObject({ used: 3 });
  expect(await told(owner, "shopify")).toBeNull();
  expect(await give(owner, "connect", null), "the same store once more").toMatchObject({
    is: "ConnectDatasourceSuccess",
  });
});

test("of the whole catalog it is asked once", async () => {
  const owner = await signUp(api);
  for (let n = 0; n < 3; n += 1) await makeDatasource(api, owner.organisationId);
  const asking = (query: string) => statementsOf(api, () => owner.ask(query));
  const one = await asking(`{ platform(name: "klaviyo") { slotLimit { code } } }`);
  const all = await asking("{ catalog { slotLimit { code } } }");
  const codes: ({ code: string } | null)[] = all.answer.data.catalog.map(
    ({ slotLimit }: { slotLimit: { code: string } | null }) => slotLimit,
  );
  expect(codes.filter((limit) => limit?.code === "SLOT_LIMIT_REACHED").length).toBeGreaterThan(20);
  expect(all.texts).toHaveLength(one.texts.length);
});

test("what waits to take another's place holds no slot that a new one could go on in", async () => {
  const owner = await signUp(api);
  const [first] = [await makeDatasource(api, owner.organisationId), await makeDatasource(api, owner.organisationId)];
  await makeDatasource(api, owner.organisationId);
  expect(await give(owner, "replace", first.gid)).toMatchObject({ is: "ReplaceDatasourceSuccess" });
  expect(await told(owner, "shopify")).toMatchObject({ limit: 3, used: 3 });
});
