import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { useFormat } from "../../language.tsx";
import { Link } from "wouter";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Icon } from "../../parts/icon.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { ProblemNote } from "../commands/problems.tsx";
import type { Attempt, ConnectPlatform } from "./connect.documents.ts";
import { Lacking } from "./lacking.tsx";
import { isGone as isGoneWith } from "./begins-anew.ts";
import type { ConnectFlow } from "./connect-flow.ts";
import { setOutInThisTab } from "./consent-window.ts";
import { useEndSignIn } from "./use-end-sign-in.ts";
import { useHoldEnd } from "./use-hold-end.ts";

type WaitingFlow = Pick<ConnectFlow, "state" | "attempt" | "datasource" | "looksClosed" | "goOn" | "again">;

/** While the person is at the source, and each way that it can end there. */
export function Waiting({ platform, flow }: { platform: ConnectPlatform; flow: WaitingFlow }) {
  const { state, attempt } = flow;
  if (!attempt) return null;
  if (attempt.state === "WAITING_FOR_CONSENT" && state.kind === "waiting")
    return <AtSource platform={platform} state={state} looksClosed={flow.looksClosed} onAgain={flow.again} />;
  if (attempt.state === "WAITING_FOR_CONSENT" && state.kind === "back")
    return <FoundWaiting platform={platform} state={state} datasource={flow.datasource} goOn={flow.goOn} />;
  if (attempt.state === "RETURNED") return <Checking platform={platform} />;
  return <Ended platform={platform} attempt={attempt} datasource={flow.datasource} onAgain={flow.again} />;
}

interface AtSourceProps {
  platform: ConnectPlatform;
  state: Extract<ConnectFlow["state"], { kind: "waiting" }>;
  looksClosed: boolean;
  onAgain: () => void;
}

function AtSource({ platform, state, looksClosed, onAgain }: AtSourceProps) {
  const { isBlocked } = state.window;
  return (
    <div className="wait">
      {isBlocked ? (
        <span className="endmark">
          <Icon name="warning" />
        </span>
      ) : (
        <span className="dial big spin" aria-hidden="true" />
      )}
      <h3>
        {isBlocked ? (
          <Trans>Your browser blocked the window of {platform.title}</Trans>
        ) : looksClosed ? (
          <Trans>The window of {platform.title} looks closed</Trans>
        ) : (
          <Trans>Waiting for {platform.title}</Trans>
        )}
      </h3>
      <p className="dim">
        {isBlocked ? (
          <Trans>Open it in this tab instead; you come back here afterwards.</Trans>
        ) : looksClosed ? (
          <Trans>If you gave consent there, this goes on by itself. If not, open it again.</Trans>
        ) : (
          <Trans>Sign in and allow reading in the other window. Headwater never sees your password.</Trans>
        )}
      </p>
      <div className="row center">
        {!isBlocked && !looksClosed && (
          <button type="button" className="btn" onClick={() => state.window.focus()}>
            <Trans>Bring the window back</Trans>
          </button>
        )}
        <a
          className={isBlocked || looksClosed ? "btn pri" : "btn ghost"}
          href={state.authorizeUrl}
          onClick={() => setOutInThisTab(state.attempt.id)}
        >
          <Trans>Open in this tab</Trans>
        </a>
        {looksClosed && (
          <button type="button" className="btn ghost" onClick={onAgain}>
            <Trans>Start again</Trans>
          </button>
        )}
      </div>
      <KeptUntil state={state} />
    </div>
  );
}

interface FoundProps {
  platform: ConnectPlatform;
  state: Extract<ConnectFlow["state"], { kind: "back" }>;
  datasource: LiveDatasource | null;
  goOn: ConnectFlow["goOn"];
}

/** This page has no hold of its window; one may be open all the same. */
function FoundWaiting({ platform, state, datasource, goOn }: FoundProps) {
  const { t } = useLingui();
  const { end, busy: isEnding, problem } = useEndSignIn(state.datasource);
  const isOpening = state.isOpening ?? false;
  const isHeld = isOpening || isEnding;
  const open = (where: "window" | "tab"): void => {
    if (!isHeld) goOn(where);
  };
  const name = datasource?.name ?? "";
  const mayEnd = datasource?.viewerCan.some(({ action, isAllowed }) => action === "CANCEL_CONNECT" && isAllowed);
  return (
    <div className="wait">
      <span className="dial big spin" aria-hidden="true" />
      <h3>
        <Trans>Waiting for {platform.title}</Trans>
      </h3>
      <p className="dim">
        <Trans>Where its window is still open, go on there. Once you gave consent, this goes on by itself.</Trans>
      </p>
      <div className="row center wrap">
        <button type="button" className="btn pri" aria-disabled={isHeld} onClick={() => open("window")}>
          {isOpening ? <Trans>Opening {platform.title}…</Trans> : <Trans>Continue to {platform.title}</Trans>}
          <Icon name="out" />
        </button>
        <button type="button" className="btn" aria-disabled={isHeld} onClick={() => open("tab")}>
          <Trans>Open in this tab</Trans>
        </button>
        {mayEnd && (
          <button
            type="button"
            className="btn ghost"
            aria-label={isEnding ? undefined : t`Cancel connecting ${name}`}
            aria-disabled={isEnding}
            onClick={end}
          >
            {isEnding ? <Trans>Ending this sign-in…</Trans> : <Trans>Cancel</Trans>}
          </button>
        )}
      </div>
      {state.problem && <ProblemNote problem={state.problem} />}
      {problem && <ProblemNote problem={problem} />}
      <KeptUntil state={state} />
    </div>
  );
}

