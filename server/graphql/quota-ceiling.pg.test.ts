// How much of what its source allows a datasource may use: who may set it, what is refused, and how it is told.
import { beforeAll, describe, expect, test } from "vitest";
import { connectCosts, give, key } from "../testing/mutations.ts";
import { ownApi } from "../testing/own-api.ts";
import { makeDatasource } from "../testing/rows.ts";
import type { MakeOptions } from "../testing/rows.ts";
import { signUp } from "../testing/visitor.ts";
import type { Visitor } from "../testing/visitor.ts";

const api = ownApi();
let owner: Visitor;
let name: string;
beforeAll(async () => {
  owner = await signUp(api);
  ({ name } = (await owner.ask("{ me { name } }")).data.me);
});

const SEEN = `query ($id: ID!) { datasource(id: $id) {
  quotaCeiling { percent since by { name } }
  dataSync { reason { code message } }
  freshness { slowedBy { code message until by { name } } }
  timeline(first: 5) { nodes { message } }
} }`;
const seen = async (gid: string) => (await owner.ask(SEEN, { id: gid })).data.datasource;
const made = (facts: NonNullable<MakeOptions["facts"]> = {}) => makeDatasource(api, owner.organisationId, { facts });
const waiting = { throttledUntil: new Date(Date.now() + 600_000), throttleReason: { code: "ceiling" } };

describe("what is set", () => {
  test("stands with who set it, and is what slows it", async () => {
    const { gid } = await made();
    expect(await give(owner, "setQuotaCeiling", gid, { percent: 25 })).toMatchObject({ is: "SetQuotaCeilingSuccess" });
    const { quotaCeiling, freshness } = await seen(gid);
    expect(quotaCeiling).toEqual({ percent: 25, since: expect.any(String), by: { name } });
    const message = `At most 25% of what Shopify allows is used, set by ${name}.`;
    expect(freshness.slowedBy).toEqual([{ code: "ceiling", message, until: null, by: { name } }]);
  });

  test("is told on the timeline, moved and taken away as well", async () => {
    const { gid } = await made();
    for (const percent of [25, 75, null]) await give(owner, "setQuotaCeiling", gid, { percent });
    const { quotaCeiling, freshness, timeline } = await seen(gid);
    expect([quotaCeiling, freshness.slowedBy]).toEqual([null, []]);
    expect(timeline.nodes.map((entry: { message: string }) => entry.message)).toEqual([
      `${name} let Headwater use all that the source allows.`,
      `${name} let Headwater use at most 75% of what the source allows.`,
      `${name} let Headwater use at most 25% of what the source allows.`,
    ]);
  });

  test("under the same key is set once", async () => {
    const { gid } = await made();
    const asked = { percent: 50, idempotencyKey: key() };
    const first = await give(owner, "setQuotaCeiling", gid, asked);
    await give(owner, "setQuotaCeiling", gid, { percent: null });
    const again = await give(owner, "setQuotaCeiling", gid, asked);
    expect(again.command.id).toBe(first.command.id);
    expect((await seen(gid)).quotaCeiling).toBeNull();
  });
});

test("a wait for it names nobody's limits but its own", async () => {
  const { gid } = await made(waiting);
  await give(owner, "setQuotaCeiling", gid, { percent: 50 });
  const { dataSync, freshness } = await seen(gid);
  expect(dataSync.reason).toMatchObject({
    code: "ceiling",
    message: expect.stringContaining("It keeps to the ceiling that was set for Shopify; goes on"),
  });
  expect(freshness.slowedBy).toMatchObject([{ code: "ceiling", until: waiting.throttledUntil.toISOString() }]);
});

test.each([0, 30, 100])("%i percent is refused", async (percent) => {
  const { gid } = await made();
  expect(await give(owner, "setQuotaCeiling", gid, { percent })).toMatchObject({
    is: "InvalidInput",
    fields: [{ path: "percent", message: "25, 50 or 75 percent." }],
  });
});

test("files have no allowance that a share could be taken of", async () => {
  const files = await signUp(api);
  const gid = await connectCosts(api, files);
  expect(await give(files, "setQuotaCeiling", gid, { percent: 25 })).toMatchObject({
    is: "NotPossibleNow",
    reason: { code: "comesInFiles" },
  });
});
