import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useRef, useState } from "react";
import { useQuery } from "urql";
import { useFormat, withLateWords } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import type { EtaRange } from "../../live/eta.ts";
import { useHeldEta } from "../../live/use-held-eta.ts";
import { Icon } from "../../parts/icon.tsx";
import { Rows } from "../../parts/rows.tsx";
import { share } from "../../parts/size.ts";
import { LoadFailed } from "../../parts/states.tsx";
import { useChosen } from "../../parts/use-chosen.ts";
import { useShortcuts } from "../../shell/shortcuts.ts";
import { type BackfillMonths, MapQuery } from "./detail.documents.ts";
import {
  type DayChoice,
  type DaySpan,
  isLeft,
  type MapCounts,
  mapCounts,
  type MapRow,
  mapRows,
  plannedDays,
  spanOf,
} from "./backfill-map.ts";
import { BackfillMap, Counted } from "./map-grid.tsx";
import { MapLegend } from "./map-legend.tsx";
import { isReadAgain } from "./read-anew.ts";
import { standsStill } from "./stands-still.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { latePart } from "../../parts/late.tsx";
import "./map.css";

const ForwardPanel = latePart(
  withLateWords(() => import("./forward-panel.tsx"), "deeper"),
  (part) => part.ForwardPanel,
);

const allStreams = "";
const noDays: readonly (DaySpan & { stream?: string | null })[] = [];

