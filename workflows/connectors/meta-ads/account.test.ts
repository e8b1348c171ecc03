import { expect, test } from "vitest";
import { nameOfDays } from "../records.ts";
import { failureOf } from "../testing/failure-of.ts";
import { makeScriptedSession } from "../testing/scripted.ts";
import { metaAdsAccount } from "./account.ts";
import { callGraph } from "./graph.ts";
import { mapDays } from "./insights/mapping.ts";
import { lookAtReport } from "./insights/report.ts";

const account = (id: string, account_status: number, more: object = {}) =>
  JSON.stringify({ account_id: id, account_status, currency: "JPY", timezone_name: "Asia/Kathmandu", ...more });

test("accounts of few digits or many, as text or as number, in whatever state, are all listed", async () => {
  const rows = [
    account("1010", 1),
    account("17841400000000001", 2).replace('"17841400000000001"', "17841400000000001"),
    account("3", 201, { name: null, business: null, user_tasks: [] }),
    account("4", 101),
  ];
  const session = makeScriptedSession(({ url }) =>
    url.includes("adaccounts") ? { body: `{"data":[${rows.join()}]}` } : { status: 404, body: "no batches here" },
  );
  expect((await metaAdsAccount.list(session)).map(({ externalId, state }) => [externalId, state])).toEqual([
    ["1010", "open"],
    ["17841400000000001", "restricted"],
    ["3", "open"],
    ["4", "closed"],
  ]);
});

test.each(["Euro", "eur", "", null])("an account has no currency where it says %j", async (currency) => {
  const session = makeScriptedSession(({ url }) =>
    url.includes("adaccounts") ? { body: `{"data":[${account("1", 1, { currency })}]}` } : { status: 404, body: "" },
  );
  expect(await metaAdsAccount.list(session)).toMatchObject([{ currency: null }]);
});

test("an account and its business have names that can be written down, whatever stands in them", async () => {
  const row = account("1", 1, { name: "Tea\0", business: { id: "2", name: "\ud83c" } });
  const session = makeScriptedSession(({ url }) =>
    url.includes("adaccounts") ? { body: `{"data":[${row}]}` } : { status: 404, body: "" },
  );
  const named = [{ name: "Tea\ufffd", details: { business: "\ufffd" } }];
  expect(await metaAdsAccount.list(session)).toMatchObject(named);
});

const refusal = (code: number, message: string) => ({
  status: 403,
  body: JSON.stringify({ error: { code, message } }),
});
const permissions = (status: string) => ({ body: JSON.stringify({ data: [{ permission: "ads_read", status }] }) });

test.each([
  ["refused", refusal(200, "(#200) Missing Permissions")],
  ["empty", { body: '{"data":[]}' }],
])("a list that is %s: a permission that was declined is named, else the role", async (_, answer) => {
  const listed = (status: string) =>
    failureOf(
      metaAdsAccount.list(
        makeScriptedSession(({ url }) => (url.includes("me/permissions") ? permissions(status) : answer)),
      ),
    );
  expect(await listed("declined")).toMatchObject({ lacks: "ads_read", code: "meta-ads.permissionMissing" });
  expect(await listed("granted")).toMatchObject({ lacks: "Analyst" });
});

test("a part of a batch that Meta did not get to costs its own account the figure, and no other", async () => {
  const spend = (value: string | number) => ({ code: 200, body: JSON.stringify({ data: [{ spend: value }] }) });
  const session = makeScriptedSession(({ url }) => ({
    body: url.includes("adaccounts")
      ? `{"data":[${account("1010", 1)},${account("1020", 1)},${account("1030", 1)}]}`
      : JSON.stringify([spend("10"), null, spend(30.5)]),
  }));
  const listed = await metaAdsAccount.list(session);
  expect(listed.map(({ details }) => details["spent30Days"])).toEqual(["10", null, "30.5"]);
});

