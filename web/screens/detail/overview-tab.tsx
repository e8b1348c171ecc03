import { Trans } from "@lingui/react/macro";
import { Suspense } from "react";
import { Link } from "wouter";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { CardBoundary } from "../../parts/failure.tsx";
import { Through } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { SourceNotices } from "../datasources/source-notices.tsx";
import { BackfillCard } from "./backfill-card.tsx";
import { Fact } from "./fact.tsx";
import { endedAt, GrantEnd } from "./grant-end.tsx";
import { TimelineQuery } from "./detail.documents.ts";
import { timelineKey } from "./timeline-key.ts";
import { SpotChecksCard } from "./spot-checks-card.tsx";
import { StatusFacts } from "./status-facts.tsx";
import { StreamsCard } from "./streams-card.tsx";
import { TimelineList } from "./timeline-list.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { late } from "../../parts/late.tsx";

const newest = 6;
const Notes = late(
  () => import("./standing.tsx"),
  (part) => part.StandingNotes,
);
const Freshness = late(
  () => import("./standing.tsx"),
  (part) => part.FreshnessCard,
);

export function OverviewTab({ datasource }: { datasource: LiveDatasource }) {
  return (
    <div className="cols">
      <div className="stack">
        <SourceNotices datasource={datasource} />
        <CardBoundary what={<Trans>Why it is paused could not be shown.</Trans>}>
          <Suspense fallback={null}>
            <Notes datasource={datasource} />
          </Suspense>
        </CardBoundary>
        <CardBoundary what={<Trans>The history could not be shown.</Trans>}>
          <BackfillCard datasource={datasource} />
        </CardBoundary>
        <CardBoundary what={<Trans>The streams could not be shown.</Trans>}>
          <StreamsCard datasource={datasource} />
        </CardBoundary>
        <CardBoundary what={<Trans>The checks could not be read.</Trans>}>
          <SpotChecksCard datasource={datasource} />
        </CardBoundary>
      </div>
      <aside className="stack">
        <WhereItStands datasource={datasource} />
        <CardBoundary what={<Trans>How fresh it is could not be shown.</Trans>}>
          <Suspense fallback={null}>
            <Freshness datasource={datasource} />
          </Suspense>
        </CardBoundary>
        <NewestTimeline datasource={datasource} />
      </aside>
    </div>
  );
}

function WhereItStands({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { completeThrough, firstNumbersAt, connectedAt, grant, rowsTotal } = datasource;
  return (
    <section className="card" aria-labelledby="stands">
      <header>
        <h2 id="stands">
          <Trans>Where it stands</Trans>
        </h2>
      </header>
      <dl className="facts">
        <StatusFacts datasource={datasource} />
        <Fact term={<Trans>Complete through</Trans>}>
          {completeThrough ? <Through at={completeThrough} /> : <Trans>not yet</Trans>}
        </Fact>
        {firstNumbersAt && connectedAt && (
          <Fact term={<Trans>First numbers</Trans>}>
            <Trans>
              {format.duration((Date.parse(firstNumbersAt) - Date.parse(connectedAt)) / 1000)} after connecting
            </Trans>
          </Fact>
        )}
        <Fact term={<Trans>Rows in all</Trans>}>{format.count(rowsTotal)}</Fact>
        {grant && (
          <Fact term={<Trans>Grant</Trans>}>
            {grant.holder}
            <GrantLine datasource={datasource} grant={grant} />
          </Fact>
        )}
      </dl>
    </section>
  );
}

function GrantLine({ datasource, grant }: { datasource: LiveDatasource; grant: NonNullable<LiveDatasource["grant"]> }) {
  const format = useFormat();
  const ended = endedAt(datasource);
  if (!ended && !grant.endsAt) return null;
  return (
    <span className="xs faint block">
      {ended ? (
        ended.at && <Trans>ended {format.whenWithin(ended.at)}</Trans>
      ) : (
        <GrantEnd endsAt={grant.endsAt} renewsItself={grant.renewsItself} isAlone />
      )}
    </span>
  );
}

function NewestTimeline({ datasource }: { datasource: LiveDatasource }) {
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
      {entries ? <TimelineList entries={entries} /> : <div className="tl skrows" />}
    </section>
  );
}
