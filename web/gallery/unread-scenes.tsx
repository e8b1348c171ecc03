// What a page shows while the server is asked, where that failed, and where there is nothing.
import { useEffect } from "react";
import type { Tab } from "../routes.ts";
import { AskedFor } from "../screens/reauthorize/reauthorize-page.tsx";
import { NotFound, PageFailed } from "../shell/plain-pages.tsx";
import { Shell } from "../shell/shell.tsx";
import { answersOf, costs, past, waiting } from "./files-scenes.tsx";
import { DetailScene, list, ListScene } from "./scene-pages.tsx";
import type { Scene } from "./scene.ts";

/** One that never comes, and one that fails. */
const ends = [
  ["loading", null],
  ["failed", new Error("unreachable")],
] as const;

const tabs: readonly (readonly [Tab, string])[] = [
  ["runs", "DatasourceRuns"],
  ["timeline", "DatasourceTimeline"],
  ["access", "DatasourceAccess"],
];

/** A panel over any page, as it stands once its button was pressed. */
function Opened({ panel }: { panel: string }) {
  useEffect(() => document.getElementById(panel)?.showPopover(), [panel]);
  return <ListScene />;
}

export const unreadScenes: readonly Scene[] = ends
  .flatMap(([end, answer]): Scene[] => [
    ...tabs.map(([tab, query]) => ({
      name: `detail-${tab}-${end}`,
      setting: { path: `${list}/shopify/${tab}`, answers: { [query]: answer } },
      show: () => <DetailScene id="shopify" tab={tab} />,
    })),
    {
      name: `files-${end}`,
      setting: { path: `${list}/costs/files`, datasources: [costs], answers: { CostFiles: answer } },
      show: () => <DetailScene id="costs" tab="files" />,
    },
    {
      name: `files-review-${end}`,
      setting: {
        path: `${list}/costs/files`,
        datasources: [costs],
        answers: { ...answersOf([waiting, ...past], []), UploadReview: answer },
      },
      show: () => <DetailScene id="costs" tab="files" />,
    },
    {
      name: `connect-${end}`,
      setting: { path: `${list}/connect/shopify`, answers: { ConnectPlatform: answer } },
      show: () => <ListScene />,
    },
    {
      name: `inbox-${end}`,
      setting: { path: list, answers: { Inbox: answer } },
      show: () => <Opened panel="inbox-panel" />,
    },
  ])
  .concat([
    {
      name: "connect-unknown",
      setting: { path: `${list}/connect/shopify`, answers: { ConnectPlatform: { platform: null } } },
      show: () => <ListScene />,
    },
    {
      name: "reauthorize-link-failed",
      setting: { answers: { ReauthorizeInvitation: new Error("unreachable") } },
      show: () => <AskedFor token="t" />,
    },
    {
      name: "reauthorize-link-unknown",
      setting: { answers: { ReauthorizeInvitation: { reauthorizeLink: null } } },
      show: () => <AskedFor token="t" />,
    },
    {
      name: "data-panel-empty",
      setting: { path: list, datasources: [] },
      show: () => <Opened panel="data-panel" />,
    },
    {
      name: "nothing-here",
      setting: {},
      show: () => (
        <Shell crumbs={[]}>
          <NotFound href="/" />
        </Shell>
      ),
    },
    { name: "page-failed", setting: {}, show: () => <PageFailed reference="0199f0c2" /> },
  ]);
