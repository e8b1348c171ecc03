import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource, LiveStream } from "../../live/live.documents.ts";
import { Bar } from "../../parts/bar.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Rows } from "../../parts/rows.tsx";
import { useNow } from "../../parts/time.tsx";
import { latePart } from "../../parts/late.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { RemedyButton } from "../datasources/remedy-button.tsx";
import { SourceNotices } from "../datasources/source-notices.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { ConnectFlow, Purpose } from "./connect-flow.ts";
import { firstDataStage, type FirstDataStage } from "./first-data-stage.ts";

const Replaced = latePart(
  () => import("../detail/replaced-list.tsx"),
  (part) => part.ReplacedList,
);

type FirstDataProps = {
  platform: ConnectPlatform;
  purpose: Purpose;
  flow: Pick<ConnectFlow, "attempt" | "datasource">;
  onClose: () => void;
};

/** Rows arriving: the same live values as the detail page, and leave to close. */
export function FirstData({ platform, purpose, flow, onClose }: FirstDataProps) {
  const { datasource } = flow;
  const stage = firstDataStage(flow.attempt, datasource);
  return (
    <div className="fd">
      <StageHead stage={stage} datasource={datasource} />
      {datasource && <SourceNotices datasource={datasource} />}
      {datasource && stage !== "works" && stage !== "stopped" && datasource.streams.length > 0 && (
        <ul className="ls fds">
          {datasource.streams.map((stream) => (
            <StreamLine key={stream.id} stream={stream} />
          ))}
        </ul>
      )}
      {datasource && (purpose.kind === "replace" || purpose.kind === "continue") && (
        <Replaced datasource={datasource} />
      )}
      <Ways stage={stage} platform={platform} datasource={datasource} onClose={onClose} />
    </div>
  );
}

function StreamLine({ stream }: { stream: LiveStream }) {
  const { title, state, percent, rows } = stream;
  if (state === "NOT_GRANTED")
    return (
      <li>
        <span className="grow">{title}</span>
        <span className="faint">
          <Trans comment="state of a stream: its optional scope was not given">Not granted</Trans>
        </span>
      </li>
    );
  // Nothing read yet is not the same as nothing there.
  const isCounting = rows === "0" && state !== "DONE";
  return (
    <li>
      <span className="grow">{title}</span>
      <Bar percent={isCounting ? null : percent} label={title} tone={state === "DONE" ? "g" : "live"} />
      <span className={isCounting ? "num faint" : "num"}>
        {isCounting ? <Trans>Counting…</Trans> : <Rows count={rows} />}
      </span>
    </li>
  );
}

function StageHead({ stage, datasource }: { stage: FirstDataStage; datasource: LiveDatasource | null }) {
  const { t } = useLingui();
  const words: Record<FirstDataStage, string> = {
    verifying: t`Reading the account`,
    queued: t`First sync queued, starts within a minute`,
    reading: t`Reading the newest days first`,
    ready: t`First numbers are ready`,
    works: t`The access works again`,
    stopped: t`Stopped before the first numbers`,
  };
  const isThere = stage === "ready" || stage === "works";
  return (
    <div className="fdh" role="status">
      <span className={stage === "stopped" ? "dim" : isThere ? "good" : "flow"}>
        {stage === "stopped" ? (
          <Icon name="pause" />
        ) : isThere ? (
          <Icon name="tick" />
        ) : (
          <span className="dial big spin" aria-hidden="true" />
        )}
      </span>
      <div>
        <h3>{words[stage]}</h3>
        <p className="dim sm">
          {datasource && stage === "ready" ? (
            <HowFar datasource={datasource} />
          ) : datasource && (stage === "works" || stage === "stopped") ? (
            <WhatNow datasource={datasource} />
          ) : (
            <Trans>You can close this: it goes on without the page.</Trans>
          )}
        </p>
      </div>
    </div>
  );
}

const isFilling = ({ backfill: { state } }: LiveDatasource): boolean => state === "RUNNING" || state === "QUEUED";
const isStopped = ({ dataSync }: LiveDatasource): boolean => dataSync?.status === "INACTIVE";

function HowFar({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { firstNumbersAt, connectedAt, backfill } = datasource;
  const took =
    firstNumbersAt && connectedAt
      ? format.duration((Date.parse(firstNumbersAt) - Date.parse(connectedAt)) / 1000)
      : null;
  return (
    <>
      {took && <Trans>First numbers {took} after connecting.</Trans>}{" "}
      {isStopped(datasource) ? (
        <WhyStopped datasource={datasource} />
      ) : isFilling(datasource) ? (
        <Trans>History goes on filling behind them.</Trans>
      ) : backfill.state === "DONE" ? (
        <Trans>The whole history is in.</Trans>
      ) : null}
    </>
  );
}

function WhyStopped({ datasource: { dataSync } }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const reason = dataSync?.reason;
  return (
    <>
      {reason?.message}{" "}
      {reason?.until ? (
        <Trans>It goes on by itself {format.whenWithin(reason.until)}.</Trans>
      ) : reason?.remedy?.kind === "RESUME" ? (
        <Trans>Nothing new is read until it is resumed.</Trans>
      ) : (
        reason?.meaning
      )}
    </>
  );
}

/** Who has stopped it; else, after a new consent: what was missed is filled. */
function WhatNow({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const now = useNow();
  const { completeThrough, cadenceSeconds } = datasource;
  if (isStopped(datasource)) return <WhyStopped datasource={datasource} />;
  const missed = completeThrough ? (now - Date.parse(completeThrough)) / 1000 : 0;
  if (missed > 2 * cadenceSeconds)
    return <Trans>Filling {format.duration(missed)}, newest first. You can close this.</Trans>;
  return isFilling(datasource) ? (
    <Trans>The history goes on where it stopped. You can close this.</Trans>
  ) : (
    <Trans>Nothing was missed. The next sync comes as planned.</Trans>
  );
}

interface WaysProps {
  stage: FirstDataStage;
  platform: ConnectPlatform;
  datasource: LiveDatasource | null;
  onClose: () => void;
}

function Ways({ stage, platform, datasource, onClose }: WaysProps) {
  const { organisation } = usePlace();
  const remedy = datasource?.dataSync?.reason?.remedy ?? null;
  const stands = datasource !== null && stage !== "verifying" && isStopped(datasource);
  return (
    <footer className="stick">
      <span className="grow" />
      {stands && <RemedyButton datasource={datasource} remedy={remedy} look="btn" />}
      {stage === "ready" && (
        <Link className="btn" href={to.overview(organisation.slug)}>
          <Trans>See yesterday’s numbers</Trans>
        </Link>
      )}
      {datasource ? (
        <Link className="btn pri" href={to.datasource(organisation.slug, datasource.id)}>
          {stands || stage === "works" ? <Trans>Open {datasource.name}</Trans> : <Trans>Watch it come in</Trans>}
        </Link>
      ) : (
        <button type="button" className="btn" onClick={onClose}>
          <Trans>Close, {platform.title} goes on</Trans>
        </button>
      )}
    </footer>
  );
}
