/** Reasons as a page shows them: in the brand's own time, and without a promise to keep what never came. */
import { beforeAll, expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource, makeHistory } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
beforeAll(async () => {
  owner = await signUp(api);
});

const query = `query ($id: ID!) { datasource(id: $id) {
  connection { reason { message meaning } } dataSync { reason { code message } } } }`;

async function reasonsOf(options: MakeOptions): Promise<unknown> {
  const made = await makeDatasource(api, owner.organisationId, options);
  const { data, errors } = await owner.ask(query, { id: made.gid });
  expect(errors).toBeUndefined();
  return data["datasource"];
}

test("a shop in New York is paused at a time of the brand's own zone, Kolkata", async () => {
  // There it was the day before still.
  const userPausedAt = new Date("2025-11-20T20:28:00Z");
  const userPausedBy = { kind: "system" as const, name: "headwater" };
  const told = await reasonsOf({ zone: "America/New_York", facts: { userPausedAt, userPausedBy } });
  expect(told).toMatchObject({ dataSync: { reason: { code: "pausedByPerson" } } });
  expect(JSON.stringify(told)).toContain("21\u00A0Nov\u00A02025");
});

test.each([
  ["something was read before", {}, /what is here is kept/u],
  ["nothing was ever read", { lastSuccessAt: null }, /^Nothing has been read yet/u],
])("an access that was revoked, where %s", async (_case, facts, meaning) => {
  const told = await reasonsOf({ facts: { ...facts, auth: "revoked", authSince: new Date() } });
  expect(told).toMatchObject({ connection: { reason: { meaning: expect.stringMatching(meaning) } } });
});

test("an access that was revoked amid the first history does not say that nothing was read", async () => {
  const nothing = { lastSuccessAt: null, completeThrough: null, firstNumbersAt: null };
  const made = await makeDatasource(api, owner.organisationId, {
    facts: { ...nothing, auth: "revoked", authSince: new Date() },
  });
  await makeHistory(api, owner.organisationId, made);
  const { data } = await owner.ask(query, { id: made.gid });
  const meaning: unknown = expect.stringMatching(/what is here is kept/u);
  expect(data["datasource"]).toMatchObject({ connection: { reason: { meaning } } });
});

test.each([
  ["shopify", "First sync queued, starts within a minute."],
  ["custom-costs", "No file has been taken yet. Give one, or an address to fetch them from."],
] as const)("before anything has come from %s, what it waits for is said", async (platform, message) => {
  const nothing = { lastSuccessAt: null, completeThrough: null, firstNumbersAt: null };
  const told = await reasonsOf({ facts: { platform, ...nothing } });
  expect(told).toMatchObject({ dataSync: { reason: { message } } });
});
