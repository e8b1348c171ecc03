import type { ReactNode } from "react";
import { useLiveDatasource } from "../live/live.tsx";
import { Dialog, DialogHead } from "../parts/dialog.tsx";
import type { Tab } from "../routes.ts";
import type { ConnectFlow } from "../screens/connect/connect-flow.ts";
import { ConnectView } from "../screens/connect/connect-drawer.tsx";
import { untried } from "../screens/connect/use-key.ts";
import { BackfillView } from "../screens/detail/backfill-card.tsx";
import { DisconnectDialog } from "../screens/detail/disconnect-dialog.tsx";
import { ForwardPanel } from "../screens/detail/forward-panel.tsx";
import { RunAttempts } from "../screens/runs/run-attempts.tsx";
import { RunStreams } from "../screens/runs/run-streams.tsx";
import { ReplaceDialog } from "../screens/detail/replace-dialog.tsx";
import { SendLinkDialog, SentView } from "../screens/detail/send-link.tsx";
import { StopDialog } from "../screens/detail/stop-dialog.tsx";
import { accessScenes } from "./access-scenes.tsx";
import { mapFixture, shopifyFixture } from "./answers.ts";
import { attemptFixture, backfillFixture, datasourceFixture, reason, storyDatasources } from "./fixtures.ts";
import {
  choicesFixture,
  linkUrl,
  linksFixture,
  namesAnswered,
  reachFixture,
  switched,
  rehearsalFixture,
  newStore,
  replacedFixture,
  runAttemptsFixture,
  runStreamsFixture,
  waitingAttemptFixture,
} from "./repair-answers.ts";
import type { Scene } from "./scene.ts";
import type { SceneSetting } from "./scene-frame.tsx";
import { DetailScene, list } from "./scene-pages.tsx";

const none = (): void => undefined;
const span = { from: "2025-03-10", to: "2025-03-26" };

/** The map with some days chosen and others brought forward already. */
function ForwardScene({ isLeft = true, isStopped = false }: { isLeft?: boolean; isStopped?: boolean }) {
  const known = useLiveDatasource("amazon-seller");
  if (!known?.dataSync) return null;
  const datasource = isStopped ? { ...known, dataSync: { ...known.dataSync, status: "INACTIVE" as const } } : known;
  return (
    <main className="main">
      <h1>Bring forward</h1>
      <BackfillView
        datasource={datasource}
        months={mapFixture()}
        forward={[{ from: "2025-02-03", to: "2025-02-17" }]}
        stream=""
        onStream={none}
      />
      <section className="card">
        <ForwardPanel
          datasource={datasource}
          stream=""
          span={span}
          isLeft={isLeft}
          planned={{ from: "2024-11-21", to: "2026-11-20" }}
          onSpan={none}
          onClose={none}
          onGiven={none}
        />
      </section>
    </main>
  );
}

type Shown = "stop" | "disconnect" | "replace" | "send";

function AskScene({ id = "amazon-seller", kind }: { id?: string; kind: Shown }) {
  const datasource = useLiveDatasource(id);
  return (
    <DetailScene id={id}>
      {datasource && kind === "stop" && <StopDialog datasource={datasource} onClose={none} />}
      {datasource && kind === "disconnect" && (
        <DisconnectDialog datasource={datasource} onClose={none} onInstead={none} />
      )}
      {datasource && kind === "replace" && <ReplaceDialog datasource={datasource} onClose={none} />}
      {datasource && kind === "send" && <SendLinkDialog datasource={datasource} onSent={none} onClose={none} />}
    </DetailScene>
  );
}

const strong = rehearsalFixture({
  strength: "STRONG",
  consequence: "Parcels that are sent while it is stopped get no cost: shipping and profit of those days stay wrong.",
});
/** Not answered at first, and answered when it is asked again. */
function failingOnce(answer: object): () => unknown {
  let hasFailed = false;
  return () => {
    if (hasFailed) return answer;
    hasFailed = true;
    return new Error("down");
  };
}
const detail = (id: string, tab?: Tab): (() => ReactNode) =>
  tab ? () => <DetailScene id={id} tab={tab} /> : () => <DetailScene id={id} />;
