import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useQuery } from "urql";
import { useFormat, withLateWords } from "../../language.tsx";
import type { LiveDatasource, LiveStream } from "../../live/live.documents.ts";
import { Bar, type BarTone } from "../../parts/bar.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Menu, MenuItem } from "../../parts/menu.tsx";
import { share } from "../../parts/size.ts";
import { useNow } from "../../parts/time.tsx";
import { lateDialog } from "../../parts/late.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { useCommands } from "../commands/use-commands.ts";
import { StreamTimesQuery } from "./detail.documents.ts";
import { isTrickle, restartsBy } from "./pace.ts";
import { type Anew, readAnew } from "./read-anew.ts";
import { stillAs } from "./stands-still.ts";

const Resync = lateDialog(
  withLateWords(() => import("./resync-dialog.tsx"), "deeper"),
  (part) => part.ResyncDialog,
);

const stillAfterMs = 5 * 60_000;

/** Each stream with its own start and end: a finished one says so while others run. */
export function StreamsCard({ datasource }: { datasource: LiveDatasource }) {
  const [resyncing, setResyncing] = useState<string | null>(null);
  const { streams } = datasource;
  const mayResync = useCommands(datasource).may("RESYNC");
  const still = stillAs(datasource);
  const worked = useWorked(datasource);
  if (streams.length === 0) return null;
  return (
    <section className="card streamcard" aria-labelledby="streams">
      <header>
        <h2 id="streams">
          <Trans>Streams</Trans>
        </h2>
        <span className="faint num sm">{streams.length}</span>
      </header>
      <table className="streams folds">
        <caption className="vh">
          <Trans>Streams</Trans>
        </caption>
        <StreamsHead withMenu={mayResync} />
        <tbody>
          {streams.map((stream) => (
            <StreamRow
              key={stream.id}
              stream={stream}
              source={datasource.platform.title}
              anew={readAnew(stream, datasource.backfill)}
              still={still}
              worked={worked?.get(stream.id) ?? null}
              onResync={mayResync ? () => setResyncing(stream.name) : null}
            />
          ))}
        </tbody>
      </table>
      {resyncing && <Resync datasource={datasource} stream={resyncing} onClose={() => setResyncing(null)} />}
    </section>
  );
}

/** By stream, the seconds that reading its history took, once all of it is in: what was read since, a resync say, is not that. */
function useWorked({ id, backfill, streams }: LiveDatasource): ReadonlyMap<string, number | null> | null {
  const isIn = backfill.state === "DONE";
  const [{ data }, refresh] = useQuery({ query: StreamTimesQuery, variables: { id }, pause: !isIn });
  useRefresh(`${backfill.daysTotal} ${streams.map(({ state }) => state).join()}`, () => {
    if (isIn) refresh({ requestPolicy: "network-only" });
  });
  const times = isIn ? data?.datasource?.streams : undefined;
  return times ? new Map(times.map((stream) => [stream.id, stream.workedSeconds])) : null;
}

function StreamsHead({ withMenu }: { withMenu: boolean }) {
  return (
    <thead>
      <tr>
        <th scope="col">
          <Trans>Stream</Trans>
        </th>
        <th scope="col">
          <Trans>State</Trans>
        </th>
        <th scope="col">
          <Trans>History</Trans>
        </th>
        <th scope="col" className="r">
          <Trans>Rows</Trans>
        </th>
        <th scope="col" className="r rate hide-m">
          <Trans>Rows a minute</Trans>
        </th>
        <th scope="col" className="r tok">
          <Trans comment="how long a stream took">Took</Trans>
        </th>
        {withMenu && (
          <th scope="col">
            <span className="vh">
              <Trans>Action</Trans>
            </span>
          </th>
        )}
      </tr>
    </thead>
  );
}

const tones: Record<LiveStream["state"], BarTone> = {
  DONE: "g",
  RUNNING: "live",
  WAITING: "live",
  QUEUED: "",
  FAILED: "b",
  NOT_GRANTED: "n",
};

