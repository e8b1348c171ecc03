import { Trans, useLingui } from "@lingui/react/macro";
import { useRef } from "react";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { ShowNewer, useNewer } from "../../parts/newer.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { useChosen } from "../../parts/use-chosen.ts";
import { usePages } from "../../parts/use-pages.ts";
import { TimelineQuery } from "./detail.documents.ts";
import { timelineKey } from "./timeline-key.ts";
import { TimelineList } from "./timeline-list.tsx";
import { useRefresh } from "../../live/use-refresh.ts";

const pageSize = 50;
const kinds = ["ALL", "PERSON", "SYSTEM", "SOURCE"] as const;

type By = (typeof kinds)[number];

export function TimelineTab({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const [by, setBy] = useChosen("by", kinds);
  const words: Record<By, string> = {
    ALL: t({ message: "All", comment: "filter of the timeline" }),
    PERSON: t({ message: "People", comment: "filter of the timeline" }),
    SYSTEM: t({ message: "Headwater", comment: "filter of the timeline: what the system did" }),
    SOURCE: t({ message: "The source", comment: "filter of the timeline" }),
  };
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
      <Entries key={by} datasource={datasource} by={by} />
    </section>
  );
}

/** All that ever happened can be gone back to, page by page. */
function Entries({ datasource, by }: { datasource: LiveDatasource; by: By }) {
  const { rows, error, again, more } = usePages(
    TimelineQuery,
    { id: datasource.id, first: pageSize, by: by === "ALL" ? null : by },
    (data) => data.datasource?.timeline,
  );
  useRefresh(timelineKey(datasource), again);
  const list = useRef<HTMLDivElement>(null);
  const { standing, waiting, show } = useNewer(rows, list);
  const isOfGap = by === "ALL" || by === "SYSTEM";
  const failed = error && (
    <LoadFailed error={error} onRetry={again} what={<Trans>The timeline could not be read.</Trans>} />
  );
  if (standing === null)
    return (
      failed ?? (
        <Skeleton>
          <div className="tl skrows" />
        </Skeleton>
      )
    );
  return (
    <>
      <ShowNewer waiting={waiting} className="more" onShow={show} />
      {standing.length > 0 ? (
        <div ref={list} tabIndex={-1} role="group" aria-labelledby="timeline">
          <TimelineList entries={standing} gapOf={isOfGap ? datasource : null} long hasMore={more !== null} />
        </div>
      ) : (
        <p className="none sm dim">
          <Trans>Nothing of this kind has happened yet.</Trans>
        </p>
      )}
      {failed}
      {more && (
        <button type="button" className="more" onClick={more}>
          <Trans>Load more</Trans>
        </button>
      )}
    </>
  );
}
