import { expect, test } from "vitest";
import { progress } from "@headwater/db/schema/tables.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";

const api = ownApi();

const until = "2026-11-21T05:10:00.000Z";

/** Why the stream says that it waits, with this on its row. */
async function reasonOf(waitingFor: JsonObject, state = "waiting") {
  const owner = await signUp(api);
  const made = await makeDatasource(api, owner.organisationId, {
    facts: { platform: "meta-ads" },
    scopes: ["ads_read"],
  });
  await api.owner.drizzle.insert(progress).values({
    organisationId: owner.organisationId,
    datasourceId: made.id,
    stream: "campaignsByDay",
    state,
    waitingFor,
  });
  const { data } = await owner.ask(
    `query ($id: ID!) { datasource(id: $id) { streams { name state reason { code message meaning until remedy { kind } } } } }`,
    {
      id: made.gid,
    },
  );
  const streams: { name: string }[] = data.datasource.streams;
  return streams.find(({ name }) => name === "campaignsByDay");
}

test("a stream that waits says for whom and how long: in its source's own words, else by what is known", async () => {
  const limit = { until, code: "meta-ads.waitingForLimit", values: { minutes: 40 } };
  expect(await reasonOf(limit)).toMatchObject({
    state: "WAITING",
    reason: {
      code: "meta-ads.waitingForLimit",
      message: "Waiting for Meta, about 40 min: its limit of calls is nearly used up.",
      until,
    },
  });
  expect(await reasonOf({ until, because: "rateLimit", kind: "throttled" })).toMatchObject({
    reason: { code: "rateLimit", message: expect.stringContaining("Meta Ads limits how fast it may be read") },
  });
  expect(await reasonOf({ until, because: "ceiling", kind: "throttled" })).toMatchObject({
    reason: { code: "ceiling", message: expect.stringContaining("the ceiling that was set for Meta Ads; goes on") },
  });
  expect(await reasonOf({ kind: "providerDown", said: "503", until })).toMatchObject({
    reason: {
      code: "providerDown",
      message: expect.stringMatching(/^Meta Ads does not answer\. Headwater asks again .+ and goes on by itself\.$/u),
    },
  });
});

test("a stream whose whole datasource is stopped waits, and leaves it to that to say why", async () => {
  const refused = { class: "reauthorize", why: "revoked", code: "meta-ads.revoked", said: "(190) no" };
  expect(await reasonOf(refused)).toEqual({ name: "campaignsByDay", state: "WAITING", reason: null });
});

test("a stream that failed for good waits for nobody: it says what is missing, and that it can be read again", async () => {
  expect(
    await reasonOf({ class: "invalid_request", code: "meta-ads.badRequest", said: "(100) no" }, "failed"),
  ).toMatchObject({
    state: "FAILED",
    reason: {
      code: "incomplete",
      message: "Not all of it could be read. Resync it to try again.",
      meaning: "What was read before stays; what never came in is missing. Meta Ads says: (100) no",
      remedy: { kind: "RETRY" },
    },
  });
});
