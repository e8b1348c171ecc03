import { Trans, useLingui } from "@lingui/react/macro";
import { type CombinedError, useQuery } from "urql";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useLive } from "../../live/live.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { agreeing } from "./agreeing.ts";
import { DayChart } from "./day-chart.tsx";
import { numbersKey } from "./numbers-key.ts";
import { type ChartTile, type OverviewData, type SeriesPoint, SeriesQuery } from "./overview.documents.ts";
import { chartRange } from "./ranges.ts";

const drawn: readonly ChartTile["metric"][] = ["NET_SALES", "ORDERS"];

interface Series {
  /** Null until they are here. */
  tiles: readonly ChartTile[] | null;
  error: CombinedError | undefined;
  again: () => void;
}

/** What the charts of a range draw. */
export function useSeries({ from, to }: { from: string; to: string }, isDrawn: boolean): Series {
  const [{ data, error }, refresh] = useQuery({
    query: SeriesQuery,
    variables: { range: chartRange(from, to) },
    requestPolicy: "cache-and-network",
    pause: !isDrawn,
  });
  const again = (): void => {
    if (isDrawn) refresh({ requestPolicy: "network-only" });
  };
  useRefresh(useLive(numbersKey), again);
  return { tiles: data ? data.overview.tiles.filter(({ metric }) => drawn.includes(metric)) : null, error, again };
}

interface ChartsProps {
  series: Series;
  /** Of the page, which say of their days what charts say. */
  tiles: OverviewData["tiles"];
  from: string;
  to: string;
  /** Currencies of the screen beside its first: by their codes, wherever they stand. */
  named: readonly string[];
}

export function Charts({ series: { tiles: charts, error, again }, tiles, from, to, named }: ChartsProps) {
  if (!charts)
    return error ? (
      <LoadFailed error={error} onRetry={again} what={<Trans>The charts could not be read.</Trans>} />
    ) : (
      <Skeleton>
        <div className="g2">
          <div className="card skmap" />
          <div className="card skmap" />
        </div>
      </Skeleton>
    );
  const tileOf = (chart: ChartTile) => tiles.find(({ metric }) => metric === chart.metric);
  const sales = charts.find(({ metric }) => metric === "NET_SALES");
  const orders = charts.find(({ metric }) => metric === "ORDERS");
  return (
    <section className="g2">
      {sales && <Sales chart={sales} tile={tileOf(sales)} from={from} to={to} named={named} />}
      {orders && (
        <DayChart
          title={orders.definition.title}
          kind="bars"
          points={agreeing({ points: orders.series, currency: null }, tileOf(orders), { from, to })}
          currency={null}
          isNamed={false}
          elsewhere={new Set()}
          from={from}
          to={to}
        />
      )}
    </section>
  );
}

interface SalesProps extends Omit<ChartsProps, "series" | "tiles"> {
  chart: ChartTile;
  tile: OverviewData["tiles"][number] | undefined;
}

/** Two currencies are two units: each has a chart of its own. */
function Sales({ chart: { currency, definition, series, seriesApart }, tile, from, to, named }: SalesProps) {
  const { t } = useLingui();
  const own = { currency, series: agreeing({ points: series, currency }, tile, { from, to }) };
  const all = currency === null && seriesApart.length > 0 ? seriesApart : [own, ...seriesApart];
  return (
    <div className="pile">
      {all.map((one) => (
        <DayChart
          key={one.currency}
          title={
            all.length > 1 && one.currency
              ? t({
                  message: `${definition.title} in ${one.currency}`,
                  comment: "a metric, in one of several currencies",
                })
              : definition.title
          }
          kind="line"
          points={one.series}
          currency={one.currency}
          isNamed={one.currency !== null && named.includes(one.currency)}
          elsewhere={daysIn(all.filter((other) => other !== one))}
          from={from}
          to={to}
        />
      ))}
    </div>
  );
}

const daysIn = (charts: readonly { series: readonly SeriesPoint[] }[]): ReadonlySet<string> =>
  new Set(charts.flatMap(({ series }) => series.filter(({ value }) => value !== null).map(({ day }) => day)));
