import type { ComponentProps } from "react";
import { Shell } from "../shell/shell.tsx";
import { AccessReviewPage } from "../screens/access-review/access-review-page.tsx";
import { AddressDialog, AddressShown } from "../screens/access-review/calendar-address.tsx";
import type { AccessReview, GrantCalendar, LivingGrant } from "../screens/access-review/access-review.documents.ts";
import { ChoosePaused } from "../screens/plan/change-plan.tsx";
import { PlanPage } from "../screens/plan/plan-page.tsx";
import type { PlanUsage } from "../screens/plan/plan.documents.ts";
import { InvitationView } from "../screens/reauthorize/reauthorize-page.tsx";
import type { Invitation } from "../screens/reauthorize/reauthorize.documents.ts";
import { Dialog, DialogHead } from "../parts/dialog.tsx";
import { to } from "../routes.ts";
import { ago, ahead, datasourceFixture, reason, storyDatasources } from "./fixtures.ts";
import { grantRow } from "./review-answers.ts";
import type { Scene } from "./scene.ts";
import { DetailScene, list, viewer } from "./scene-pages.tsx";

const day = 1440;
const apps = [
  ["Amazon Seller", "ECOMMERCE", ago(1), ago(3 * day)],
  ["Shopify", "ECOMMERCE", ago(6), ago(42)],
  ["Google Ads", "ADS", ago(9 * day), ago(120 * day)],
  ["Klaviyo", "EMAIL_SMS", null, null],
] as const;
const connecting = ["Stripe", "PAYMENTS", null, null] as const;
const choices = apps.map(([name, , lastSuccessAt, lastOpenedAt]) => ({
  id: name,
  name,
  platform: { id: name, title: name },
  account: null,
  lastSuccessAt,
  lastOpenedAt,
}));

export const usage = (used: number): PlanUsage => ({
  id: "o-1",
  supportUrl: "mailto:help@headwater.example",
  owners: ["Ananya Das"],
  plan: { name: "growth", title: "Growth", allowance: 10 },
  plans: [
    { name: "free", title: "Free", allowance: 3 },
    { name: "growth", title: "Growth", allowance: 10 },
    { name: "scale", title: "Scale", allowance: 25 },
    { name: "custom", title: "Custom", allowance: null },
  ],
  usage: {
    slots: { allowance: 10, used, free: Math.max(0, 10 - used) },
    apps: [...apps, connecting].map(([name, category, lastUsedAt, lastOpenedAt]) => ({
      since: ago(40 * day),
      lastUsedAt,
      datasource: {
        id: name,
        name,
        connectedAt: name === connecting[0] ? null : ago(41 * day),
        lastOpenedAt,
        account: null,
        connection: name === connecting[0] ? null : { status: "CONNECTED" as const },
        platform: { id: name, title: name, category },
      },
    })),
    native: [
      {
        id: "costs",
        name: "Custom costs",
        account: null,
        platform: { id: "c", title: "Custom costs", category: "OTHER" },
      },
    ],
    aiCredits: 0,
  },
});

const heldByPlan = datasourceFixture({
  id: "Google Ads",
  name: "Google Ads",
  dataSync: { status: "INACTIVE", reason: reason("The plan does not cover it since 18 Nov.", { code: "plan" }) },
  needsAttention: true,
});

/** More are in use than it has room for: the owner is asked which of them pause. */
const tooMany = (allowance: number) => ({
  result: {
    __typename: "TooManyForPlan",
    code: "TOO_MANY_FOR_PLAN",
    message: "More apps are in use than that plan has room for.",
    meaning: "Nothing was changed.",
    remedy: null,
    allowance,
    used: apps.length,
    datasources: choices,
  },
});