/** The estimate first, then why in one sentence, then the days themselves. */
export function BackfillCard({ datasource }: { datasource: LiveDatasource }) {
  const [stream, setStream] = useChosen("stream", [allStreams, ...datasource.streams.map(({ name }) => name)]);
  const [{ data, error }, refresh] = useQuery({
    query: MapQuery,
    variables: { id: datasource.id, stream: stream || null },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(mapKey(datasource), again);
  const wanted = data?.datasource?.backfill.broughtForward ?? noDays;
  const forward = wanted.filter((days) => !stream || !days.stream || days.stream === stream);
  return (
    <BackfillView
      datasource={datasource}
      months={data?.datasource?.backfill.map ?? null}
      unread={error && <LoadFailed error={error} onRetry={again} what={<Trans>The days could not be read.</Trans>} />}
      countedStreams={data?.datasource?.backfill.countedStreams}
      took={tookOf(data?.datasource?.backfill)}
      forward={forward}
      stream={stream}
      onStream={setStream}
    />
  );
}

/** What reading it took, without the time in which it stood still, and what was said of that before. */
interface Took {
  seconds: number;
  said: EtaRange | null;
}

type HistoryRead = { runs: number; workedSeconds: number | null; said: EtaRange | null };

/** Read in several runs, with days or months between them, it took no time that is worth telling. */
const tookOf = (read: HistoryRead | undefined): Took | null =>
  read?.runs === 1 && read.workedSeconds !== null ? { seconds: read.workedSeconds, said: read.said } : null;

function mapKey({ streams, backfill }: LiveDatasource): string {
  return `${backfill.state}|${backfill.daysReady}|${backfill.daysSome}|${streams.map(({ windowsDone, state }) => `${windowsDone}${state}`).join()}`;
}

interface BackfillViewProps {
  datasource: LiveDatasource;
  months: BackfillMonths | null;
  /** What is said where they could not be read. */
  unread?: ReactNode;
  /** Whose records the months count. */
  countedStreams?: readonly string[] | undefined;
  /** Null while that is unknown. */
  took?: Took | null;
  /** Days that were wanted before the others. */
  forward?: readonly DaySpan[];
  stream: string;
  onStream: (stream: string) => void;
}

export function BackfillView({ took = null, ...props }: BackfillViewProps) {
  const { datasource, months, unread, countedStreams = [], forward = noDays, stream, onStream } = props;
  const { backfill } = datasource;
  const isStill = historyStandsStill(datasource);
  const rows = months ? mapRows(months, isStill) : null;
  const [open, setOpen] = useState(false);
  // Files bring their own days: there is no history to read.
  if (backfill.state === "NONE" || (backfill.state === "DONE" && backfill.daysTotal === 0)) return null;
  if (backfill.state === "DONE" && !open)
    return <HistoryComplete datasource={datasource} took={took} onOpen={() => setOpen(true)} />;
  return (
    <section className={isStill ? "card still" : "card"} aria-labelledby="history">
      <BackfillHead datasource={datasource} counts={rows && rows.length > 0 ? mapCounts(rows) : null} />
      {!rows && unread}
      {rows && (rows.length > 0 || stream !== allStreams) && (
        <MapPart
          datasource={datasource}
          rows={rows}
          countedStreams={countedStreams}
          forward={forward}
          stream={stream}
          onStream={onStream}
        />
      )}
    </section>
  );
}

/** When done the card folds to one line. */
interface CompleteProps {
  datasource: LiveDatasource;
  took: Took | null;
  onOpen: () => void;
}

function HistoryComplete({ datasource, took, onOpen }: CompleteProps) {
  const format = useFormat();
  const days = datasource.backfill.daysTotal;
  return (
    <section className="card folded" aria-labelledby="history">
      <span className="good">
        <Icon name="tick" />
      </span>
      <h2 id="history">
        <Trans>History complete</Trans>
      </h2>
      <span className="sm dim nowrap">
        <Plural value={days} one="# day" other="# days" />
        {isReadAgain(datasource) ? (
          <>
            {", "}
            <Trans comment="days of a history that is in and is read once more">being read again</Trans>
          </>
        ) : (
          took !== null && (
            <>
              {", "}
              <Trans>took {format.durationInTwo(took.seconds)}</Trans>
              {took.said && (
                <>
                  {" "}
                  <Trans comment="after how long it took: what was said of it before">
                    (we said {format.durationRange(took.said.minSeconds, took.said.maxSeconds)})
                  </Trans>
                </>
              )}
            </>
          )
        )}
      </span>
      <span className="grow" />
      <button type="button" className="btn s ghost" onClick={onOpen}>
        <Trans>Show the days</Trans>
      </button>
    </section>
  );
}

function BackfillHead({ datasource, counts }: { datasource: LiveDatasource; counts: MapCounts | null }) {
  const { t } = useLingui();
  const format = useFormat();
  const { backfill, name } = datasource;
  const { daysTotal } = backfill;
  // All four figures and the bar come from one answer: the map's, once it is there.
  const daysReady = counts ? counts.all : backfill.daysReady;
  const daysSome = counts ? counts.all + counts.some : backfill.daysSome;
  const partOf = (days: number): number => (daysTotal === 0 ? 0 : (days / daysTotal) * 100);
  const ready = partOf(daysReady);
  return (
    <div className="eta">
      <div>
        <h2 className="vh" id="history">
          <Trans>History</Trans>
        </h2>
        <Headline datasource={datasource} />
        <Why datasource={datasource} />
      </div>
      <dl>
        <dt>
          <Trans comment="days of history that every stream has">Ready</Trans>
        </dt>
        <dd>{daysTotal > 0 ? t`${format.count(daysReady)} of ${format.count(daysTotal)} days` : "–"}</dd>
        <dt>
          <Trans comment="the oldest day that is complete">Back to</Trans>
        </dt>
        <dd>{counts?.backTo ? format.day(counts.backTo, { year: true }) : "–"}</dd>
        <dt>
          <Trans comment="the day that is being read">Now</Trans>
        </dt>
        <dd>{counts?.now ? format.day(counts.now, { year: true }) : "–"}</dd>
      </dl>
      <div
        className="twotone"
        role="progressbar"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.floor(ready)}
        aria-valuetext={t`${format.count(daysReady)} of ${format.count(daysTotal)} days with all streams`}
        aria-label={t`History of ${name}`}
      >
        <i style={share(ready)} />
        <i style={share(Math.max(0, partOf(daysSome) - ready))} />
      </div>
    </div>
  );
}

/** Held with everything else of its datasource before it was in: nothing of it moves. */
const historyStandsStill = (datasource: LiveDatasource): boolean =>
  (datasource.backfill.state === "RUNNING" || datasource.backfill.state === "QUEUED") && standsStill(datasource);

function Headline({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { state, eta } = datasource.backfill;
  const range = useHeldEta(eta);
  const isStill = historyStandsStill(datasource);
  return (
    <p className="big num">
      {isStill && datasource.disconnectedAt !== null ? (
        <Trans>History stopped</Trans>
      ) : isStill ? (
        <Trans>History is paused</Trans>
      ) : state === "QUEUED" ? (
        <Trans>History is queued</Trans>
      ) : state === "FAILED" ? (
        <Trans>History stopped</Trans>
      ) : state === "DONE" ? (
        <Trans>History complete</Trans>
      ) : !eta || !range ? (
        <Trans>Counting…</Trans>
      ) : eta.isLate || range.maxSeconds === 0 ? (
        <Trans>Taking longer than we said</Trans>
      ) : (
        <Trans>{format.durationRange(range.minSeconds, range.maxSeconds, { long: true })} left</Trans>
      )}
    </p>
  );
}

function Why({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { backfill, dataSync } = datasource;
  if (historyStandsStill(datasource))
    return (
      <p className="why">
        {dataSync?.status === "INACTIVE" ? (
          <Trans>{format.count(backfill.rows)} rows so far. Resumed, it goes on where it stood.</Trans>
        ) : (
          <Rows count={backfill.rows} />
        )}
      </p>
    );
  const reason = backfill.eta?.reason ?? backfill.historyReason;
  if (reason)
    return (
      <p className="why">
        {reason.message} {reason.meaning}
      </p>
    );
  if (backfill.state === "RUNNING")
    return (
      <p className="why">
        <Trans>The newest days come first. {format.count(backfill.rows)} rows so far.</Trans>
      </p>
    );
  if (backfill.state === "QUEUED")
    return (
      <p className="why">
        <Trans>It starts within a minute, newest days first.</Trans>
      </p>
    );
  return null;
}

interface MapPartProps {
  datasource: LiveDatasource;
  rows: readonly MapRow[];
  countedStreams: readonly string[];
  forward: readonly DaySpan[];
  stream: string;
  onStream: (stream: string) => void;
}

function MapPart({ datasource, rows, countedStreams, forward, stream, onStream }: MapPartProps) {
  const part = useRef<HTMLDivElement>(null);
  const [choice, setChoice] = useState<DayChoice | null>(null);
  const [isAsked, setAsked] = useState(false);
  // Shown from the click; the server says the same with its next answer.
  const [given, setGiven] = useState<DaySpan | null>(null);
  const mayBring = useMayBring(datasource);
  const isStill = historyStandsStill(datasource);
  const days = plannedDays(rows);
  const [first, last] = [days[0], days.at(-1)];
  const focusMap = (): void => part.current?.querySelector<HTMLElement>('[role="slider"]')?.focus();
  useShortcuts({ KeyM: focusMap });
  const close = (): void => {
    setChoice(null);
    setAsked(false);
    focusMap();
  };
  const choose = (next: DayChoice | null): void => {
    setChoice(next);
    if (next === null) setAsked(false);
  };
  const wanted = given ? [...forward, given] : forward;
  return (
    <div ref={part}>
      {rows.length > 0 && (
        <BackfillMap
          rows={rows}
          forward={wanted}
          choosing={mayBring ? { choice, onChoose: choose, onDone: () => setAsked(true) } : null}
        />
      )}
      {mayBring && isAsked && choice && first && last && (
        <ForwardPanel
          datasource={datasource}
          stream={stream}
          span={spanOf(choice)}
          isLeft={isLeft(rows, spanOf(choice))}
          planned={{ from: first, to: last }}
          onSpan={({ from, to }) => setChoice({ anchor: from, at: to })}
          onClose={close}
          onGiven={(done) => {
            setGiven(done);
            close();
          }}
        />
      )}
      <div className="leg">
        {rows.length > 0 && (
          <MapLegend isOfOne={stream !== allStreams} isStill={isStill} isWanted={wanted.length > 0} />
        )}
        <span className="grow" />
        <StreamChoice datasource={datasource} stream={stream} onStream={onStream} />
      </div>
      <Counted
        rows={rows}
        titles={datasource.streams.flatMap(({ name, title }) => (countedStreams.includes(name) ? [title] : []))}
      />
    </div>
  );
}

function useMayBring({ viewerCan, backfill }: LiveDatasource): boolean {
  const isAllowed = viewerCan.some((entry) => entry.action === "BRING_FORWARD" && entry.isAllowed);
  return isAllowed && backfill.state === "RUNNING";
}

function StreamChoice({ datasource, stream, onStream }: Pick<MapPartProps, "datasource" | "stream" | "onStream">) {
  const { t } = useLingui();
  const { streams } = datasource;
  if (streams.length < 2) return null;
  return (
    <label className="mapsel">
      <span className="vh">
        <Trans>Show the days of</Trans>
      </span>
      <select value={stream} onChange={(event) => onStream(event.target.value)}>
        <option value={allStreams}>{t`Every stream`}</option>
        {streams.map(({ id, name, title }) => (
          <option key={id} value={name}>
            {title}
          </option>
        ))}
      </select>
    </label>
  );
}
