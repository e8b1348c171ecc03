import { Trans } from "@lingui/react/macro";
import { useQuery } from "urql";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useLive } from "../../live/live.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { DayChart } from "./day-chart.tsx";
import { numbersKey } from "./numbers-key.ts";
import { type ChartTile, SeriesQuery } from "./overview.documents.ts";
import { chartRange } from "./ranges.ts";

/** Two units are two charts. */
export function Charts({ from, to }: { from: string; to: string }) {
  const [{ data, error }, refresh] = useQuery({
    query: SeriesQuery,
    variables: { range: chartRange(from, to) },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(useLive(numbersKey), again);
  if (!data)
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
  return <ChartsView tiles={data.overview.tiles} from={from} to={to} />;
}

function ChartsView({ tiles, from, to }: { tiles: readonly ChartTile[]; from: string; to: string }) {
  const sales = tiles.find(({ metric }) => metric === "NET_SALES");
  const orders = tiles.find(({ metric }) => metric === "ORDERS");
  return (
    <section className="g2">
      {sales && (
        <DayChart
          title={sales.definition.title}
          kind="line"
          points={sales.series}
          currency={sales.currency}
          apart={sales.apart.flatMap(({ currency }) => currency ?? [])}
          from={from}
          to={to}
        />
      )}
      {orders && (
        <DayChart
          title={orders.definition.title}
          kind="bars"
          points={orders.series}
          currency={null}
          apart={[]}
          from={from}
          to={to}
        />
      )}
    </section>
  );
}
