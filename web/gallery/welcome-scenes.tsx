import type { ReactNode } from "react";
import { to } from "../routes.ts";
import { MailsPage } from "../screens/settings/mail-choices.tsx";
import { InboxView } from "../screens/inbox/inbox.tsx";
import type { Notice } from "../screens/inbox/inbox.documents.ts";
import { ReminderView } from "../screens/welcome/reminder.tsx";
import type { OnboardingSteps, StepState } from "../screens/welcome/welcome.documents.ts";
import { WelcomePage } from "../screens/welcome/welcome-page.tsx";
import { Shell } from "../shell/shell.tsx";
import { catalogFixture } from "./answers.ts";
import { ago, datasourceFixture, reason, streamFixture } from "./fixtures.ts";
import type { Scene } from "./scene.ts";

const none = (): void => undefined;

function onboarding(...states: readonly StepState[]): OnboardingSteps {
  const at = (place: number): StepState => states[place] ?? "LATER";
  return {
    steps: (["CONNECT", "FIRST_NUMBERS", "CHECK_ONE"] as const).map((name, n) => ({
      name,
      state: at(n),
      doneAt: null,
    })),
    checks: (["DATA_PANEL", "YESTERDAY", "SPOT_CHECK"] as const).map((name, n) => ({
      name,
      state: at(n),
      doneAt: null,
    })),
    isDone: states.length === 3 && states.every((state) => state === "DONE"),
    dismissedAt: null,
    spotCheck: states[1] === "DONE" ? checked(states[2] === "DONE" ? "1206" : "1207") : null,
  };
}

const checked = (theirs: string): OnboardingSteps["spotCheck"] => ({
  metric: "orders",
  title: "Orders",
  day: "2026-11-19",
  ours: "1204",
  theirs,
  difference: String(1204 - Number(theirs)),
  currency: null,
  state: theirs === "1206" ? "EXPLAINED" : "DIFFERENT",
  checkedAt: ago(40),
  parts: [
    {
      cause: "DEFINITION",
      amount: "-2",
      records: 2,
      firstRecords: [
        { name: "#4411", url: "https://monsoon-and-moss.myshopify.com/admin/orders/5204411" },
        { name: "#4417", url: "https://monsoon-and-moss.myshopify.com/admin/orders/5204417" },
      ],
      sentence: "Shopify counts test orders, we leave them out: 2 on this day.",
    },
    ...(theirs === "1206"
      ? []
      : [
          {
            cause: "UNEXPLAINED" as const,
            amount: "-1",
            records: null,
            firstRecords: [],
            sentence: "Nothing on record explains this part.",
          },
        ]),
  ],
  datasource: {
    id: "shopify",
    name: "Shopify",
    countsFrom: null,
    platform: { id: "p-shopify", title: "Shopify" },
  },
});
const checkedAnew = checked("1206");
/** The day that was checked is one of another's, whose place it took. */
const switchedSince: OnboardingSteps = {
  ...onboarding("DONE", "DONE", "DONE"),
  spotCheck: checkedAnew?.datasource
    ? { ...checkedAnew, datasource: { ...checkedAnew.datasource, name: "New store", countsFrom: "2026-11-20" } }
    : null,
};
const welcome = (): React.ReactNode => (
  <Shell crumbs={[{ label: "Welcome" }]}>
    <WelcomePage />
  </Shell>
);
const reading = datasourceFixture({
  firstNumbersAt: null,
  connectedAt: ago(1),
  rowsTotal: "1204",
  streams: [
    streamFixture({ id: "orders", title: "Orders", state: "RUNNING", percent: 12, rows: "1204" }),
    streamFixture({ id: "products", title: "Products", rows: "730" }),
  ],
});
const stuck = datasourceFixture({
  firstNumbersAt: null,
  connectedAt: ago(22),
  rowsTotal: "0",
  streams: [],
  dataSync: {
    status: "NOT_SYNCED",
    reason: reason("First sync queued, starts within a minute.", { code: "nothingLandedYet" }),
  },
});
/** Connected by a key. */
const gorgias = {
  name: "Gorgias",
  platform: { ...stuck.platform, name: "gorgias", title: "Gorgias", category: "SUPPORT" as const },
};
const stopped: typeof reading = {
  ...stuck,
  connectedAt: ago(3),
  dataSync: {
    status: "INACTIVE",
    reason: reason("Paused by Arjun Rao, 2 minutes ago.", {
      code: "pausedByPerson",
      meaning: "Nothing new is read; credentials are kept. Resuming fills the gap.",
      remedy: { kind: "RESUME", label: "Resume", url: null },
    }),
  },
  viewerCan: [{ action: "RESUME" as const, isAllowed: true, reason: null }],
};

