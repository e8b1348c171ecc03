import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { CopyRefused } from "../../parts/copyable.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LongList, type Placed } from "../../parts/long-rows.tsx";
import { Records } from "../../parts/rows.tsx";
import { useNow, When } from "../../parts/time.tsx";
import { useCopy } from "../../parts/use-copy.ts";
import { PulledFile } from "../files/pulled-file.tsx";
import { FailureWord } from "../detail/failure-word.tsx";
import { RequestName } from "../detail/request-name.tsx";
import type { RunAttempt } from "../detail/detail.documents.ts";
import { forSupport } from "./for-support.ts";

interface RunAttemptsProps {
  run: string;
  attempts: readonly RunAttempt[];
  /** Earlier ones, of which only the number is kept. */
  forgotten: number;
  isRunning: boolean;
  hasRejected: boolean;
}

/** What a run met, first one first: ours in words, the source's own beside, and what was done about it. */
export function RunAttempts({ run, attempts, forgotten, isRunning, hasRejected }: RunAttemptsProps) {
  const { t } = useLingui();
  const told = forSupport(run, attempts);
  if (attempts.length === 0)
    return (
      <p className="sm dim tries">
        {hasRejected ? (
          <Trans>No call failed. What was rejected of the answers stands with its stream.</Trans>
        ) : isRunning ? (
          <Trans>Nothing has gone wrong so far.</Trans>
        ) : (
          <Trans>Nothing went wrong.</Trans>
        )}
      </p>
    );
  return (
    <div className="tries sm" role="group" aria-label={t`Attempt by attempt`}>
      <div className="row wrap">
        <h3 className="grow">
          <Trans>Attempt by attempt</Trans>
        </h3>
        {told !== null && <CopyForSupport text={told} />}
      </div>
      {forgotten > 0 && (
        <p className="dim">
          <Plural value={forgotten} one="# attempt before these" other="# attempts before these" />
        </p>
      )}
      <AttemptList attempts={attempts} />
    </div>
  );
}

function CopyForSupport({ text }: { text: string }) {
  const { outcome, copy, shown } = useCopy<HTMLPreElement>(text);
  return (
    <>
      <button type="button" className="btn s ghost" onClick={copy}>
        <Icon name={outcome === "copied" ? "tick" : "copy"} />
        {outcome === "copied" ? <Trans>Copied</Trans> : <Trans>Copy for support</Trans>}
      </button>
      {outcome === "refused" && (
        <div className="refused">
          <CopyRefused />
          <pre ref={shown} className="mono xs" translate="no" tabIndex={-1}>
            {text}
          </pre>
        </div>
      )}
    </>
  );
}

/** `isOneFeed`: whose name stands above it. */
export function AttemptList({ attempts, isOneFeed = false }: { attempts: readonly RunAttempt[]; isOneFeed?: boolean }) {
  return (
    <ol className="trylist">
      <LongList
        rows={attempts}
        rowHeight={44}
        renderRow={(attempt, placed) => (
          <Attempt key={attempt.id} attempt={attempt} placed={placed} isNamed={!isOneFeed} />
        )}
      />
    </ol>
  );
}

interface AttemptProps {
  attempt: RunAttempt;
  placed: Placed;
  isNamed: boolean;
}

function Attempt({ attempt, placed, isNamed }: AttemptProps) {
  const format = useFormat();
  const { failure, feed, finishedAt, message, next, read, startedAt, times, title, uploads } = attempt;
  const took = (Date.parse(finishedAt) - Date.parse(startedAt)) / 1000;
  return (
    <li {...placed}>
      <span className={failure === null ? "good" : "bad"}>
        <Icon name={failure === null ? "tick" : "cross"} />
      </span>
      <span className="num dim">
        <When at={startedAt} />
        {times === 1 && <span className="faint block">{format.duration(took)}</span>}
      </span>
      <div>
        <p>
          {isNamed && <b>{title ?? <Trans>The run as a whole</Trans>}</b>} {message}{" "}
          {failure && <FailureWord of={failure.class} />}
        </p>
        {failure && (failure.said ?? failure.requestId) && (
          <p>
            {failure.said && <q translate="no">{failure.said}</q>}{" "}
            {failure.requestId && <RequestName name={failure.requestId} />}
          </p>
        )}
        {(feed === null || next !== null || times > 1) && (
          <p className="dim">
            {feed === null && (
              <Trans>
                <Records count={read} /> read
              </Trans>
            )}
            {times > 1 && <Times times={times} last={finishedAt} />}
            {next && (
              <>
                {(feed === null || times > 1) && " · "}
                {next.message} {next.until && <Until at={next.until} />}
              </>
            )}
          </p>
        )}
        {uploads.map((file) => (
          <PulledFile key={file.id} file={file} />
        ))}
      </div>
    </li>
  );
}

/** In a row, and alike: told once. */
export function Times({ times, last }: { times: number; last: string }) {
  const count = useFormat().count(times);
  return (
    <Trans>
      {count} times in a row, last <When at={last} within />
    </Trans>
  );
}

/** What lies ahead is waited for; what is past is told by the attempt below it. */
function Until({ at }: { at: string }) {
  const isAhead = Date.parse(at) > useNow();
  return isAhead ? (
    <span className="st pill flowp">
      <Icon name="sync" />
      <span>
        <Trans>
          Waits until <When at={at} within />
        </Trans>
      </span>
    </span>
  ) : (
    <Trans>
      It waited until <When at={at} within />.
    </Trans>
  );
}
