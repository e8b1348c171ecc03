import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Bar } from "../../parts/bar.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Rows } from "../../parts/rows.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { SourceNotices } from "../datasources/source-notices.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { ConnectFlow } from "./connect-flow.ts";

export type FirstDataStage = "verifying" | "queued" | "reading" | "ready";

export function firstDataStage(state: string | undefined, datasource: LiveDatasource | null): FirstDataStage {
  if (datasource?.firstNumbersAt) return "ready";
  if (state === "VERIFYING" || !datasource?.connection) return "verifying";
  return datasource.currentRun || datasource.backfill.state === "RUNNING" ? "reading" : "queued";
}

type FirstDataProps = {
  platform: ConnectPlatform;
  flow: Pick<ConnectFlow, "attempt" | "datasource">;
  onClose: () => void;
};

/** Rows arriving: the same live values as the detail page, and leave to close. */
export function FirstData({ platform, flow, onClose }: FirstDataProps) {
  const { datasource } = flow;
  const stage = firstDataStage(flow.attempt?.state, datasource);
  return (
    <div className="fd">
      <StageHead stage={stage} datasource={datasource} />
      {datasource && <SourceNotices datasource={datasource} />}
      {datasource && datasource.streams.length > 0 && (
        <ul className="ls fds">
          {datasource.streams.map((stream) => (
            <li key={stream.id}>
              <span className="grow">{stream.title}</span>
              <Bar percent={stream.percent} label={stream.title} tone={stream.state === "DONE" ? "g" : "live"} />
              <span className="num">
                <Rows count={stream.rows} />
              </span>
            </li>
          ))}
        </ul>
      )}
      <Ways stage={stage} platform={platform} datasource={datasource} onClose={onClose} />
    </div>
  );
}

function StageHead({ stage, datasource }: { stage: FirstDataStage; datasource: LiveDatasource | null }) {
  const { t } = useLingui();
  const format = useFormat();
  const words: Record<FirstDataStage, string> = {
    verifying: t`Reading the account`,
    queued: t`First sync queued, starts within a minute`,
    reading: t`Reading the newest days first`,
    ready: t`First numbers are ready`,
  };
  const { firstNumbersAt = null, connectedAt = null } = datasource ?? {};
  const took = firstNumbersAt && connectedAt ? (Date.parse(firstNumbersAt) - Date.parse(connectedAt)) / 1000 : null;
  return (
    <div className="fdh" role="status">
      <span className={stage === "ready" ? "good" : "flow"}>
        {stage === "ready" ? <Icon name="tick" /> : <span className="ring big spin" aria-hidden="true" />}
      </span>
      <div>
        <h3>{words[stage]}</h3>
        <p className="dim sm">
          {stage === "ready" && took !== null ? (
            <Trans>First numbers {format.duration(took)} after connecting. History goes on filling behind them.</Trans>
          ) : (
            <Trans>You can close this: it goes on without the page.</Trans>
          )}
        </p>
      </div>
    </div>
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
  return (
    <footer className="stick">
      <span className="grow" />
      {stage === "ready" && (
        <Link className="btn" href={to.overview(organisation.slug)}>
          <Trans>See yesterday’s numbers</Trans>
        </Link>
      )}
      {datasource ? (
        <Link className="btn pri" href={to.datasource(organisation.slug, datasource.id)}>
          <Trans>Watch it come in</Trans>
        </Link>
      ) : (
        <button type="button" className="btn" onClick={onClose}>
          <Trans>Close, {platform.title} goes on</Trans>
        </button>
      )}
    </footer>
  );
}
