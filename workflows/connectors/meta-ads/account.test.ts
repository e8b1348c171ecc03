import { expect, test } from "vitest";
import { makeScriptedSession } from "../testing/scripted.ts";
import { metaAdsAccount } from "./account.ts";
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

test.each([
  [{ async_status: "Job Completed", async_percent_completion: "100" }, "ready"],
  [{ async_status: "Job Completed" }, "ready"],
  [{ async_status: "Job Completed", async_percent_completion: 99 }, "running"],
  [{ async_status: "Job Running", async_percent_completion: 100 }, "running"],
  [{ async_status: "Job Not Started" }, "running"],
  [{ async_status: "Job Skipped" }, "lost"],
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
