import { Trans } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import { Link } from "wouter";
import { newIdempotencyKey } from "../../client.ts";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useLiveDatasource } from "../../live/live.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { CancelConnectMutation } from "../commands/commands.documents.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";

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
  const client = useClient();
  const [problem, setProblem] = useState<Told | null>(null);
  const { busy, once } = useOnce();
  const mayEnd = viewerCan.some(({ action, isAllowed }) => action === "CANCEL_CONNECT" && isAllowed);
  const end = async (): Promise<"leaves" | void> => {
    setProblem(null);
    const outcome = await send(client, CancelConnectMutation, {
      input: { datasource: id, idempotencyKey: newIdempotencyKey() },
    });
    if (!outcome.ok) return setProblem(outcome.problem);
    onEnds?.();
    return "leaves";
  };
  return (
    <div className="row wrap">
      {problem && <ProblemNote problem={problem} />}
      <Link className="btn s" href={to.continueConnect(organisation.slug, platform.name, id)}>
        <Trans>Continue</Trans>
      </Link>
      {onEnds && mayEnd && (
        <button type="button" className="btn s ghost" aria-disabled={busy} onClick={() => once(end)}>
          {busy ? <Trans>Ending this sign-in…</Trans> : <Trans>Start again</Trans>}
        </button>
      )}
    </div>
  );
}
