import { Trans } from "@lingui/react/macro";
import { Suspense } from "react";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { CardBoundary } from "../../parts/failure.tsx";
import { Through, useNow } from "../../parts/time.tsx";
import { SourceNotices } from "../datasources/source-notices.tsx";
import { isDataGone } from "../ended/data-state.ts";
import { BackfillCard } from "./backfill-card.tsx";
import { Fact } from "./fact.tsx";
import { endedAt, GrantEnd } from "./grant-end.tsx";
import { StatusFacts } from "./status-facts.tsx";
import { StreamsCard } from "./streams-card.tsx";
import { late, latePart } from "../../parts/late.tsx";

const Notes = late(
  () => import("./standing.tsx"),
  (part) => part.StandingNotes,
);
const Freshness = late(
  () => import("./standing.tsx"),
  (part) => part.FreshnessCard,
);
const NewestTimeline = latePart(
  () => import("./newest-timeline.tsx"),
  (part) => part.NewestTimeline,
);

export function OverviewTab({ datasource }: { datasource: LiveDatasource }) {
  if (isDataGone(datasource, useNow())) return <NewestTimeline datasource={datasource} />;
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