export const calendar = (
  endings: GrantCalendar["grantCalendar"],
  grants: LivingGrant[] = [],
  review: Partial<AccessReview> = {},
): GrantCalendar => ({
  id: "o-1",
  today: "2026-11-20",
  calendarAddressMadeAt: null,
  grantCalendar: endings,
  accessReview: { dueAt: ahead(11 * day), seen: "as shown", signed: [], rows: grants.map(grantRow), ...review },
});
export const living = (
  id: string,
  holder: string,
  more: Partial<LivingGrant["grant"]>,
  giverLeft = false,
): LivingGrant => ({
  giverLeft,
  platform: { id, name: id.toLowerCase(), title: id, category: "EMAIL_SMS", method: "OAUTH" },
  datasources: [{ id: id.toLowerCase(), name: `${id} India` }],
  grant: {
    holder,
    createdAt: ago(200 * 24 * 60),
    endsAt: null,
    renewsItself: false,
    givenBy: { kind: "PERSON", name: "Priya Nair" },
    credential: { version: 1, lastFour: "9f2c", lastUsedAt: ago(12) },
    scopes: [],
    ...more,
  },
});
export const livingGrants = [
  living("Klaviyo", "Monsoon & Moss", { scopes: [{ name: "flows:read", isUnused: true }] }, true),
  living("Shopify", "monsoon-and-moss.myshopify.com", {
    endsAt: ahead(80 * day),
    renewsItself: true,
    credential: { version: 9, lastFour: null, lastUsedAt: null },
    givenBy: { kind: "PERSON", name: "Arjun Rao" },
  }),
];
export const ending = (name: string, holder: string, inDays: number, told: string[] = []) => ({
  holder,
  endsAt: ahead(inDays * day),
  warnedAt: told,
  platform: { id: name, title: name, category: "ADS" as const },
  datasources: [
    { id: `${name}-1`, name },
    { id: `${name}-2`, name: `${name} Europe` },
  ],
});

const invitation = (more: Partial<Invitation> = {}): Invitation => ({
  organisationName: "Monsoon & Moss",
  askedBy: "Ananya Das",
  whoToAsk: "Ananya Das",
  accountName: "M&M India (act_418820975)",
  state: "OPEN",
  expiresAt: ahead(2 * day),
  problem: null,
  platform: {
    name: "meta-ads",
    title: "Meta Ads",
    prerequisites: [
      "The role Analyst or higher in the ad account.",
      "Two-factor sign-in, if your business asks for it.",
    ],
    policyUrl: "https://www.facebook.com/privacy/policy",
    scopes: [{ name: "ads_read", purpose: "Campaigns, their spend and results by day" }],
  },
  ...more,
});

export const plan = (): React.ReactNode => (
  <Shell crumbs={[{ label: "Organisation" }, { label: "Plan and usage" }]}>
    <PlanPage />
  </Shell>
);
/** The question of a plan that holds less than is in use. */
export const planSmaller = (datasources: ComponentProps<typeof ChoosePaused>["choosing"]["datasources"]) => (
  <Shell crumbs={[{ label: "Organisation" }, { label: "Plan and usage" }]}>
    <h1>Plan and usage</h1>
    <ChoosePaused
      choosing={{ plan: "free", allowance: 3, datasources }}
      busy={false}
      onPause={() => undefined}
      onKeep={() => undefined}
    />
  </Shell>
);

export const accessReview = (): React.ReactNode => (
  <Shell crumbs={[{ label: "Integrations" }, { label: "Access review" }]}>
    <AccessReviewPage />
  </Shell>
);

const invitations: readonly (readonly [string, Partial<Invitation>])[] = [
  ["reauthorize-link", {}],
  [
    "reauthorize-link-other-account",
    {
      problem: reason("Another account came back: Chai & Co. Nothing was read from it.", {
        meaning: "Nothing new is read since then; what is here is kept.",
        remedy: { kind: "SWITCH_ACCOUNT", label: "Switch account", url: null },
      }),
    },
  ],
  [
    "reauthorize-link-refused",
    {
      problem: reason("Access was refused in Meta Ads. Nothing was connected.", {
        remedy: { kind: "START_AGAIN", label: "Start again", url: null },
      }),
    },
  ],
  ["reauthorize-link-checking", { state: "CHECKING" }],
  ["reauthorize-link-done", { state: "USED" }],
  ["reauthorize-link-expired", { state: "EXPIRED" }],
  ["reauthorize-link-revoked", { state: "REVOKED" }],
];

