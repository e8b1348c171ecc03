import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { Link } from "wouter";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useLiveDatasource } from "../../live/live.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { ProblemNote } from "../commands/problems.tsx";
import { useEndSignIn } from "./use-end-sign-in.ts";

interface StandsProps {
  id: string;
  /** A sign-in that stood in the way is gone: another can begin. */
  onEnded?: (() => void) | undefined;
}

/** Where the account is connected already: the way to it, or to its cure; where a sign-in only waits, on with it or anew. */
export function StandsAlready({ id, onEnded }: StandsProps) {
  const { organisation } = usePlace();
  const datasource = useLiveDatasource(id);
  const [endsAs, setEndsAs] = useState<string | null>(null);
  const isGone = endsAs === id && !datasource;
  useEffect(() => {
    if (isGone) onEnded?.();
  }, [isGone, onEnded]);
  if (!datasource) return null;
  const { name, platform, connection } = datasource;
  if (connection === null) return <SignInWaits datasource={datasource} onEnds={onEnded && (() => setEndsAs(id))} />;
  return connection.isDead ? (
    <Link className="btn s" href={to.reauthorize(organisation.slug, platform.name, id)}>
      <Trans>Reauthorize {name}</Trans>
    </Link>
  ) : (
    <Link className="btn s" href={to.datasource(organisation.slug, id)}>
      <Trans>Open {name}</Trans>
    </Link>
  );
}

interface WaitsProps {
  datasource: LiveDatasource;
  onEnds: (() => void) | undefined;
}

function SignInWaits({ datasource: { id, platform, viewerCan }, onEnds }: WaitsProps) {
  const { organisation } = usePlace();
  const { end, busy, problem } = useEndSignIn(id, onEnds);
  const mayEnd = viewerCan.some(({ action, isAllowed }) => action === "CANCEL_CONNECT" && isAllowed);
  return (
    <div className="row wrap">
      {problem && <ProblemNote problem={problem} />}
      <Link className="btn s" href={to.continueConnect(organisation.slug, platform.name, id)}>
        <Trans>Continue</Trans>
      </Link>
      {onEnds && mayEnd && (
        <button type="button" className="btn s ghost" aria-disabled={busy} onClick={end}>
          {busy ? <Trans>Ending this sign-in…</Trans> : <Trans>Start again</Trans>}
        </button>
      )}
    </div>
  );
}
