import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { type CombinedError, useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource, LiveStream } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { Ago, Through, When } from "../../parts/time.tsx";
import { comesInFiles } from "../../routes.ts";
import { RemedyButton } from "../datasources/remedy-button.tsx";
import { Fact } from "./fact.tsx";
import { ReplacedList } from "./replaced-list.tsx";
import { type PlatformPause, type Standing, StandingQuery } from "./standing.documents.ts";
import { TookPlace } from "./switch-day.tsx";
import { timelineKey } from "./timeline-key.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import "./standing.css";

interface Asked {
  standing: Standing | null;
  error: CombinedError | null;
  again: () => void;
}

function useStanding(datasource: LiveDatasource): Asked {
  const [{ data, error }, refresh] = useQuery({
    query: StandingQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(standingKey(datasource), again);
  return { standing: data?.datasource ?? null, error: error ?? null, again };
}

/** What its syncs wait for is told with its status, what the reading of its history waits for with its streams. */
function standingKey(datasource: LiveDatasource): string {
  const { dataSync, lastSuccessAt, streams } = datasource;
  const waits = [dataSync?.reason, ...streams.map(({ reason }) => reason)].map((why) => `${why?.code} ${why?.until}`);
  return [timelineKey(datasource), lastSuccessAt, ...waits].join("|");
}

/** What stands above everything else of it: our own pause, and what a replacement leaves to be looked at. */
export function StandingNotes({ datasource }: { datasource: LiveDatasource }) {
  const { standing } = useStanding(datasource);
  if (!standing) return null;
  const quiet = standing.freshness.slowedBy.find(({ code }) => code === "quietHours");
  return (
    <>
      {quiet && (
        <div className="note">
          <Icon name="clock" />
          <p className="sm">
            <b>{quiet.message}</b> <Trans>What you ask for is done all the same.</Trans>
          </p>
        </div>
      )}
      {standing.pausedByPlatform && <PauseCard datasource={datasource} pause={standing.pausedByPlatform} />}
      {standing.replacedBy && (
        <div className="note f">
          <Icon name="undo" />
          <TookPlace
            old={{ ...datasource, replacedAt: standing.replacedAt }}
            replacedBy={standing.replacedBy}
            countsUntil={standing.countsUntil}
          />
        </div>
      )}
      {standing.replaces && <ReplacedList datasource={datasource} isCard />}
    </>
  );
}

const counterWords: Record<string, MessageDescriptor> = {
  inARow: msg({ message: "Failures in a row", comment: "what is counted before the sync is paused" }),
  inAll: msg({ message: "Failures in all", comment: "what is counted before the sync is paused" }),
  withProgress: msg({
    message: "Failures though something came in",
    comment: "what is counted before the sync is paused",
  }),
};

/** Paused by us after repeated failures: the rule that fired, what was counted, what to do. */
function PauseCard({ datasource, pause }: { datasource: LiveDatasource; pause: PlatformPause }) {
  const { t } = useLingui();
  const format = useFormat();
  const { reason, rule, counters, since, until } = pause;
  return (
    <section className="card" aria-labelledby="paused">
      <header>
        <h2 id="paused">
          <Trans>Paused by Headwater</Trans>
        </h2>
        <span className="grow" />
        {/* What needs someone is said above already, with the same button. */}
        {!datasource.needsAttention && <RemedyButton datasource={datasource} remedy={reason.remedy} look="btn s pri" />}
      </header>
      <div className="paused sm">
        <p>
          <b>{reason.message}</b> {reason.meaning}
        </p>
        {reason.remedy && !reason.remedy.url && <p className="dim">{reason.remedy.label}</p>}
      </div>
      <dl className="facts">
        <Fact term={<Trans>The rule</Trans>}>{rule}</Fact>
        {counters.map(({ name, count, limit }) => {
          const word = counterWords[name];
          return (
            <Fact key={name} term={word ? t(word) : name}>
              <span className={count >= limit ? "bad" : undefined}>
                <Trans>
                  {format.count(count)} of {format.count(limit)}
                </Trans>
              </span>
            </Fact>
          );
        })}
        <Fact term={<Trans comment="from which moment on">Since</Trans>}>
          <When at={since} />
        </Fact>
        <Fact term={<Trans comment="when it goes on">Goes on</Trans>}>
          {until ? <When at={until} /> : <Trans>when somebody resumes it</Trans>}
        </Fact>
      </dl>
    </section>
  );
}

/** How old its numbers are against its own rhythm, how far each stream reaches, and what slows it. */
export function FreshnessCard({ datasource }: { datasource: LiveDatasource }) {
  const { standing, error, again } = useStanding(datasource);
  return (
    <section className="card" aria-labelledby="fresh">
      <header>
        <h2 id="fresh">
          <Trans>How fresh it is</Trans>
        </h2>
      </header>
      {standing ? (
        <FreshnessView
          standing={standing}
          streams={datasource.streams}
          hasRhythm={datasource.disconnectedAt === null && !comesInFiles(datasource.platform.method)}
        />
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>How fresh it is could not be read.</Trans>} />
      ) : (
        <div className="facts skrows" />
      )}
    </section>
  );
}

interface FreshnessProps {
  standing: Standing;
  /** As they stand now: what is asked for by itself comes after what is told beside it. */
  streams: readonly LiveStream[];
  hasRhythm: boolean;
}

function FreshnessView({ standing, streams, hasRhythm }: FreshnessProps) {
  const format = useFormat();
  const { freshness } = standing;
  const { lastSuccessAt, normalSeconds, ageSeconds, isLate, slowedBy } = freshness;
  return (
    <>
      <dl className="facts">
        <Fact term={<Trans>Last success</Trans>}>
          {lastSuccessAt ? (
            <>
              <span className={isLate ? "warn" : undefined}>
                <Ago at={lastSuccessAt} />
              </span>
              {isLate && ageSeconds !== null && (
                <span className="xs warn block">
                  <Trans>
                    {format.duration(ageSeconds)} old, normally {format.duration(normalSeconds)}
                  </Trans>
                </span>
              )}
            </>
          ) : (
            <Trans>not yet</Trans>
          )}
        </Fact>
        {hasRhythm && <Rhythm standing={standing} />}
      </dl>
      {streams.length > 0 && (
        <div className="slowed">
          <h3>
            <Trans>Complete through</Trans>
          </h3>
          <dl className="facts">
            {streams.map(({ name, title, completeThrough }) => (
              <Fact key={name} term={title}>
                {completeThrough ? <Through at={completeThrough} /> : <Trans>not yet</Trans>}
              </Fact>
            ))}
          </dl>
        </div>
      )}
      {slowedBy.length > 0 && (
        <div className="slowed sm">
          <h3>
            <Trans>What slows it</Trans>
          </h3>
          <ul className="bullets">
            {slowedBy.map(({ code, message, meaning, until }) => (
              <li key={`${code} ${message}`}>
                {message} {meaning}{" "}
                {until &&
                  (code === "sourceDown" ? (
                    <Trans>The next try is {format.whenWithin(until)}.</Trans>
                  ) : (
                    <Trans>It goes on by itself {format.whenWithin(until)}.</Trans>
                  ))}
              </li>
            ))}
          </ul>
        </div>
      )}
    </>
  );
}

function Rhythm({ standing: { freshness, quietHours } }: { standing: Standing }) {
  const format = useFormat();
  const { cadenceSeconds, normalSeconds, nextRunAt, isLate } = freshness;
  return (
    <>
      <Fact term={<Trans>Cadence</Trans>}>
        {format.cadence(cadenceSeconds)}
        {!isLate && Math.abs(normalSeconds - cadenceSeconds) > cadenceSeconds / 4 && (
          <span className="xs faint block">
            <Trans>normally {format.duration(normalSeconds)} between two</Trans>
          </span>
        )}
      </Fact>
      <Fact term={<Trans>Next sync</Trans>}>
        {nextRunAt ? <When at={nextRunAt} /> : <Trans>none planned</Trans>}
        {quietHours?.holdsNextRun && (
          <span className="xs faint block">
            <Trans comment="when the next sync comes">after quiet hours</Trans>
          </span>
        )}
      </Fact>
    </>
  );
}
