import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { toldApart } from "../../live/account-line.ts";
import { useLive, useLiveDatasource } from "../../live/live.tsx";
import { useMore } from "../../parts/and-more.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { OverviewData } from "./overview.documents.ts";
import { addDays, ownDays } from "./ranges.ts";
import { stripWeight } from "./strip-weight.ts";

type Source = OverviewData["sources"][number];
type Range = Pick<OverviewData["range"], "from" | "to">;

interface Shown {
  range: Range;
  comparedWith: Range;
}

const marks: Record<Source["mark"], string> = {
  COMPLETE: "mk-full",
  PARTIAL: "mk-half",
  STALE: "mk-stale",
  MISSING: "mk-none",
  FETCHING: "mk-half mk-flow",
};

/** Each source with its mark for this range only: what touches these dates, nothing else. */
export function CompleteStrip({ sources, ...shownFor }: Shown & { sources: readonly Source[] }) {
  const { t } = useLingui();
  const byId = useLive((state) => state.byId);
  const { shown, more } = useMore(sources, {
    weightOf: (source) => stripWeight(source, byId.get(source.datasource.id)),
  });
  const apart = toldApart(sources.map(({ datasource }) => datasource));
  const complete = sources.filter(({ mark }) => mark === "COMPLETE").length;
  return (
    <section className="card strip" aria-label={t`Complete through`}>
      <b>
        <Trans>
          {complete} of {sources.length} sources complete
        </Trans>
      </b>
      {shown.map((source) => (
        <span key={source.datasource.id}>
          <i className={marks[source.mark]} />
          <Name source={source} />
          {apart.has(source.datasource.id) && <em translate="no">{apart.get(source.datasource.id)}</em>}
          <SourceNote source={source} {...shownFor} />
        </span>
      ))}
      {more}
    </section>
  );
}

/** What is disconnected is in no list and no search once its undo has lapsed: from here its page is found. */
function Name({ source: { datasource, frozenAt } }: { source: Source }) {
  const { organisation } = usePlace();
  if (frozenAt === null) return datasource.name;
  return <Link href={to.datasource(organisation.slug, datasource.id)}>{datasource.name}</Link>;
}

function SourceNote({ source, range, comparedWith }: Shown & { source: Source }) {
  const format = useFormat();
  const { datasource, mark, completeThrough, daysReady, frozenAt, otherZone } = source;
  const days = ownDays(range, datasource);
  return (
    <em>
      {frozenAt && datasource.countsUntil === null ? (
        <Trans comment="a disconnected source: its numbers are kept and end at this time">
          frozen at {format.whenWithin(frozenAt)}
        </Trans>
      ) : mark === "FETCHING" ? (
        days === 1 ? (
          <Trans>history still arriving</Trans>
        ) : (
          <Trans>
            {format.count(daysReady)} of {format.count(days)} days
          </Trans>
        )
      ) : mark === "COMPLETE" ? null : completeThrough ? (
        <Trans comment="a source is complete up to this time">to {format.throughWithin(completeThrough)}</Trans>
      ) : (
        <Trans comment="a source has no data for these days">nothing yet</Trans>
      )}
      <Stopped datasource={datasource.id} />
      <Switched source={source} range={range} comparedWith={comparedWith} />
      {otherZone && (
        <>
          {" · "}
          <Trans>days of {otherZone}</Trans>
        </>
      )}
    </em>
  );
}

/**
 * Where the range, or what it is held against, reaches over or to the day on which one took another's place: which days
 * are this one's. Of days that are complete it is said too, as no more comes after them.
 */
function Switched({ source: { datasource, mark, cutDay }, range, comparedWith }: Shown & { source: Source }) {
  const format = useFormat();
  const { countsFrom, countsUntil } = datasource;
  return (
    <>
      {countsFrom !== null && countsFrom > range.from && (
        <>
          {" · "}
          <Trans comment="a source that took another's place: its numbers count from this day on">
            from {format.day(countsFrom)} on
          </Trans>
        </>
      )}
      {countsFrom !== null && countsFrom <= range.from && countsFrom > comparedWith.from && (
        <>
          {" · "}
          <Trans comment="a source that took another's place: the days shown are its own, those they are compared with are of the other">
            since {format.day(countsFrom)}, compared with the one before it
          </Trans>
        </>
      )}
      {countsUntil !== null && (countsUntil <= range.to || (mark === "COMPLETE" && cutDay === null)) && (
        <>
          {" · "}
          <Trans comment="a source that another took the place of: its numbers count up to this day, with it">
            up to {format.day(addDays(countsUntil, -1))}, then replaced
          </Trans>
        </>
      )}
      {cutDay !== null && (
        <>
          {" · "}
          <Trans comment="a source that another took the place of in the midst of this day: everything up to then is in">
            {format.day(cutDay)} up to the switch
          </Trans>
        </>
      )}
      {countsUntil === addDays(range.to, 1) && mark !== "COMPLETE" && (
        <>
          {" · "}
          <Trans comment="a source that another took the place of before its last day, here named, had ended: that day stays a part">
            {format.day(range.to)} cut short, replaced on {format.day(countsUntil)}
          </Trans>
        </>
      )}
    </>
  );
}

/** Why no more comes, where somebody or something has stopped it: in short, for its own page tells the rest. */
function Stopped({ datasource }: { datasource: string }) {
  const dataSync = useLiveDatasource(datasource)?.dataSync;
  const reason = dataSync?.status === "INACTIVE" ? dataSync.reason : null;
  const by = reason?.by?.name;
  if (reason?.code === "credentialsDoNotWork")
    return (
      <>
        {" · "}
        <Trans comment="after a source's name: its sign-in or key no longer works">access has ended</Trans>
      </>
    );
  return (
    by && (
      <>
        {" · "}
        <Trans comment="after a source's name: who stopped its sync">paused by {by}</Trans>
      </>
    )
  );
}