const at = (id: string, answers: SceneSetting["answers"] & {}, tab = ""): SceneSetting => ({
  path: `${list}/${id}${tab}`,
  answers,
});
const klaviyoKey = datasourceFixture({
  platformName: "klaviyo",
  name: "Klaviyo",
  category: "EMAIL_SMS",
  method: "API_KEY",
});
const historyScenes: Scene[] = [
  {
    name: "forward",
    setting: at("amazon-seller", {}),
    show: () => <ForwardScene />,
  },
  {
    name: "forward-nothing-left",
    setting: at("amazon-seller", { ForwardRehearsal: { datasource: { id: "x", forwardRehearsal: null } } }),
    show: () => <ForwardScene isLeft={false} />,
  },
  {
    name: "forward-too-early",
    setting: at("amazon-seller", { ForwardRehearsal: { datasource: { id: "x", forwardRehearsal: null } } }),
    show: () => <ForwardScene />,
  },
  {
    name: "forward-stopped",
    setting: at("amazon-seller", { ForwardRehearsal: { datasource: { id: "x", forwardRehearsal: null } } }),
    show: () => <ForwardScene isStopped />,
  },
  {
    name: "forward-failed",
    setting: at("amazon-seller", { ForwardRehearsal: new Error("down") }),
    show: () => <ForwardScene />,
  },
  {
    name: "forward-asking",
    setting: at("amazon-seller", { ForwardRehearsal: null }),
    show: () => <ForwardScene />,
  },
  {
    name: "settings-history-limited",
    setting: {
      ...at(
        "shopify",
        {
          HistoryReach: {
            datasource: reachFixture({
              backfill: { earliestPossible: "2024-11-21", workedSeconds: 29_520 },
              choices: choicesFixture,
            }),
          },
        },
        "/settings",
      ),
      datasources: [
        datasourceFixture({
          backfill: backfillFixture({
            historyReason: reason("Shopify gives 60 days until it grants full history.", {
              meaning: "Grant read_all_orders once more to read all of it.",
            }),
          }),
        }),
      ],
    },
    show: detail("shopify", "settings"),
  },
  {
    name: "settings-quiet",
    setting: at(
      "shopify",
      {
        HistoryReach: { datasource: reachFixture({ quietHours: { from: "22:00", to: "06:00" } }) },
        SetQuietHours: {
          result: {
            __typename: "SetQuietHoursSuccess",
            command: { id: "c", kind: "SET_QUIET_HOURS", state: "DONE" },
            datasource: { id: "x", quietHours: { from: "23:00", to: "06:00" } },
          },
        },
      },
      "/settings",
    ),
    show: detail("shopify", "settings"),
  },
  {
    name: "settings-ceiling",
    setting: at(
      "shopify",
      {
        HistoryReach: { datasource: reachFixture({ quotaCeiling: { percent: 25 } }) },
        SetQuotaCeiling: {
          result: {
            __typename: "SetQuotaCeilingSuccess",
            command: { id: "c", kind: "SET_QUOTA_CEILING", state: "DONE" },
            datasource: { id: "x", quotaCeiling: { percent: 50 } },
          },
        },
      },
      "/settings",
    ),
    show: detail("shopify", "settings"),
  },
  {
    name: "settings-replacement",
    setting: at(
      "shopify",
      {
        HistoryReach: {
          datasource: reachFixture({
            countsFrom: "2026-11-20",
            replaces: switched("Old store", "2026-11-20T04:12:00Z"),
          }),
        },
      },
      "/settings",
    ),
    show: detail("shopify", "settings"),
  },
  {
    name: "settings-replaced",
    setting: at(
      "shopify",
      {
        HistoryReach: { datasource: reachFixture({ replacedBy: newStore }) },
        RenameDatasource: namesAnswered(),
      },
      "/settings",
    ),
    show: detail("shopify", "settings"),
  },
];

