import { Trans, useLingui } from "@lingui/react/macro";
import { useQuery } from "urql";
import { Link, useSearch } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource, LiveStream } from "../../live/live.documents.ts";
import { useLive } from "../../live/live.tsx";
import { Bar } from "../../parts/bar.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Rows } from "../../parts/rows.tsx";
import { useNow } from "../../parts/time.tsx";
import { latePart } from "../../parts/late.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { ReplacedQuery } from "../detail/replaced.documents.ts";
import { rangeTo } from "../overview/ranges.ts";
import { AccountCurrency } from "../datasources/account-currency.tsx";
import { RemedyButton } from "../datasources/remedy-button.tsx";
import { SourceNotices } from "../datasources/source-notices.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { ConnectFlow, Purpose } from "./connect-flow.ts";
import { connectedWith } from "./connected-with.ts";
import { firstDataStage, type FirstDataStage, stageOfAll } from "./first-data-stage.ts";

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
export function FirstData(props: FirstDataProps) {
  const others = connectedWith(useSearch());
  return others.length > 0 ? <OfSeveral flow={props.flow} others={others} /> : <OfOne {...props} />;
}

interface SeveralProps extends Pick<FirstDataProps, "flow"> {
  others: readonly string[];
}

const standingOf = (datasource: LiveDatasource, attempt: ConnectFlow["attempt"]) => ({
  datasource,
  attempt,
  stage: firstDataStage(attempt, datasource),
});

/** Each account by the name of what it became, how far that is, and the way to it. */
function OfSeveral({ flow, others }: SeveralProps) {
  const { organisation } = usePlace();
  const words = useStageWords();
  const byId = useLive((state) => state.byId);
  const first = flow.datasource && standingOf(flow.datasource, flow.attempt);
  const further = others.flatMap((id) => {
    const datasource = byId.get(id);
    return datasource ? standingOf(datasource, datasource.attempt) : [];
  });
  const all = first ? [first, ...further] : further;
  const stage = stageOfAll(all.map((one) => one.stage));
  return (
    <div className="fd">
      <StageHead stage={all.length === 0 ? "verifying" : stage} datasource={null} />
      <ul className="ls fds">
        {all.map((one) => (
          <li key={one.datasource.id}>
            <Glyph title={one.datasource.platform.title} category={one.datasource.platform.category} />
            <span className="grow">
              <Link href={to.datasource(organisation.slug, one.datasource.id)}>{one.datasource.name}</Link>
              <span className="xs faint block">
                {(one.stage === "failed" && one.attempt?.problem?.message) || words[one.stage]}
              </span>
            </span>
            <StageMark stage={one.stage} />
          </li>
        ))}
      </ul>
      <footer className="stick">
        <span className="grow" />
        {all.some((one) => one.stage === "ready") && <ToNumbers />}
        <Link className="btn pri" href={to.datasources(organisation.slug)}>
          <Trans>See all datasources</Trans>
        </Link>
      </footer>
    </div>
  );
}

function OfOne({ platform, purpose, flow, onClose }: FirstDataProps) {
  const { datasource } = flow;
  const stage = firstDataStage(flow.attempt, datasource);
  return (
    <div className="fd">
      <StageHead stage={stage} datasource={datasource} />
      {datasource && <SourceNotices datasource={datasource} />}
      {datasource && <AccountCurrency datasource={datasource} />}
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
      <Ways
        stage={stage}
        platform={platform}
        datasource={datasource}
        tookPlace={purpose.kind === "replace" || purpose.kind === "continue"}
        onClose={onClose}
      />
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

function useStageWords(): Record<FirstDataStage, string> {
  const { t } = useLingui();
  return {
    verifying: t`Reading the account`,
    queued: t`First sync queued, starts within a minute`,
    reading: t`Reading the newest days first`,
    ready: t`First numbers are ready`,
    works: t`The access works again`,
    stopped: t`Stopped before the first numbers`,
    failed: t`It could not be connected`,
  };
}

function StageMark({ stage, isBig = false }: { stage: FirstDataStage; isBig?: boolean }) {
  if (stage === "stopped")
    return (
      <span className="dim">
        <Icon name="pause" />
      </span>
    );
  if (stage === "failed")
    return (
      <span className="bad">
        <Icon name="cross" />
      </span>
    );
  if (stage === "ready" || stage === "works")
    return (
      <span className="good">
        <Icon name="tick" />
      </span>
    );
  return (
    <span className="flow">
      <span className={isBig ? "dial big spin" : "dial spin"} aria-hidden="true" />
    </span>
  );
}

function StageHead({ stage, datasource }: { stage: FirstDataStage; datasource: LiveDatasource | null }) {
  const words = useStageWords();
  return (
    <div className="fdh" role="status">
      <StageMark stage={stage} isBig />
      <div>
        <h3>{words[stage]}</h3>
        <p className="dim sm">
          {datasource && stage === "ready" ? (
            <HowFar datasource={datasource} />
          ) : datasource && (stage === "works" || stage === "stopped") ? (
            <WhatNow datasource={datasource} />
          ) : stage === "failed" ? (
            <Trans>Why, and what to do, stands on its own page.</Trans>
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
    return <Trans>Filling {format.durationInTwo(missed)}, newest first. You can close this.</Trans>;
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
  /** Of another: its days begin with the switch. */
  tookPlace: boolean;
  onClose: () => void;
}

function Ways({ stage, platform, datasource, tookPlace, onClose }: WaysProps) {
  const { organisation } = usePlace();
  const remedy = datasource?.dataSync?.reason?.remedy ?? null;
  const stands = datasource !== null && stage !== "verifying" && isStopped(datasource);
  return (
    <footer className="stick">
      <span className="grow" />
      {stands && <RemedyButton datasource={datasource} remedy={remedy} look="btn" />}
      {stage === "ready" && (datasource && tookPlace ? <ToOwnNumbers id={datasource.id} /> : <ToNumbers />)}
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

function ToNumbers() {
  const { organisation } = usePlace();
  return (
    <Link className="btn" href={to.overview(organisation.slug)}>
      <Trans>See yesterday’s numbers</Trans>
    </Link>
  );
}

/** The first day that is its own: those before it stay with the one whose place it took. */
function ToOwnNumbers({ id }: { id: string }) {
  const { organisation } = usePlace();
  const format = useFormat();
  const [{ data }] = useQuery({ query: ReplacedQuery, variables: { id } });
  const day = data?.datasource?.countsFrom;
  if (!day) return <ToNumbers />;
  return (
    <Link className="btn" href={`${to.overview(organisation.slug)}${rangeTo({ range: "custom", from: day, to: day })}`}>
      <Trans>See the numbers of {format.day(day)}</Trans>
    </Link>
  );
}