const done = onboarding("DONE", "DONE", "DONE");
/** The store with which it was done is disconnected. */
const doneBefore = { ...done, checks: onboarding("DONE", "DONE", "NOW").checks, spotCheck: null };
const ads = datasourceFixture({ platformName: "meta-ads", category: "ADS", name: "Meta Ads" });

const steps: readonly (readonly [string, OnboardingSteps | null, ...(typeof reading)[]])[] = [
  ["welcome", onboarding("NOW")],
  ["welcome-reading", onboarding("DONE", "NOW"), reading],
  ["welcome-stuck", onboarding("DONE", "NOW"), stuck],
  ["welcome-stuck-key", onboarding("DONE", "NOW"), { ...stuck, ...gorgias }],
  ["welcome-stopped", onboarding("DONE", "NOW"), stopped],
  ["welcome-check", onboarding("DONE", "DONE", "NOW"), datasourceFixture()],
  ["welcome-done", done, datasourceFixture()],
  ["welcome-done-switched", switchedSince, datasourceFixture()],
  ["welcome-done-before", doneBefore, ads],
  ["welcome-done-ads", done, datasourceFixture(), ads],
  ["welcome-loading", null],
];

const notice = (more: Partial<Notice> & Pick<Notice, "id" | "message">): Notice => ({
  kind: "GRANT_ENDING",
  meaning: null,
  since: ago(90),
  resolvedAt: null,
  isRead: true,
  about: null,
  platform: null,
  datasource: { id: "meta", name: "Meta Ads", platform: { id: "m", title: "Meta Ads", category: "ADS" } },
  ...more,
});
const mountain = { id: "p-Mountain", name: "mountain", title: "Mountain", category: "OTHER" as const };
export const notices = [
  notice({
    id: "n0",
    kind: "REQUESTED",
    about: "RECONNECT",
    message: "Request from Mira Sen and Tarun Bora: reconnect M&M main list at Klaviyo.",
    datasource: { id: "klaviyo", name: "Klaviyo", platform: { id: "k", title: "Klaviyo", category: "EMAIL_SMS" } },
    isRead: false,
  }),
  notice({
    id: "n00",
    kind: "REQUESTED",
    about: "SEE_PLAN",
    message: "Request from Mira Sen: to see the plan and its usage.",
    meaning: "Only admins can open that page: tell them what they want to know.",
    datasource: null,
  }),
  notice({
    id: "n000",
    kind: "PLATFORM_OPENED",
    message: "Mountain can be connected now. You asked to be told.",
    datasource: null,
    platform: mountain,
  }),
  notice({
    id: "n01",
    kind: "FROZEN_AT_SOURCE",
    message: "Monsoon & Moss is closed or frozen at Shopify: nothing new is read.",
    meaning:
      "What is here stays. Settle it at Shopify: it is asked once a day, goes on by itself once it is open, and the gap is filled.",
    datasource: { id: "shopify", name: "Shopify", platform: { id: "s", title: "Shopify", category: "ECOMMERCE" } },
    isRead: false,
  }),
  notice({
    id: "n02",
    kind: "HISTORY_INCOMPLETE",
    message: "Some of the history of Monsoon & Moss at Gorgias could not be read: tickets.",
    meaning: "Recent days are complete; older ones may lack records. Have those days read again.",
    datasource: {
      id: "gorgias",
      name: "Gorgias",
      platform: { id: "g", title: "Gorgias", category: "SUPPORT" },
    },
  }),
  notice({
    id: "n03",
    kind: "ACCESS_LOST",
    message: "M&M main list at Klaviyo was disconnected.",
    since: ago(300),
    resolvedAt: ago(2),
    datasource: { id: "klaviyo", name: "Klaviyo", platform: { id: "k", title: "Klaviyo", category: "EMAIL_SMS" } },
  }),
  notice({
    id: "n1",
    message: "Priya’s grant at Meta Ads ends in 6 days.",
    meaning: "It syncs until then. Renewing takes about a minute.",
    isRead: false,
  }),
  notice({ id: "n2", message: "Shopify did not answer.", since: ago(700), resolvedAt: ago(640), kind: "SOURCE_DOWN" }),
];