export const organisationScenes: Scene[] = [
  {
    name: "plan",
    setting: {
      path: to.plan("monsoon-and-moss"),
      answers: { PlanUsage: { organisation: usage(7) }, SetPlan: tooMany(3) },
    },
    show: plan,
  },
  {
    name: "plan-full",
    setting: { path: to.plan("monsoon-and-moss"), answers: { PlanUsage: { organisation: usage(10) } } },
    show: plan,
  },
  {
    name: "plan-over",
    setting: {
      path: to.plan("monsoon-and-moss"),
      health: { isEmbedded: false },
      datasources: [heldByPlan],
      answers: { PlanUsage: { organisation: usage(12) }, SetPlan: tooMany(2) },
    },
    show: plan,
  },
  { name: "plan-loading", setting: { path: to.plan("monsoon-and-moss"), answers: { PlanUsage: null } }, show: plan },
  {
    name: "plan-failed",
    setting: { path: to.plan("monsoon-and-moss"), answers: { PlanUsage: new Error("down") } },
    show: plan,
  },
  {
    name: "detail-dead-viewer-asked",
    setting: {
      path: `${list}/klaviyo/runs`,
      organisation: viewer,
      datasources: storyDatasources().map((each) => ({ ...each, viewerCan: [] })),
      answers: {
        OwnRequests: {
          organisation: {
            id: "o-1",
            ownRequests: [{ about: "RECONNECT", askedAt: ago(6), datasource: { id: "klaviyo" }, platform: null }],
          },
        },
      },
    },
    show: () => <DetailScene id="klaviyo" tab="runs" />,
  },
  {
    name: "plan-viewer",
    setting: {
      path: to.plan("monsoon-and-moss"),
      organisation: viewer,
      answers: { PlanUsage: { organisation: usage(7) } },
    },
    show: plan,
  },
  {
    name: "plan-smaller",
    setting: {},
    show: () => planSmaller(choices),
  },
  {
    name: "access-review",
    setting: {
      path: to.accessReview("monsoon-and-moss"),
      answers: {
        GrantCalendar: {
          organisation: calendar(
            [
              ending("Google Ads", "Priya Nair", 2, [ago(60), ago(30)]),
              ending("Meta Ads", "Priya Nair", 6, [ago(30)]),
              ending("TikTok Ads", "Arjun Rao", 58),
            ],
            livingGrants,
          ),
        },
      },
    },
    show: accessReview,
  },
  {
    name: "access-review-empty",
    setting: { path: to.accessReview("monsoon-and-moss"), answers: { GrantCalendar: { organisation: calendar([]) } } },
    show: accessReview,
  },
  {
    name: "access-review-viewer",
    setting: {
      path: to.accessReview("monsoon-and-moss"),
      organisation: viewer,
      answers: { GrantCalendar: { organisation: calendar([ending("Meta Ads", "Priya Nair", 6)]) } },
    },
    show: accessReview,
  },
  {
    name: "access-review-failed",
    setting: { path: to.accessReview("monsoon-and-moss"), answers: { GrantCalendar: new Error("down") } },
    show: accessReview,
  },
  {
    name: "calendar-address",
    setting: {},
    show: () => <AddressDialog organisation="o-1" madeAt={ago(3 * day)} onClose={() => undefined} />,
  },
  {
    name: "calendar-address-made",
    setting: {},
    show: () => (
      <Dialog className="dlg narrow" labelledBy="address" onClose={() => undefined}>
        <DialogHead id="address" onClose={null}>
          Copy the address now
        </DialogHead>
        <AddressShown
          url="https://app.headwater.example/v1/calendars/AZnxwLfYfG6aU9ChsrjU5QGZ8MDBqny3MLHio7TF1uf4Zk3vQp7sT1uX9yB2nM5rC8wE.ics"
          onDone={() => undefined}
        />
      </Dialog>
    ),
  },
  ...invitations.map(([name, more]): Scene => ({
    name,
    setting: {},
    show: () => <InvitationView token="t" invitation={invitation(more)} />,
  })),
];