test("an account that is not there is one that somebody else may reach, a report that is not is gone", async () => {
  const session = makeScriptedSession(() => ({
    status: 400,
    body: JSON.stringify({ error: { code: 100, error_subcode: 33, message: "Unsupported get request." } }),
  }));
  const failed = (path: string) => failureOf(callGraph(session, { path, purpose: "test" }));
  expect(await failed("act_1010/insights")).toMatchObject({
    class: "permission",
    curedBy: "grant",
    code: "meta-ads.accountNotReached",
  });
  expect(await failed("6023920149050")).toMatchObject({ class: "gone", what: "object" });
});

test("where a page is too much, accounts are listed by fewer", async () => {
  const session = makeScriptedSession(({ url }) => {
    if (!url.includes("adaccounts")) return { status: 404, body: "no batches here" };
    return Number(new URL(url).searchParams.get("limit")) > 25
      ? { ...refusal(1, "Please reduce the amount of data you're asking for, then retry your request"), status: 500 }
      : { body: `{"data":[${account("1010", 1)}]}` };
  });
  expect(await metaAdsAccount.list(session)).toHaveLength(1);
});

test.each([
  [{ async_status: "Job Completed", async_percent_completion: "100" }, "ready"],
  [{ async_status: "Job Completed" }, "ready"],
  [{ async_status: "Job Completed", async_percent_completion: 99 }, "running"],
  [{ async_status: "Job Running", async_percent_completion: 100 }, "running"],
  [{ async_status: "Job Not Started" }, "running"],
  [{ async_status: "Job Skipped" }, "failed"],
  [{ async_status: "Job Failed", error_code: -2 }, "failed"],
])("a report that says %j is %s", async (node, kind) => {
  const session = makeScriptedSession(() => ({ body: JSON.stringify(node) }));
  expect(await lookAtReport(session, "1")).toMatchObject({ kind });
});

test("a row that does not name its currency has the account's, and one that does its own", () => {
  const row = { campaign_id: 7, date_start: "2026-11-19", date_stop: "2026-11-19", spend: 142.37, impressions: "9" };
  const range = {
    level: "campaign",
    since: "2026-11-01",
    until: "2026-11-19",
    readAt: "2026-11-20T12:00:00Z",
  } as const;
  const { records } = mapDays([row, { ...row, account_currency: "KWD" }], { ...range, currency: "JPY" });
  expect(records).toMatchObject([
    { campaignId: "7", currency: "JPY", spend: "142.37" },
    { campaignId: "7", currency: "KWD" },
  ]);
});

test("what did not happen may be left out of a row: no delivery, and no purchase by the setting that counts", () => {
  const range = { level: "campaign", since: "2026-11-19", until: "2026-11-19", currency: "USD" } as const;
  const row = { campaign_id: "7", date_start: "2026-11-19", date_stop: "2026-11-19" };
  const late = [{ action_type: "omni_purchase", "28d_click": "2" }];
  const { records, rejected } = mapDays([{ ...row, actions: late, action_values: late }], {
    ...range,
    readAt: "2026-11-20T12:00:00Z",
  });
  expect(rejected).toEqual([]);
  expect(records).toMatchObject([{ spend: "0", impressions: "0", purchases: "0", purchaseValue: "0" }]);
});

test("a row that names no day goes by the days that were asked for", () => {
  const range = { level: "campaign", since: "2026-11-18", until: "2026-11-19", currency: "USD" } as const;
  const { rejected } = mapDays([{ campaign_id: "7", spend: "1" }], { ...range, readAt: "2026-11-20T12:00:00Z" });
  expect(rejected).toMatchObject([{ id: nameOfDays({ part: "campaign", from: "2026-11-18", until: "2026-11-20" }) }]);
});

test.each([
  { amount_spent: "142.37", impressions: "9" },
  { spend: "142.37", shown: "9" },
  { spend: "1", impressions: "9", actions: [{ action_type: "omni_purchase", count: "2" }] },
])("a figure that is sent under another name is not a zero: %j", (figures) => {
  const range = { level: "campaign", since: "2026-11-19", until: "2026-11-19", currency: "USD" } as const;
  const row = { campaign_id: "7", date_start: "2026-11-19", date_stop: "2026-11-19", ...figures };
  const { records, rejected } = mapDays([row], { ...range, readAt: "2026-11-20T12:00:00Z" });
  expect(records).toEqual([]);
  expect(rejected).toHaveLength(1);
});