interface StreamStateProps {
  stream: LiveStream;
  source: string;
  anew: Anew;
  /** What was being read stands still until somebody or something resumes it. */
  still: ReturnType<typeof stillAs>;
}

interface StreamRowProps extends StreamStateProps {
  /** Null while its history is read, or that is not known. */
  worked: number | null;
  onResync: (() => void) | null;
}

/** Records of it came and could not be stored. */
const isShort = ({ state, reason }: LiveStream): boolean => state === "DONE" && reason?.code === "rejected";

const isOnTheWay = ({ state }: LiveStream): boolean => state === "RUNNING" || state === "WAITING";

function StreamRow({ stream, source, anew, still, worked, onResync }: StreamRowProps) {
  const { t } = useLingui();
  const format = useFormat();
  const { title, about, state, percent, firstDay, rows } = stream;
  const isHeld = still !== null && isOnTheWay(stream);
  const isIn = state === "DONE" || anew !== null;
  return (
    <tr>
      <td>
        <b>{title}</b>
        <span className="xs faint about">{about}</span>
      </td>
      <td className="sta">
        <StreamStateLine stream={stream} source={source} anew={anew} still={still} />
      </td>
      <td className="day">
        {state !== "NOT_GRANTED" && (
          <div className="pg">
            <Bar
              percent={isIn ? 100 : percent}
              label={t`${title}, history`}
              tone={isShort(stream) ? "w" : isIn ? "g" : isHeld ? "" : tones[state]}
            />
            <span className="xs num dim nowrap">
              <HowFar stream={stream} isIn={isIn} />
              {firstDay && (
                <>
                  {" · "}
                  <Trans>back to {format.day(firstDay, { year: true })}</Trans>
                </>
              )}
            </span>
          </div>
        )}
      </td>
      <td className="r num rws">
        {format.count(rows)}
        <span className="only-s">
          {" "}
          <Trans comment="beside a number of rows on phones">rows</Trans>
        </span>
      </td>
      <td className="r num rate hide-m">{isHeld ? "–" : <Rate stream={stream} />}</td>
      <td className="r nowrap tok">
        <span className="only-s faint">
          <Trans comment="how long a stream took">Took</Trans>{" "}
        </span>
        {isHeld ? "–" : <Took stream={stream} worked={anew === "resync" ? null : worked} />}
      </td>
      {onResync && (
        <td className="act">
          {state !== "NOT_GRANTED" && (
            <Menu
              label={t`Actions for ${title}`}
              button={{ className: "iconb", "aria-label": t`Actions for ${title}` }}
              trigger={<Icon name="more" bold />}
            >
              <MenuItem icon="sync" onSelect={onResync}>
                <Trans>Resync {title}…</Trans>
              </MenuItem>
            </Menu>
          )}
        </td>
      )}
    </tr>
  );
}

/** Of its history, in a word. */
function HowFar({ stream, isIn }: { stream: LiveStream; isIn: boolean }) {
  const format = useFormat();
  if (isShort(stream)) return <Trans comment="beside the history of a stream">records missing</Trans>;
  return isIn ? <Trans>complete</Trans> : format.percent(stream.percent);
}

const rateAfterMs = 10_000;

/** A rate of the first seconds says nothing about the next ones. */
function Rate({ stream }: { stream: LiveStream }) {
  const { rowsPerMinute, startedAt } = stream;
  const now = useNow();
  const format = useFormat();
  const isEarly = startedAt !== null && now - Date.parse(startedAt) < rateAfterMs;
  return rowsPerMinute && !isEarly && !isTrickle(stream, now) ? format.rate(rowsPerMinute) : "–";
}

function Took({ stream, worked }: { stream: LiveStream; worked: number | null }) {
  const now = useNow();
  const format = useFormat();
  const { startedAt, finishedAt } = stream;
  if (worked !== null) return <span className="faint">{format.duration(worked)}</span>;
  if (startedAt && finishedAt)
    return <span className="faint">{format.duration((Date.parse(finishedAt) - Date.parse(startedAt)) / 1000)}</span>;
  if (startedAt && isOnTheWay(stream))
    return (
      <span className="num">
        <Trans comment="how long a stream has been running">
          {format.duration((now - Date.parse(startedAt)) / 1000)} so far
        </Trans>
      </span>
    );
  return "–";
}

