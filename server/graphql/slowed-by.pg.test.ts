// What slows a datasource, in the words of its page: nothing is said of one that runs as it should.
import { beforeAll, expect, test } from "vitest";
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
