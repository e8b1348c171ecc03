import { expect, test } from "vitest";
import type { Json } from "../json.ts";
import { failureOf } from "../testing/failure-of.ts";
import { nextIn } from "./graph.ts";

const page = (paging: Json): Json => ({ data: [], paging });
const next = "https://graph.facebook.com/v26.0/act_1/insights?access_token=secret&after=MjQZD&limit=25";

test.each<[string, Json, string | null]>([
  ["the cursor beside a next page", page({ cursors: { before: "a", after: "b" }, next }), "b"],
  ["a cursor without a next page", page({ cursors: { before: "a", after: "b" } }), null],
  ["a next page that alone tells its place", page({ next }), "MjQZD"],
  ["a next page that is told from here on", page({ next: "/v26.0/act_1/insights?after=M%2FQ%3D%3D" }), "M/Q=="],
  ["a next page that writes its place as it is", page({ next: "/v26.0/x?after=M+/Q==" }), "M+/Q=="],
  ["a next page beside a cursor that is empty", page({ cursors: {}, next }), "MjQZD"],
  ["a next page that is null", page({ cursors: { after: "b" }, next: null }), null],
  ["no paging at all", { data: [] }, null],
])("%s", (_what, body, after) => {
  expect(nextIn(body)).toBe(after);
});

test.each<[string, Json]>([
  ["an address without it", "https://graph.facebook.com/v26.0/act_1/insights?limit=25"],
  ["no address", "more"],
  ["no text", true],
])("a next page of which nobody knows the place (%s) is trouble, and not the end", async (_what, given) => {
  const failure = await failureOf(Promise.resolve().then(() => nextIn(page({ next: given }))));
  expect(failure).toMatchObject({ class: "transient" });
  expect(JSON.stringify(failure)).not.toContain("secret");
});