/** Waiting on the source is a state of its own, and so is standing still. */
function StreamStateLine({ stream, source, anew, still }: StreamStateProps) {
  const { state, movedAt } = stream;
  const format = useFormat();
  const now = useNow();
  if (still !== null && isOnTheWay(stream))
    return (
      <span className="st pill idlep">
        <Icon name="pause" />
        {still === "ended" ? (
          <Trans comment="state of a run">Cancelled</Trans>
        ) : (
          <Trans context="state of a stream">Paused</Trans>
        )}
      </span>
    );
  const isStill = state === "RUNNING" && movedAt !== null && now - Date.parse(movedAt) > stillAfterMs;
  return (
    <div className="two">
      <StreamStateWord stream={stream} anew={anew} />
      {isStill && movedAt ? (
        <span className="xs warn">
          <Trans>
            No progress since {format.time(movedAt)}. It restarts by itself, at {format.time(restartsBy(movedAt))} at
            the latest.
          </Trans>
        </span>
      ) : (
        <StreamReason stream={stream} source={source} anew={anew} />
      )}
    </div>
  );
}

/** In a word, with its mark. */
function StreamStateWord({ stream, anew }: Pick<StreamStateProps, "stream" | "anew">) {
  const { state, percent } = stream;
  if (anew === "resync" && state !== "QUEUED")
    return (
      <span className="st pill flowp">
        <i className="dial" style={share(percent)} />
        <Trans comment="state of a stream: its history is in, and somebody had it read once more">Reading again</Trans>
      </span>
    );
  if (anew === "sync" && state === "RUNNING")
    return (
      <span className="st pill flowp">
        <Icon name="sync" />
        <Trans>Syncing now</Trans>
      </span>
    );
  if (isShort(stream))
    return (
      <span className="st pill warnp">
        <Icon name="warning" />
        <Trans comment="state of a stream: some of its records could not be stored">Not whole</Trans>
      </span>
    );
  return state === "DONE" ? (
    <span className="st ok">
      <Icon name="tick" />
      <Trans comment="state of a stream">Complete</Trans>
    </span>
  ) : state === "RUNNING" ? (
    <span className="st pill flowp">
      <i className="dial" style={share(percent)} />
      <Trans comment="state of a stream">Fetching</Trans>
    </span>
  ) : state === "WAITING" ? (
    <span className="st pill flowp">
      <Icon name="clock" />
      <Trans comment="state of a stream: the source makes us wait">Waiting</Trans>
    </span>
  ) : state === "FAILED" ? (
    <span className="st pill badp">
      <Icon name="cross" />
      <Trans comment="state of a stream">Failed</Trans>
    </span>
  ) : state === "NOT_GRANTED" ? (
    <span className="st pill idlep">
      <Icon name="shield" />
      <Trans comment="state of a stream: its optional scope was not given">Not granted</Trans>
    </span>
  ) : (
    <span className="st">
      <Icon name="dashed" />
      <Trans comment="state of a stream">Queued</Trans>
    </span>
  );
}

/** A state is a word; why it is so stands below, so that no state grows over the bar beside it. */
function StreamReason({ stream, source, anew }: Omit<StreamStateProps, "still">) {
  const format = useFormat();
  const now = useNow();
  const { state, reason, percent } = stream;
  if (reason) return <span className="xs faint">{reason.message}</span>;
  if (anew === "resync" && state !== "WAITING")
    return (
      <span className="xs faint num">
        {state === "QUEUED" ? (
          <Trans comment="why a stream whose history is in is queued">to be read again</Trans>
        ) : (
          <Trans comment="how much of a stream has been read once more">{format.percent(percent)} read again</Trans>
        )}
      </span>
    );
  if (state !== "WAITING" && (anew !== null || !isTrickle(stream, now))) return null;
  return (
    <span className="xs faint">
      <Trans comment="why a stream waits">Waiting for {source}</Trans>
    </span>
  );
}