const topics = [
  "NEEDS_SOMEONE",
  "GRANT_ENDING",
  "PAUSED_BY_PLATFORM",
  "RECOVERED",
  "HISTORY_READ",
  "REQUESTED",
  "REVIEW_DUE",
  "PLATFORM_OPENED",
] as const;
const mailsBut = (...off: (typeof topics)[number][]) => ({
  __typename: "Me",
  id: "u-1",
  mails: topics.map((topic) => ({ __typename: "MailChoice", topic, isOn: !off.includes(topic) })),
});
const chosenMails = { result: { __typename: "ChooseMailsSuccess", me: mailsBut("RECOVERED", "HISTORY_READ") } };
const mailsOf = (answer: unknown, chosen: unknown = chosenMails): Scene["setting"] => ({
  path: to.mails(),
  answers: { MailChoices: answer, ChooseMails: chosen },
});
/** Each is answered at a word. */
const chosenAtAWord = (): Promise<unknown> =>
  new Promise((resolve) => addEventListener("answer", () => resolve(chosenMails), { once: true }));
const showMails = (): ReactNode => (
  <Shell crumbs={[{ label: "Mails to you" }]}>
    <MailsPage />
  </Shell>
);

export const welcomeScenes: Scene[] = [
  ...steps.map(([name, answer, ...datasources]): Scene => ({
    name,
    setting: {
      datasources,
      answers: {
        Onboarding: answer && { organisation: { id: "o-1", onboarding: answer } },
        WelcomeCatalog: { catalog: catalogFixture() },
      },
    },
    show: welcome,
  })),
  {
    name: "welcome-failed",
    setting: { answers: { Onboarding: new Error("down") } },
    show: welcome,
  },
  {
    name: "welcome-reminder",
    setting: {},
    show: () => (
      <Shell crumbs={[{ label: "Brand Overview" }]}>
        <h1>Brand Overview</h1>
        <ReminderView onboarding={onboarding("DONE", "NOW")} onDismiss={none} />
      </Shell>
    ),
  },
  ...(["inbox", "inbox-empty"] as const).map((name): Scene => ({
    name,
    setting: {},
    show: () => (
      <Shell crumbs={[{ label: "Notices" }]}>
        <h1>Notices</h1>
        <div className="dp stays">
          <div className="dh">
            <h2>Notices</h2>
          </div>
          <InboxView notices={name === "inbox" ? notices : []} onOpen={none} onChanged={none} />
        </div>
      </Shell>
    ),
  })),
  { name: "mails", setting: mailsOf({ me: mailsBut("RECOVERED") }), show: showMails },
  { name: "mails-saving", setting: mailsOf({ me: mailsBut("RECOVERED") }, chosenAtAWord), show: showMails },
  { name: "mails-loading", setting: mailsOf(null), show: showMails },
  { name: "mails-failed", setting: mailsOf(new Error("down")), show: showMails },
];
