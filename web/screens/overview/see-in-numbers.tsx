import { Trans } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { firstDayShown } from "../detail/checked-days.ts";
import { CheckedMetricsQuery, type MetricName, type OverviewData } from "./overview.documents.ts";

interface SeeInNumbersProps {
  metric: MetricName;
  sources: readonly OverviewData["sources"][number][];
  range: OverviewData["range"];
}

/** Where the number is held against each source's own; of what no source is checked for, or of days not shown there, nothing leads anywhere. */
export function SeeInNumbers({ metric, sources, range }: SeeInNumbersProps) {
  const { organisation } = usePlace();
  const format = useFormat();
  const [{ data }] = useQuery({ query: CheckedMetricsQuery, requestPolicy: "cache-and-network" });
  if (range.to < firstDayShown(format.today())) return null;
  const checked = new Set(
    data?.datasources.nodes.flatMap(({ id, checkedMetrics }) => (checkedMetrics.includes(metric) ? [id] : [])),
  );
  const shown = sources.map(({ datasource }) => datasource).filter(({ id }) => checked.has(id));
  const day = range.from === range.to ? `?day=${range.to}` : "";
  return shown.map(({ id, name }) => (
    <Link key={id} className="block sm" href={`${to.datasource(organisation.slug, id, "numbers")}${day}`}>
      {shown.length === 1 ? (
        <Trans comment="leads from a tile to the checks of its number">See in Numbers check</Trans>
      ) : (
        <Trans comment="leads from a tile to the checks of its number">See {name} in Numbers check</Trans>
      )}
    </Link>
  ));
}
