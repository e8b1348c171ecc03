import { expect, test } from "vitest";
import { failureOf } from "../testing/failure-of.ts";
import { makeScriptedSession } from "../testing/scripted.ts";
import { metaAdsReconcile } from "./reconcile.ts";

const row = (campaign: string, spend: string) => ({
  account_id: "1",
  account_currency: "INR",
  campaign_id: campaign,
  campaign_name: campaign,
  date_start: "2026-11-18",
  date_stop: "2026-11-18",
  spend,
  impressions: "10",
});
const next = (after: string) => ({
  cursors: { after },
  next: `https://graph.facebook.com/v26.0/act_1/insights?after=${after}`,
});

/** The account's own row says 30; its campaigns come in pages, by where they begin. */
function pages(of: (after: string) => object) {
  const session = makeScriptedSession(({ url, body = "" }) => {
    const asked = new URLSearchParams([...new URL(url).searchParams, ...new URLSearchParams(body)]);
    const isAccount = asked.get("level") === "account";
    return { body: JSON.stringify(isAccount ? { data: [row("", "30")] } : of(asked.get("after") ?? "")) };
  });
  return {
    ...session,
    account: {
      externalId: "1",
      name: "One",
      currency: "INR",
      zone: "Asia/Kolkata",
      domain: null,
      state: "open" as const,
      details: {},
    },
  };
}
const spent = async (session: ReturnType<typeof pages>) =>
  (await metaAdsReconcile.aggregates(session, "2026-11-18")).find(({ metric }) => metric === "ad_spend");

test("a day's own figure is the account's, and the campaigns of all its pages are held against it", async () => {
  const session = pages((after) =>
    after === "" ? { data: [row("a", "10")], paging: next("b") } : { data: [row("b", "20.00")] },
  );
  expect(await spent(session)).toMatchObject({
    value: "30",
    figure: "accountInsights",
    byRecord: { "campaign:a:2026-11-18": "10", "campaign:b:2026-11-18": "20.00" },
  });
});

test("what the campaigns do not show of the account is told to the digit; where a row cannot be read nothing is claimed", async () => {
  const less = pages(() => ({ data: [row("a", "10"), row("b", "5.25")] }));
  expect(await spent(less)).toEqual({
    metric: "ad_spend",
    day: "2026-11-18",
    value: "30",
    currency: "INR",
    figure: "accountInsightsOnly",
    byRecord: { "campaign:a:2026-11-18": "10", "campaign:b:2026-11-18": "5.25" },
    takesIn: { kind: "otherLevels", amount: "14.75" },
  });
  const unread = await spent(pages(() => ({ data: [row("a", "10"), row("b", "5,25")] })));
  expect(unread).toMatchObject({ value: "30", figure: "accountInsights" });
  expect(unread).not.toHaveProperty("takesIn");
  expect(unread).not.toHaveProperty("byRecord");
});

test("a first page that came empty is asked for again, not taken for the end", async () => {
  let isFirst = true;
  const session = pages((after) => {
    if (after !== "") return { data: [row("b", "20")] };
    const data = isFirst ? [] : [row("a", "10")];
    isFirst = false;
    return { data, paging: next("b") };
  });
  expect(await spent(session)).toMatchObject({ value: "30", figure: "accountInsights" });
});

test("one page for ever is found out: it is no sum, and no end of the pages either", async () => {
  const session = pages(() => ({ data: [row("a", "10")], paging: next("a") }));
  expect(await failureOf(spent(session))).toMatchObject({ class: "transient", code: "pages.same" });
  expect(session.sent.length).toBeLessThan(6);
});
