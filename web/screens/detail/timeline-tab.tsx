import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useQuery } from "urql";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { TimelineQuery } from "./detail.documents.ts";
import { timelineKey } from "./timeline-key.ts";
import { TimelineList } from "./timeline-list.tsx";
import { useRefresh } from "./use-refresh.ts";

const pageSize = 50;
const most = 100;
const kinds = ["ALL", "PERSON", "SYSTEM", "SOURCE"] as const;

export function TimelineTab({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const [by, setBy] = useState<(typeof kinds)[number]>("ALL");
  const [first, setFirst] = useState(pageSize);
  const [{ data, error }, refresh] = useQuery({
    query: TimelineQuery,
    variables: { id: datasource.id, first, by: by === "ALL" ? null : by },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(timelineKey(datasource), again);
  const words: Record<(typeof kinds)[number], string> = {
    ALL: t({ message: "All", comment: "filter of the timeline" }),
    PERSON: t({ message: "People", comment: "filter of the timeline" }),
    SYSTEM: t({ message: "Headwater", comment: "filter of the timeline: what the system did" }),
    SOURCE: t({ message: "The source", comment: "filter of the timeline" }),
  };
  const timeline = data?.datasource?.timeline;
  return (
    <section className="card" aria-labelledby="timeline">
      <header>
        <h2 id="timeline">
          <Trans>Timeline</Trans>
        </h2>
        <span className="grow" />
        <div className="seg" role="group" aria-label={t`Who`}>
          {kinds.map((kind) => (
            <button key={kind} type="button" aria-pressed={kind === by} onClick={() => setBy(kind)}>
              {words[kind]}
            </button>
          ))}
        </div>
      </header>
      {timeline ? (
        timeline.nodes.length > 0 ? (
          <TimelineList entries={timeline.nodes} long />
        ) : (
          <p className="none sm dim">
            <Trans>Nothing of this kind has happened yet.</Trans>
          </p>
        )
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>The timeline could not be read.</Trans>} />
      ) : (
        <Skeleton>
          <div className="tl skrows" />
        </Skeleton>
      )}
      {timeline?.pageInfo.hasNextPage && first < most && (
        <button type="button" className="more" onClick={() => setFirst(most)}>
          <Trans>Load more</Trans>
        </button>
      )}
    </section>
  );
}
