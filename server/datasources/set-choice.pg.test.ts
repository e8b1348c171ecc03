// Which of several metrics counts: asked over GraphQL, kept with the account, its stream read anew by a command of its own.
import { eq } from "drizzle-orm";
import { expect, test } from "vitest";
import { accounts, auditLog, commands, datasources } from "@headwater/db/schema/tables.ts";
import { key, paused } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { Made } from "../testing/rows.ts";
import { joinAs, signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();

const SET = `mutation ($input: SetChoiceInput!) { result: setChoice(input: $input) { is: __typename
  ... on SetChoiceSuccess { command { id kind state } datasource { choices { value } } }
  ... on UserError { message } ... on InvalidInput { fields { path message } } ... on NotPossibleNow { reason { code } } } }`;
const ASK = `query ($id: ID!) { datasource(id: $id) { choices { name label about value options { value label } } } }`;
const options = [
  { value: "P1", label: "Shopify" },
  { value: "P2", label: "API" },
];

async function klaviyo(owner: Visitor, facts: Partial<typeof datasources.$inferInsert> = {}): Promise<Made> {
  const made = await makeDatasource(api, owner.organisationId, { facts: { platform: "klaviyo", ...facts } });
  await api.owner.drizzle
    .update(accounts)
    .set({ platform: "klaviyo", choices: { conversionMetric: { value: "P1", options } } })
    .where(eq(accounts.id, made.accountId));
  return made;
}
const choose = async (who: Visitor, made: Made, input: object = {}) => {
  const whole = { datasource: made.gid, choice: "conversionMetric", value: "P2", idempotencyKey: key(), ...input };
  const answer = await who.ask(SET, { input: whole });
  expect(answer.errors, JSON.stringify(answer.errors)).toBeUndefined();
  return answer.data.result;
};
const storedOf = async (made: Made) => {
  const [row] = await api.owner.drizzle.select().from(accounts).where(eq(accounts.id, made.accountId));
  return row?.choices["conversionMetric"];
};
const commandsOf = (made: Made) => api.owner.drizzle.select().from(commands).where(eq(commands.datasourceId, made.id));

test("shown with its options in words, chosen by a command of a key, audited, and told on the timeline", async () => {
  const owner = await signUp(api);
  const made = await klaviyo(owner);
  const shown = (await owner.ask(ASK, { id: made.gid })).data.datasource.choices;
  expect(shown).toEqual([
    {
      name: "conversionMetric",
      label: "Orders that count",
      about: expect.stringContaining("Placed Order"),
      value: "P1",
      options,
    },
  ]);
  const idempotencyKey = key();
  const given = await choose(owner, made, { idempotencyKey });
  expect(given).toMatchObject({ is: "SetChoiceSuccess", command: { kind: "resync", state: "ACCEPTED" } });
  expect(given.datasource.choices).toEqual([{ value: "P2" }]);
  expect((await choose(owner, made, { idempotencyKey })).command.id).toBe(given.command.id);
  const [command, ...more] = await commandsOf(made);
  expect(more).toEqual([]);
  expect(command?.args).toEqual({ choice: "conversionMetric", value: "P2", stream: "messagesByDay" });
  expect(await storedOf(made)).toEqual({ value: "P2", before: "P1", command: command?.id, options });
  const [entry] = await api.owner.drizzle.select().from(auditLog).where(eq(auditLog.datasourceId, made.id));
  expect(entry).toMatchObject({
    verb: "datasource.choice",
    before: { value: "P1", label: "Shopify" },
    after: { value: "P2", label: "API" },
  });
  const told = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { timeline(first: 5) { edges { node { message } } } } }`,
    { id: made.gid },
  );
  expect(told.data.datasource.timeline.edges[0].node.message).toMatch(/chose that API counts/);
});

test("refused with its reason: of no such name, value or source, what counts already, by whom may not, while it is stopped", async () => {
  const owner = await signUp(api);
  const made = await klaviyo(owner);
  for (const [input, path] of [
    [{ value: "P9" }, "value"],
    [{ value: "P1" }, "value"],
    [{ choice: "other" }, "choice"],
  ] as const)
    expect(await choose(owner, made, input)).toMatchObject({ is: "InvalidInput", fields: [{ path }] });
  const shop = await makeDatasource(api, owner.organisationId);
  expect(await choose(owner, shop)).toMatchObject({ is: "InvalidInput", fields: [{ path: "choice" }] });
  expect((await choose(await joinAs(api, owner, "analyst"), made)).is).toBe("NotAllowed");
  expect((await choose(await signUp(api), made)).is).toBe("DatasourceGone");
  await api.owner.drizzle.update(datasources).set(paused).where(eq(datasources.id, made.id));
  expect(await choose(owner, made)).toMatchObject({ is: "NotPossibleNow", reason: { code: "paused" } });
  expect(await commandsOf(made)).toEqual([]);
  expect(await storedOf(made)).toEqual({ value: "P1", options });
});