const askScenes: Scene[] = [
  { name: "detail-replace", setting: at("meta-ads", {}), show: () => <AskScene id="meta-ads" kind="replace" /> },
  {
    name: "detail-replace-dead",
    setting: at("klaviyo", { LastReading: { datasource: { id: "klaviyo", readsToSwitch: false } } }),
    show: () => <AskScene id="klaviyo" kind="replace" />,
  },
  {
    name: "detail-replace-asking",
    setting: at("meta-ads", { LastReading: null }),
    show: () => <AskScene id="meta-ads" kind="replace" />,
  },
  {
    name: "detail-replace-unknown",
    setting: at("meta-ads", { LastReading: failingOnce({ datasource: { id: "meta-ads", readsToSwitch: true } }) }),
    show: () => <AskScene id="meta-ads" kind="replace" />,
  },
  {
    name: "detail-disconnect-strong",
    setting: at("shiprocket", { Rehearsal: { datasource: { id: "x", rehearsal: strong } } }),
    show: () => <AskScene id="shiprocket" kind="disconnect" />,
  },
  {
    name: "detail-stop-strong",
    setting: at("amazon-seller", {
      Rehearsal: {
        datasource: { id: "x", rehearsal: { ...strong, action: "STOP", alternatives: ["CHANGE_CADENCE"] } },
      },
    }),
    show: () => <AskScene kind="stop" />,
  },
  {
    name: "detail-rehearsal-failed",
    setting: at("amazon-seller", { Rehearsal: new Error("down") }),
    show: () => <AskScene kind="disconnect" />,
  },
  {
    name: "detail-rehearsal-again",
    setting: at("amazon-seller", { Rehearsal: failingOnce({ datasource: { id: "x", rehearsal: strong } }) }),
    show: () => <AskScene kind="disconnect" />,
  },
  { name: "send-link", setting: at("amazon-seller", {}), show: () => <AskScene kind="send" /> },
  {
    name: "send-link-sent",
    setting: {},
    show: () => (
      <Dialog className="dlg narrow" labelledBy="sent" onClose={none}>
        <DialogHead id="sent" onClose={null}>
          The link is sent
        </DialogHead>
        {linksFixture.slice(0, 1).map((link) => (
          <SentView
            key={link.id}
            sent={{
              link,
              url: linkUrl,
            }}
            onClose={none}
          />
        ))}
      </Dialog>
    ),
  },
];

const replacing: ConnectFlow = {
  state: { kind: "prepare", problem: null, fields: [] },
  attempt: null,
  datasource: null,
  looksClosed: false,
  key: { trial: untried, forget: none, tryIt: none, keep: none },
  begin: none,
  goOn: none,
  paste: none,
  again: none,
};
const replaced = attemptFixture("CONNECTED", { purpose: "REPLACE" });
const flows: Record<string, ConnectFlow> = {
  "replace-prepare": replacing,
  "replace-done": {
    ...replacing,
    state: { kind: "back", attempt: replaced, datasource: "shopify" },
    attempt: replaced,
    datasource: datasourceFixture(),
  },
};

const replaceScenes: Scene[] = Object.entries(flows).map(([name, flow]) => ({
  name,
  setting: { path: list, answers: { ReplacedDatasource: { datasource: replacedFixture() } } },
  show: () => (
    <ConnectView
      platform={shopifyFixture()}
      purpose={{ kind: "replace", datasource: "amazon-seller" }}
      flow={flow}
      onClose={none}
    />
  ),
}));

const runScenes: Scene[] = [
  {
    name: "run-streams",
    setting: at("amazon-seller", {}, "/runs"),
    show: () => (
      <DetailScene id="amazon-seller" tab="runs">
        <section className="card pad">
          <RunStreams streams={runStreamsFixture} />
        </section>
      </DetailScene>
    ),
  },
  {
    name: "run-attempts",
    setting: at("amazon-seller", {}, "/runs"),
    show: () => (
      <DetailScene id="amazon-seller" tab="runs">
        <section className="card pad">
          <h2>Sync 41</h2>
          <RunAttempts
            run="UnVuOjQx"
            attempts={runAttemptsFixture}
            forgotten={7}
            isRunning={false}
            hasRejected={false}
          />
        </section>
      </DetailScene>
    ),
  },
  {
    name: "run-attempts-waiting",
    setting: at("amazon-seller", {}, "/runs"),
    show: () => (
      <DetailScene id="amazon-seller" tab="runs">
        <section className="card pad">
          <h2>Sync 41</h2>
          <RunAttempts run="UnVuOjQx" attempts={waitingAttemptFixture} forgotten={0} isRunning hasRejected={false} />
          <RunAttempts run="UnVuOjQx" attempts={[]} forgotten={0} isRunning={false} hasRejected={false} />
          <RunAttempts run="UnVuOjQx" attempts={[]} forgotten={0} isRunning={false} hasRejected />
        </section>
      </DetailScene>
    ),
  },
  {
    name: "access-key",
    setting: {
      ...at("klaviyo", { ReauthorizeLinks: { datasource: { id: "x", reauthorizeLinks: [] } } }, "/access"),
      datasources: [...storyDatasources().slice(0, 2), klaviyoKey],
    },
    show: detail("klaviyo", "access"),
  },
  {
    name: "access-links-failed",
    setting: at("amazon-seller", { ReauthorizeLinks: new Error("down") }, "/access"),
    show: detail("amazon-seller", "access"),
  },
];

/** Bringing forward, reaching back, replacing, handing a sign-in over, and what each would mean. */
export const repairScenes: Scene[] = [...historyScenes, ...askScenes, ...replaceScenes, ...runScenes, ...accessScenes];
