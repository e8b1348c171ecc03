import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { useLive } from "../../live/live.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { isKept } from "../connect/is-kept.ts";
import { UndoDisconnect } from "../commands/undo-disconnect.tsx";

/** Attempts still in consent have no status yet. */
export function BeingConnected() {
  const byId = useLive((state) => state.byId);
  const attempts = [...byId.values()].filter(
    ({ connection, disconnectedAt }) => connection === null && disconnectedAt === null,
  );
  if (attempts.length === 0) return null;
  return (
    <section className="card being" aria-labelledby="being">
      <header>
        <h2 id="being">
          <Trans>Being connected</Trans>
        </h2>
        <span className="faint num sm">{attempts.length}</span>
      </header>
      <ul>
        {attempts.map((datasource) => (
          <AttemptRow key={datasource.id} datasource={datasource} />
        ))}
      </ul>
    </section>
  );
}

/** For ten minutes what was disconnected can be brought back. */
export function JustDisconnected() {
  const byId = useLive((state) => state.byId);
  const now = useNow();
  const undoable = [...byId.values()].filter(({ undoUntil }) => undoUntil !== null && Date.parse(undoUntil) > now);
  if (undoable.length === 0) return null;
  return (
    <section className="card being" aria-labelledby="gone">
      <header>
        <h2 id="gone">
          <Trans>Just disconnected</Trans>
        </h2>
      </header>
      <ul>
        {undoable.map((datasource) => (
          <li key={datasource.id}>
            <UndoDisconnect datasource={datasource} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function AttemptRow({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const format = useFormat();
  const commands = useCommands(datasource);
  const { name, platform, attempt, id } = datasource;
  return (
    <li>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <b>{name}</b>{" "}
        <span className="xs faint nowrap" translate="no">
          {attempt?.askedFor}
        </span>
        <p className="xs faint">
          {attempt?.problem?.message ?? <AttemptWords state={attempt?.state ?? null} platform={platform.title} />}
          {attempt && isKept(attempt) && (
            <>
              {" "}
              <Trans>The sign-in is kept until {format.time(attempt.expiresAt)}.</Trans>
            </>
          )}
        </p>
      </div>
      {commands.may("CANCEL_CONNECT") && (
        <button
          type="button"
          className="btn s ghost"
          aria-label={t`Cancel connecting ${name}`}
          onClick={() => void commands.cancelConnect()}
        >
          <Trans>Cancel</Trans>
        </button>
      )}
      <Link className="btn s" href={to.continueConnect(organisation.slug, platform.name, id)}>
        <Trans>Continue</Trans>
      </Link>
    </li>
  );
}

type AttemptState = NonNullable<LiveDatasource["attempt"]>["state"];

function AttemptWords({ state, platform }: { state: AttemptState | null; platform: string }) {
  switch (state) {
    case "CHOOSING_ACCOUNT":
      return <Trans>Signed in at {platform}. Choose which accounts to connect.</Trans>;
    case "RETURNED":
    case "VERIFYING":
    case "CONNECTED":
      return <Trans>Reading the account at {platform}.</Trans>;
    case "WAITING_FOR_CONSENT":
    case "REFUSED":
    case "CANCELLED":
    case "EXPIRED":
    case "FAILED":
    case null:
      return <Trans>Waiting for the consent at {platform}.</Trans>;
  }
}
