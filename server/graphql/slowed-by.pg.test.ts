// What slows a datasource, in the words of its page: nothing is said of one that runs as it should.
import { beforeAll, describe, expect, test } from "vitest";
import { ownApi } from "../testing/own-api.ts";
import { nothingYet, paused } from "../testing/mutations.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
beforeAll(async () => {
  owner = await signUp(api);
});

type Told = readonly [code: string, message: string];
const lag: Told = ["sourceLag", "Meta Ads itself needs about 12 hours to settle a day."];
const restated: Told = ["restated", "Meta Ads changes its last 28 days afterwards; they are read again."];

test.each<[string, NonNullable<MakeOptions["facts"]>, Told[]]>([
  ["nothing", {}, []],
  [
    "its history",
    { ...nothingYet, backfill: "running" },
    [["backfill", "The first history is being read; new days come in beside it."]],
  ],
  ["a person", paused, [["stopped", "It is stopped, so nothing new comes in."]]],
  [
    "an access that is lost",
    { auth: "revoked", authReason: { code: "revokedAtSource" } },
    [["accessLost", "The access to Shopify is lost, so nothing new comes in."]],
  ],
  [
    "the source that does not answer",
    { throttledUntil: new Date(Date.now() + 600_000), throttleReason: { code: "providerDown" } },
    [["sourceDown", "Shopify does not answer."]],
  ],
  [
    "the source's limits",
    { throttledUntil: new Date(Date.now() + 600_000), throttleReason: { code: "throttled" } },
    [["rateLimit", "Shopify limits how fast it may be read."]],
  ],
  ["limits that have lapsed", { throttledUntil: new Date(Date.now() - 1_000) }, []],
  ["the source's own lag, and what it changes afterwards", { platform: "meta-ads" }, [lag, restated]],
])("it is slowed by %s", async (_what, facts, told) => {
  const made = await makeDatasource(api, owner.organisationId, { facts });
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { freshness { slowedBy { code message } } } }`,
    { id: made.gid },
  );
  expect(data.datasource.freshness.slowedBy).toEqual(told.map(([code, message]) => ({ code, message })));
});

describe("what keeps its reading waiting is told with since when, and when it is tried again", () => {
  const slowedBy = async (gid: string) => {
    const { data } = await owner.ask(
      `query ($id: ID!) { datasource(id: $id) { freshness { slowedBy { code message meaning since until } } } }`,
      { id: gid },
    );
    return data.datasource.freshness.slowedBy;
  };
  const since = new Date(Date.now() - 7_200_000);
  const until = new Date(Date.now() + 600_000);
  const isDown = (id: string) =>
    api.owner.sql`
      insert into notices (organisation_id, datasource_id, kind, detail, since)
      values (${owner.organisationId}, ${id}, 'sourceDown', '{"said":"cut"}', ${since})`;
  const notAnswered = {
    code: "sourceDown",
    message: expect.stringMatching(/^Shopify has not answered since .+\.$/u),
    meaning: "It is tried again by itself, and nothing is lost.",
    since: since.toISOString(),
  };

  test("of a source that a sync found down", async () => {
    const facts = { throttledUntil: until, throttleReason: { code: "providerDown" } };
    const { id, gid } = await makeDatasource(api, owner.organisationId, { facts });
    await isDown(id);
    expect(await slowedBy(gid)).toEqual([{ ...notAnswered, until: until.toISOString() }]);
  });

  test("of one that the reading of a history found down, until it answers again", async () => {
    const { id, gid } = await makeDatasource(api, owner.organisationId);
    await isDown(id);
    expect(await slowedBy(gid)).toEqual([{ ...notAnswered, until: null }]);
    await api.owner.sql`
      insert into progress (organisation_id, datasource_id, stream, state, waiting_for)
      values (${owner.organisationId}, ${id}, 'orders', 'waiting',
        ${api.owner.sql.json({ kind: "providerDown", retryAt: until.toISOString() })})`;
    expect(await slowedBy(gid)).toEqual([{ ...notAnswered, until: until.toISOString() }]);
    await api.owner.sql`update notices set resolved_at = now() where datasource_id = ${id}`;
    expect(await slowedBy(gid)).toEqual([]);
  });

  test("of one that is stopped nothing is tried", async () => {
    const { id, gid } = await makeDatasource(api, owner.organisationId, { facts: paused });
    await isDown(id);
    expect(await slowedBy(gid)).toMatchObject([{ code: "stopped" }]);
  });

  test.each([
    ["rateLimit", "that lasts", until, ["rateLimit"]],
    ["waitingForReport", "that lasts", until, []],
    ["rateLimit", "that has lapsed", since, []],
  ])("of a %s %s that the reading of a history met", async (because, _how, at, codes) => {
    const { id, gid } = await makeDatasource(api, owner.organisationId);
    await api.owner.sql`
      insert into progress (organisation_id, datasource_id, stream, state, waiting_for)
      values (${owner.organisationId}, ${id}, 'orders', 'waiting',
        ${api.owner.sql.json({ kind: "throttled", because, until: at.toISOString() })})`;
    const told = codes.map((code) => expect.objectContaining({ code, until: at.toISOString() }));
    expect(await slowedBy(gid)).toEqual(told);
  });
});
