import { Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { useQuery } from "urql";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { TimelineQuery } from "./detail.documents.ts";
import { timelineKey } from "./timeline-key.ts";
import { TimelineList } from "./timeline-list.tsx";

const newest = 6;

export function NewestTimeline({ datasource }: { datasource: LiveDatasource }) {
  const { organisation } = usePlace();
  const [{ data }, refresh] = useQuery({
    query: TimelineQuery,
    variables: { id: datasource.id, first: newest },
    requestPolicy: "cache-and-network",
  });
  useRefresh(timelineKey(datasource), () => refresh({ requestPolicy: "network-only" }));
  const entries = data?.datasource?.timeline.nodes;
  return (
    <section className="card" aria-labelledby="newest">
      <header>
        <h2 id="newest">
          <Trans>Timeline</Trans>
        </h2>
        <span className="grow" />
        <Link className="sm" href={to.datasource(organisation.slug, datasource.id, "timeline")}>
          <Trans comment="the whole timeline">All</Trans>
        </Link>
      </header>
      {entries ? <TimelineList entries={entries} gapOf={datasource} /> : <div className="tl skrows" />}
    </section>
  );
}
