import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link, useLocation, useSearch } from "wouter";
import { useQuery } from "urql";
import type { Format } from "../../format/format.ts";
import { useFormat } from "../../language.tsx";
import { useLive } from "../../live/live.tsx";
import { Icon } from "../../parts/icon.tsx";
import { CardBoundary } from "../../parts/failure.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { useAskingWhile, useRefresh } from "../../live/use-refresh.ts";
import { latePart } from "../../parts/late.tsx";
import { Charts, useSeries } from "./charts.tsx";
import { CompleteStrip } from "./complete-strip.tsx";
import { CustomRange } from "./custom-range.tsx";
import { LostDays } from "./lost-days.tsx";
import { numbersKey } from "./numbers-key.ts";
import { type OverviewData, OverviewQuery } from "./overview.documents.ts";
import { type RangeChoice, rangeFrom, rangeInput, rangeTo } from "./ranges.ts";
import { namedCurrencies, shownCurrencies } from "./shown-currencies.ts";
import { ofOrders, order } from "./tile-order.ts";
import { TileCard } from "./tile-card.tsx";
import "./overview.css";

const Reminder = latePart(
  () => import("../welcome/reminder.tsx"),
  (part) => part.Reminder,
);

/** How is the brand doing, and can I believe it. */
export function OverviewPage() {
  const choice = rangeFrom(`?${useSearch()}`);
  const [{ data, error, stale }, refresh] = useQuery({
    query: OverviewQuery,
    variables: { range: rangeInput(choice) },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(useLive(numbersKey), again);
  useAskingWhile(data?.overview.isCounting === true, again);
  if (!data)
    return (
      <Loading
        choice={choice}
        error={
          error ? (
            <LoadFailed error={error} onRetry={again} what={<Trans>The numbers could not be read.</Trans>} />
          ) : null
        }
      />
    );
  return <OverviewView overview={data.overview} choice={choice} refreshing={stale} />;
}

interface OverviewViewProps {
  overview: OverviewData;
  choice: RangeChoice;
  refreshing?: boolean;
}

export function OverviewView({ overview, choice, refreshing = false }: OverviewViewProps) {
  const { t } = useLingui();
  const { range, comparedWith, sources } = overview;
  const series = useSeries(range, sources.length > 0);
  const named = namedCurrencies(overview, series.tiles ?? []);
  const tiles = [...overview.tiles].toSorted((a, b) => order.indexOf(a.metric) - order.indexOf(b.metric));
  usePageTitle(t`Brand Overview`);
  return (
    <>
      <Head choice={choice} overview={overview} />
      {!sources.some(({ feeds }) => feeds.includes("ORDERS")) && <NothingYet />}
      <LostDays sources={sources} range={range} />
      {sources.length > 0 && <CompleteStrip sources={sources} range={range} comparedWith={comparedWith} />}
      <h2 className="vh">
        <Trans>Metrics</Trans>
      </h2>
      <section className="tiles" aria-label={t`Metrics`} aria-busy={refreshing}>
        {tiles.map((tile) => (
          <CardBoundary key={tile.metric} what={tile.definition.title}>
            <TileCard
              tile={tile}
              sources={sources.filter(({ feeds }) => feeds.includes(tile.metric))}
              range={range}
              zone={overview.zone}
              named={named}
            />
          </CardBoundary>
        ))}
      </section>
      <Reminder />
      {sources.length > 0 && (
        <CardBoundary what={<Trans>The charts could not be drawn.</Trans>}>
          <Charts series={series} tiles={overview.tiles} from={range.from} to={range.to} named={named} />
        </CardBoundary>
      )}
    </>
  );
}

function Loading({ choice, error }: { choice: RangeChoice; error: React.ReactNode }) {
  return (
    <>
      <Head choice={choice} overview={null} />
      {error ?? (
        <Skeleton>
          <div className="card strip">
            <span className="fade w160" />
          </div>
          <div className="tiles">
            {ofOrders.map((metric) => (
              <div key={metric} className="card tile">
                <span className="fade w90" />
                <span className="fade w160 tall" />
                <span className="fade w90" />
                <span className="fade w160" />
              </div>
            ))}
          </div>
        </Skeleton>
      )}
    </>
  );
}

function Head({ choice, overview }: { choice: RangeChoice; overview: OverviewData | null }) {
  const { t } = useLingui();
  const title = useRangeTitle(choice, overview);
  return (
    <div className="ph">
      <div>
        <PageHeading>{title}</PageHeading>
        <p className="dim">{overview ? <Under overview={overview} /> : "\u00a0"}</p>
      </div>
      <div className="acts">
        <RangeChoices choice={choice} label={t`Date range`} />
      </div>
    </div>
  );
}

/** What it is compared with, whose days these are, and what the amounts are in. */
function Under({ overview }: { overview: OverviewData }) {
  const format = useFormat();
  const { comparedWith, zone } = overview;
  const currencies = shownCurrencies(overview);
  const before = format.dayRange(comparedWith.from, comparedWith.to);
  if (currencies.length > 1)
    return (
      <Trans>
        Against {before} · days by the clock of {zone}, amounts in {format.list(currencies)}, each by itself
      </Trans>
    );
  return (
    <Trans>
      Against {before} · days by the clock of {zone}, amounts in {currencies[0]}
    </Trans>
  );
}

function useRangeTitle(choice: RangeChoice, overview: OverviewData | null): string {
  const { t } = useLingui();
  const format: Format = useFormat();
  const days = overview ? format.dayRange(overview.range.from, overview.range.to) : null;
  const words = { yesterday: t`Yesterday`, "7d": t`7 days`, "28d": t`28 days`, month: t`Month to date`, custom: null };
  const word = words[choice.range];
  if (choice.range === "custom") return days ?? format.dayRange(choice.from, choice.to);
  if (!overview) return word ?? "";
  return `${word}, ${choice.range === "yesterday" ? format.day(overview.range.to, { weekday: true }) : days}`;
}

function RangeChoices({ choice, label }: { choice: RangeChoice; label: string }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const [, navigate] = useLocation();
  const [asking, setAsking] = useState(false);
  const go = (next: RangeChoice): void => {
    setAsking(false);
    navigate(`${to.overview(organisation.slug)}${rangeTo(next)}`, { replace: true });
  };
  const presets = [
    { range: "yesterday", word: t`Yesterday`, short: t`Yesterday` },
    { range: "7d", word: t`7 days`, short: t`7 days` },
    { range: "28d", word: t`28 days`, short: t`28 days` },
    { range: "month", word: t`Month to date`, short: t({ message: "Month", comment: "short: month to date" }) },
  ] as const;
  useShortcuts({
    KeyT: () => go({ range: "yesterday" }),
    KeyY: () => go({ range: "7d" }),
    KeyW: () => go({ range: "28d" }),
    KeyM: () => go({ range: "month" }),
  });
  return (
    <div className="seg" role="group" aria-label={label}>
      {presets.map(({ range, word, short }) => (
        <button
          key={range}
          type="button"
          aria-label={word}
          aria-pressed={choice.range === range}
          onClick={() => go({ range })}
        >
          <span className="hide-s">{word}</span>
          <span className="only-s">{short}</span>
        </button>
      ))}
      <CustomRange isOpen={asking} onOpenChange={setAsking} choice={choice} onChoose={go} />
    </div>
  );
}

function NothingYet() {
  const { organisation } = usePlace();
  return (
    <section className="card first">
      <p>
        <Trans>
          Yesterday’s orders and sales stand here once a store is connected. First numbers take about a minute.
        </Trans>
      </p>
      <Link className="btn pri" href={to.datasources(organisation.slug)}>
        <Icon name="plus" />
        <Trans>Connect a datasource</Trans>
      </Link>
    </section>
  );
}