function KeptUntil({ state }: { state: Pick<FoundProps["state"], "attempt"> }) {
  const format = useFormat();
  const isEnding = useHoldEnd(state.attempt.expiresAt);
  return (
    <p className={isEnding ? "xs warn" : "xs faint"}>
      <Trans>
        Your sign-in is kept until {format.time(state.attempt.expiresAt)}. You may close this; it goes on without the
        page.
      </Trans>
    </p>
  );
}

function Checking({ platform }: { platform: ConnectPlatform }) {
  return (
    <div className="wait" role="status">
      <span className="dial big spin" aria-hidden="true" />
      <h3>
        <Trans>Checking what {platform.title} granted</Trans>
      </h3>
      <p className="dim">
        {platform.method === "API_KEY" ? (
          <Trans>The key is sealed. The account is read once before anything is stored.</Trans>
        ) : (
          <Trans>Consent has arrived. The account and its scopes are read once before anything is stored.</Trans>
        )}
      </p>
    </div>
  );
}

interface Ending {
  title: ReactNode;
  meaning: ReactNode;
}

function useEnding(platform: ConnectPlatform, state: Attempt["state"]): Ending {
  const { t } = useLingui();
  switch (state) {
    case "REFUSED":
      return {
        title: t`${platform.title} was not given consent`,
        meaning: t`Nothing was read, and no slot is in use.`,
      };
    case "EXPIRED":
      return {
        title: t`It took longer than the sign-in is kept`,
        meaning: t`Nothing was kept. Start again when you have the account at hand.`,
      };
    case "CANCELLED":
      return { title: t`Connecting was cancelled`, meaning: t`Nothing was kept and no slot is in use.` };
    case "FAILED":
    case "CONNECTED":
    case "VERIFYING":
    case "RETURNED":
    case "CHOOSING_ACCOUNT":
    case "WAITING_FOR_CONSENT":
      return {
        title: t`${platform.title} could not be connected`,
        meaning: t`Nothing was read. Your other datasources go on as before.`,
      };
  }
}

interface EndedProps {
  platform: ConnectPlatform;
  attempt: Attempt;
  datasource: LiveDatasource | null;
  onAgain: () => void;
}

function Ended({ platform, attempt, datasource, onAgain }: EndedProps) {
  const { organisation } = usePlace();
  const ending = useEnding(platform, attempt.state);
  const { problem } = attempt;
  // It stands in the list already: connecting it anew would only say so, a new consent repairs it.
  const repairs = attempt.state === "FAILED" && datasource?.connection?.isDead ? datasource : null;
  // Another account is no cure for this one, but it may be meant to take its place.
  // From here only a new one can begin.
  const isGone = datasource === null && attempt.purpose === "REAUTHORIZE" && isGoneWith(attempt);
  const replaces =
    attempt.purpose === "REAUTHORIZE" && problem?.remedy?.kind === "SWITCH_ACCOUNT" && datasource ? datasource : null;
  return (
    <div className="wait" role="alert">
      <span className="endmark">
        <Icon name={attempt.state === "EXPIRED" ? "clock" : "broken"} />
      </span>
      <h3>{problem?.message ?? ending.title}</h3>
      <p className="dim">{problem?.meaning ?? ending.meaning}</p>
      <Lacking
        platform={platform}
        lacks={attempt.lacks}
        path={
          datasource?.connection
            ? to.reauthorize(organisation.slug, platform.name, datasource.id)
            : to.connect(organisation.slug, platform.name)
        }
      />
      <div className="row center">
        {problem?.remedy?.url && (
          <OutsideLink className="btn" href={problem.remedy.url}>
            {problem.remedy.label}
          </OutsideLink>
        )}
        {repairs && attempt.purpose !== "REAUTHORIZE" ? (
          <Link className="btn pri" href={to.reauthorize(organisation.slug, platform.name, repairs.id)}>
            {problem?.remedy?.label ?? <Trans>Start again</Trans>}
          </Link>
        ) : isGone ? (
          <Link className="btn pri" href={to.connect(organisation.slug, platform.name)}>
            <Trans>Start again</Trans>
          </Link>
        ) : (
          <button type="button" className="btn pri" onClick={onAgain}>
            {(repairs || replaces) && problem?.remedy ? problem.remedy.label : <Trans>Start again</Trans>}
          </button>
        )}
        {replaces && (
          <Link className="btn ghost" href={to.replace(organisation.slug, platform.name, replaces.id)}>
            <Trans>Replace {replaces.name} by another account</Trans>
          </Link>
        )}
      </div>
    </div>
  );
}
