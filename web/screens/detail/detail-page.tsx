import { Trans, useLingui } from "@lingui/react/macro";
import { Suspense, useEffect } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { useClient, useQuery } from "urql";
import { askAgain } from "../../client.ts";
import { useFormat, withLateWords } from "../../language.tsx";
import { useLiveDatasource } from "../../live/live.tsx";
import { useAskingWhile } from "../../live/use-refresh.ts";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { bringIntoSight } from "../../parts/bring-into-sight.ts";
import { CardBoundary } from "../../parts/failure.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { ConnectionStatus, DataSyncStatus } from "../../parts/status.tsx";
import { useNow } from "../../parts/time.tsx";
import { type Tab, tabsOf, to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { NotFound } from "../../shell/plain-pages.tsx";
import { Shell } from "../../shell/shell.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { UndoDisconnect } from "../commands/undo-disconnect.tsx";
import { accountOf } from "../../live/account-line.ts";
import { late, latePart } from "../../parts/late.tsx";
import { AskForIt, AttentionNotice } from "../datasources/notices.tsx";
import { goesOnAt, headReasons } from "../datasources/ways-out.ts";
import { DetailActions } from "./detail-actions.tsx";
import { DetailQuery, OpenedMutation } from "./detail.documents.ts";
import { openGap } from "./open-gap.ts";
import { OverviewTab } from "./overview-tab.tsx";
import "./detail.css";

const EndedCard = latePart(
  withLateWords(() => import("./ended-card.tsx"), "deeper"),
  (part) => part.EndedCard,
);
const FilesOf = late(
  withLateWords(() => import("../files/files-tab.tsx")),
  (part) => part.FilesTab,
);
const Runs = late(
  withLateWords(() => import("../runs/runs-tab.tsx")),
  (part) => part.RunsTab,
);
const Timeline = late(
  withLateWords(() => import("./timeline-tab.tsx"), "deeper"),
  (part) => part.TimelineTab,
);
const Access = late(
  withLateWords(() => import("./access-tab.tsx"), "deeper"),
  (part) => part.AccessTab,
);
const Numbers = late(
  withLateWords(() => import("./numbers-tab.tsx"), "deeper"),
  (part) => part.NumbersTab,
);
const Settings = late(
  withLateWords(() => import("./settings-tab.tsx"), "deeper"),
  (part) => part.SettingsTab,
);

interface DetailProps {
  id: string;
  tab: Tab;
  list: { label: string; href: string };
}

/** Everything about one connection. */
export function DetailPage({ id, tab, list }: DetailProps) {
  const { t } = useLingui();
  const client = useClient();
  const live = useLiveDatasource(id);
  const [{ data, error, fetching }, refresh] = useQuery({ query: DetailQuery, variables: { id } });
  const datasource = live ?? data?.datasource ?? null;
  useAskingWhile(error !== undefined && datasource === null, () => askAgain(client));
  useOpened(id, datasource !== null);
  const crumbs = [{ label: t`Integrations` }, list, { label: datasource?.name ?? "…" }];
  return (
    <Shell crumbs={crumbs} back={list}>
      {datasource ? (
        <DetailView datasource={datasource} tab={tab} />
      ) : error ? (
        <>
          <div className="ph">
            <PageHeading>
              <Trans>This page could not be opened</Trans>
            </PageHeading>
          </div>
          <LoadFailed
            error={error}
            onRetry={() => refresh({ requestPolicy: "network-only" })}
            what={<Trans>This datasource could not be read.</Trans>}
          />
        </>
      ) : fetching || !data ? (
        <DetailSkeleton />
      ) : (
        <NotFound href={list.href} />
      )}
    </Shell>
  );
}

/** Which app nobody looks at is told by it. That it was not heard changes nothing on the page. */
function useOpened(id: string, isThere: boolean): void {
  const client = useClient();
  useEffect(() => {
    if (isThere) void client.mutation(OpenedMutation, { input: { datasource: id } }).toPromise();
  }, [client, id, isThere]);
}

/** By its address a tab may be asked for that such a source does not have: its first one is shown. */
export function DetailView({ datasource, tab: asked }: { datasource: LiveDatasource; tab: Tab }) {
  const { organisation } = usePlace();
  const [, navigate] = useLocation();
  const search = useSearch();
  const now = useNow();
  usePageTitle(datasource.name);
  const own = tabsOf(datasource.platform.method);
  const tab = own.includes(asked) ? asked : "overview";
  const isTold = datasource.needsAttention && tab === "overview";
  const isUndoable = datasource.undoUntil !== null && Date.parse(datasource.undoUntil) > now;
  const go = (which: Tab): void => navigate(to.datasource(organisation.slug, datasource.id, which));
  useShortcuts(Object.fromEntries(own.map((which, n) => [`Digit${n + 1}`, () => go(which)])));
  return (
    <>
      <DetailHead datasource={datasource} asked={new URLSearchParams(search).get("ask")} isTold={isTold} />
      <DetailTabs datasource={datasource} tab={tab} />
      {isUndoable ? (
        <div className="card undo">
          <UndoDisconnect datasource={datasource} />
        </div>
      ) : (
        datasource.disconnectedAt && <EndedCard id={datasource.id} />
      )}
      {isTold && (
        <div className="attn one">
          <AttentionNotice datasource={datasource} isOnItsPage />
        </div>
      )}
      <CardBoundary key={tab} what={<Trans>This tab could not be shown.</Trans>}>
        <Suspense fallback={null}>
          {tab === "overview" && <OverviewTab datasource={datasource} />}
          {tab === "files" && <FilesOf datasource={datasource} />}
          {tab === "runs" && <Runs key={datasource.id} datasource={datasource} />}
          {tab === "timeline" && <Timeline key={datasource.id} datasource={datasource} />}
          {tab === "access" && <Access datasource={datasource} />}
          {tab === "numbers" && <Numbers key={datasource.id} datasource={datasource} />}
          {tab === "settings" && <Settings datasource={datasource} />}
        </Suspense>
      </CardBoundary>
    </>
  );
}

interface HeadProps {
  datasource: LiveDatasource;
  asked: string | null;
  /** The notice below says why already. */
  isTold: boolean;
}

function DetailHead({ datasource, asked, isTold }: HeadProps) {
  const { name, platform, connection, dataSync, backfill } = datasource;
  return (
    <div className="hd">
      <Glyph title={platform.title} category={platform.category} size="l" />
      <div className="grow">
        <div className="ttl">
          <PageHeading>{name}</PageHeading>
          {connection && <ConnectionStatus connection={connection} />}
          {dataSync && <DataSyncStatus dataSync={dataSync} percent={backfill.percent} />}
        </div>
        <HeadLine datasource={datasource} />
        {!isTold && (
          <>
            <HeadReasons datasource={datasource} />
            <AskForIt datasource={datasource} />
          </>
        )}
        <Filling datasource={datasource} />
      </div>
      <DetailActions datasource={datasource} asked={asked} isTold={isTold} />
    </div>
  );
}

/** Why it is not simply connected and active stands beside the pills, on every tab. */
function HeadReasons({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  return headReasons(datasource).map((reason) => {
    const until = goesOnAt(reason);
    return (
      <p key={reason.code} className="sm">
        {reason.message} {until && <Trans>It goes on by itself {format.whenWithin(until)}.</Trans>}
      </p>
    );
  });
}

/** From the resume on until nothing is missing any more. */
function Filling({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const gap = openGap(datasource, useNow());
  if (!gap?.isFilling) return null;
  return (
    <p className="sm">
      <Trans>Filling {format.durationInTwo(gap.seconds)}, newest first</Trans>
    </p>
  );
}

function HeadLine({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { account, connectedAt, connectedBy, disconnectedAt } = datasource;
  return (
    <p className="sm dim">
      {!account && disconnectedAt && <span translate="no">{datasource.platform.title}</span>}
      {account && (
        <span translate="no">
          {[accountOf(datasource), [account.currency, account.zone].filter(Boolean).join(", ")]
            .filter(Boolean)
            .join(" · ")}
        </span>
      )}
      <span className="hide-s">
        {disconnectedAt ? (
          <>
            {" · "}
            <Trans>disconnected {format.whenWithin(disconnectedAt)}</Trans>
          </>
        ) : connectedAt ? (
          <>
            {account && " · "}
            {connectedBy ? (
              <Trans>
                connected {format.whenWithin(connectedAt)} by {connectedBy.name}
              </Trans>
            ) : (
              <Trans>connected {format.whenWithin(connectedAt)}</Trans>
            )}
          </>
        ) : null}
      </span>
    </p>
  );
}

function DetailTabs({ datasource, tab }: { datasource: LiveDatasource; tab: Tab }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const words: Record<Tab, string> = {
    overview: t({ message: "Overview", comment: "tab of a datasource" }),
    files: t({ message: "Files", comment: "tab of a datasource" }),
    runs: t({ message: "Runs", comment: "tab of a datasource" }),
    timeline: t({ message: "Timeline", comment: "tab of a datasource" }),
    access: t({ message: "Access", comment: "tab of a datasource" }),
    numbers: t({ message: "Numbers", comment: "tab of a datasource" }),
    settings: t({ message: "Settings", comment: "tab of a datasource" }),
  };
  return (
    <nav className="tabs" aria-label={datasource.name}>
      {tabsOf(datasource.platform.method).map((which) => (
        <Link
          key={which}
          href={to.datasource(organisation.slug, datasource.id, which)}
          ref={which === tab ? bringIntoSight : undefined}
          aria-current={which === tab ? "page" : undefined}
          data-word={words[which]}
        >
          {words[which]}
        </Link>
      ))}
    </nav>
  );
}

function DetailSkeleton() {
  return (
    <Skeleton>
      <div className="hd">
        <span className="fade sq l" />
        <span className="fade w160" />
      </div>
      <div className="cols sk">
        <div className="card skmap" />
        <div className="card skside" />
      </div>
    </Skeleton>
  );
}
