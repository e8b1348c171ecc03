/** Which of several counts: preferred once, then as it stands, until somebody says otherwise. */
import { afterEach, beforeEach, expect, inject, test } from "vitest";
import type { Offer } from "@headwater/connectors/choices.ts";
import { makeRig, type Rig } from "../load/testing/rig.ts";
import { scripted, scriptedConnector } from "../load/testing/scripted-source.ts";
import { choicesOf } from "./choices.ts";

let rig: Rig;
let asked: string[][] = [];
beforeEach(async () => {
  rig = await makeRig(inject("postgresUrl"), scriptedConnector({ pages: scripted([]) }));
  asked = [];
});
afterEach(() => rig.close());

const option = (value: string) => ({ value, label: `Store ${value}` });
const settle = (
  values: readonly string[],
  preferred = values[0] ?? "",
  accountId: Rig["accountId"] | null = rig.accountId,
) => {
  const offer: Offer = {
    name: "metric",
    options: values.map(option),
    prefer: (connected) => {
      asked.push([...connected].toSorted());
      return Promise.resolve(preferred);
    },
  };
  const declared = [{ name: "metric", stream: "orders" }];
  return choicesOf(rig.deps.sql, { ...rig.ref, accountId }, declared).settle(offer);
};
const stored = async () => (await rig.owner`select choices->'metric' as choice from accounts`)[0]?.["choice"];
const choose = (value: string) =>
  rig.owner`update accounts set choices = jsonb_set(choices, '{metric,value}', to_jsonb(${value}::text))`;

test("what is preferred first stands, whatever the source gains later", async () => {
  expect(await settle(["b", "c"], "c")).toBe("c");
  expect(await settle(["a", "b", "c"], "a")).toBe("c");
  expect(asked).toHaveLength(1);
  expect(await stored()).toEqual({ value: "c", options: ["a", "b", "c"].map(option) });
});

test("what comes after the days were read has them all read again, once; what the first of them shows has not", async () => {
  const orders = async () => [
    ...(await rig.owner`select c.args, a.after from commands c, audit_log a where a.verb = 'accountChanged'`),
  ];
  await rig.slice();
  await settle([]);
  await settle(["a"]);
  expect(await orders()).toEqual([]);
  await rig.owner`update accounts set choices = '{}'`;
  await rig.owner`update slices set state = 'done'`;
  await settle([]);
  expect(await orders()).toEqual([]);
  expect(await Promise.all([settle(["a"]), settle(["a"])])).toEqual(["a", "a"]);
  await settle(["a", "b"]);
  expect(await orders()).toEqual([
    { args: { because: "accountChanged" }, after: { kind: "metric", label: "Store a" } },
  ]);
});

test("what is preferred while the source is being disconnected is not kept: undone, all days are asked for with it", async () => {
  await rig.slice();
  await rig.owner`update slices set state = 'done'`;
  const offer: Offer = {
    name: "metric",
    options: [option("a")],
    prefer: async () => {
      await rig.owner`update datasources set disconnected_at = now(), generation = generation + 1`;
      return "a";
    },
  };
  const declared = [{ name: "metric", stream: "orders" }];
  const choices = choicesOf(rig.deps.sql, { ...rig.ref, accountId: rig.accountId }, declared);
  expect(await choices.settle(offer)).toBe("a");
  expect(await stored()).toBeNull();
  await rig.owner`update datasources set disconnected_at = null, generation = generation + 1`;
  expect(await settle(["a"])).toBe("a");
  expect([...(await rig.owner`select kind from commands`)]).toEqual([{ kind: "resync" }]);
});

test("what somebody chose stands, and is the same in the next asking", async () => {
  await settle(["a", "b"]);
  await choose("b");
  expect(await settle(["a", "b"])).toBe("b");
  expect(await settle(["a", "b", "c"])).toBe("b");
});

test("while the source does not show what was chosen another one counts, and it comes back with it", async () => {
  await settle(["a", "b"], "b");
  expect(await settle(["a"])).toBe("a");
  expect(await settle(["a", "b"])).toBe("b");
});

test("who prefers is told what is connected beside it, and not what was or is on its way", async () => {
  const { organisationId } = rig.ref;
  for (const [platform, connected, ended] of [
    ["woocommerce", true, false],
    ["bigcommerce", true, true],
    ["stripe", false, false],
  ] as const)
    await rig.owner`
      insert into datasources (organisation_id, platform, name, connected_at, disconnected_at) values (${organisationId}, ${platform}, 'x',
        ${connected ? new Date() : null}, ${ended ? new Date() : null})`;
  await settle(["a", "b"]);
  expect(asked).toEqual([["woocommerce"]]);
});

test("nothing to choose from, or no account yet: nothing is kept", async () => {
  expect(await settle([])).toBeNull();
  expect(await settle(["a", "b"], "b", null)).toBe("b");
  expect(await stored()).toBeNull();
});
