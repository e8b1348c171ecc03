import type { ReactNode } from "react";
import { OverviewPage } from "../screens/overview/overview-page.tsx";
import { Shell } from "../shell/shell.tsx";
import { ahead, datasourceFixture, reason } from "./fixtures.ts";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";
import type { Scene } from "./scene.ts";
import { accessReview } from "./organisation-scenes.tsx";
import { to } from "../routes.ts";

/** Two weeks on, and nobody but a viewer there. */
const sample = {
  id: "o-2",
  slug: "sample-0198f3a2",
  name: "Sample brand",
  slots: { used: 0, allowance: 3, free: 3 },
  viewerRole: "VIEWER" as const,
  viewerCan: [],
  admins: [],
  isSample: true,
  sampleUntil: ahead(14 * 1440),
};
const refused = (["RENAME", "SET_CADENCE", "SET_QUIET_HOURS", "EXTEND_HISTORY"] as const).map((action) => ({
  action,
  isAllowed: false,
  reason: reason("Your role does not allow this."),
}));
const sampleStore = `${list}/sample-store`;
const made = { method: "NONE" as const, grant: null, viewerCan: refused, takesSlot: false };
const datasources = [
  datasourceFixture({ ...made, platformName: "sample-store", name: "Sample Store" }),
  datasourceFixture({ ...made, platformName: "sample-ads", name: "Sample Ads", category: "ADS" }),
];

const overview = (): ReactNode => (
  <Shell crumbs={[{ label: "Brand Overview" }]}>
    <OverviewPage />
  </Shell>
);

export const sampleScenes: Scene[] = [
  {
    name: "sample-overview",
    setting: { path: "/sample-0198f3a2/overview", organisation: sample, datasources },
    show: overview,
  },
  {
    name: "sample-settings",
    setting: { path: `${sampleStore}/settings`, organisation: sample, datasources },
    show: () => <DetailScene id="sample-store" tab="settings" />,
  },
  {
    name: "sample-access",
    setting: { path: `${sampleStore}/access`, organisation: sample, datasources },
    show: () => <DetailScene id="sample-store" tab="access" />,
  },
  {
    name: "sample-review",
    setting: { path: to.accessReview(sample.slug), organisation: sample, datasources },
    show: accessReview,
  },
  { name: "sample-list", setting: { path: list, organisation: sample, datasources }, show: () => <ListScene /> },
];
