import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Bar } from "../../parts/bar.tsx";
import { Icon } from "../../parts/icon.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { ConnectFlow } from "./connect-flow.ts";

export type FirstDataStage = "verifying" | "queued" | "reading" | "ready";

export function firstDataStage(state: string | undefined, datasource: LiveDatasource | null): FirstDataStage {
  if (datasource?.firstNumbersAt) return "ready";
  if (state === "VERIFYING" || !datasource?.connection) return "verifying";
  return datasource.currentRun || datasource.backfill.state === "RUNNING" ? "reading" : "queued";
}

/** Rows arriving: the same live values as the detail page, and leave to close. */
export function FirstData({
  platform,
  flow,
  onClose,
}: {
  platform: ConnectPlatform;
  flow: Pick<ConnectFlow, "attempt" | "datasource">;
  onClose: () => void;
}) {
  const { t } = useLingui();
  const format = useFormat();
  const { organisation } = usePlace();
  const { datasource } = flow;
  const stage = firstDataStage(flow.attempt?.state, datasource);
  const words: Record<FirstDataStage, string> = {
    verifying: t`Reading the account`,
    queued: t`First sync queued, starts within a minute`,
    reading: t`Reading the newest days first`,
    ready: t`First numbers are ready`,
  };
  const took =
    datasource?.firstNumbersAt && datasource.connectedAt
      ? (Date.parse(datasource.firstNumbersAt) - Date.parse(datasource.connectedAt)) / 1000
      : null;
  return (
    <div className="fd">
      <div className="fdh" role="status">
        <span className={stage === "ready" ? "good" : "flow"}>
          {stage === "ready" ? <Icon name="tick" /> : <span className="ring big spin" aria-hidden="true" />}
        </span>
        <div>
          <h3>{words[stage]}</h3>
          <p className="dim sm">
            {stage === "ready" && took !== null ? (
              <Trans>
                First numbers {format.duration(took)} after connecting. History goes on filling behind them.
              </Trans>
            ) : (
              <Trans>You can close this: it goes on without the page.</Trans>
            )}
          </p>
        </div>
      </div>
      {datasource && datasource.streams.length > 0 && (
        <ul className="ls fds">
          {datasource.streams.map((stream) => (
            <li key={stream.id}>
              <span className="grow">{stream.title}</span>
              <Bar percent={stream.percent} label={stream.title} tone={stream.state === "DONE" ? "g" : "live"} />
              <span className="num">
                <Trans>{format.count(stream.rows)} rows</Trans>
              </span>
            </li>
          ))}
        </ul>
      )}
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
    </div>
  );
}
