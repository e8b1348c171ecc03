import { Trans, useLingui } from "@lingui/react/macro";
import { Link } from "wouter";
import { useLive } from "../../live/live.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { UndoDisconnect } from "../commands/undo-disconnect.tsx";

/** Attempts still in consent, and what was disconnected within the last ten minutes: neither has a status. */
export function BeingConnected() {
  const byId = useLive((state) => state.byId);
  const now = useNow();
  const all = [...byId.values()];
  const attempts = all.filter((datasource) => datasource.connection === null && datasource.disconnectedAt === null);
  const undoable = all.filter((datasource) => datasource.undoUntil !== null && Date.parse(datasource.undoUntil) > now);
  if (attempts.length + undoable.length === 0) return null;
  return (
    <section className="card being" aria-labelledby="being">
      <h2 className="vh" id="being">
        <Trans>Being connected</Trans>
      </h2>
      <ul>
        {attempts.map((datasource) => (
          <AttemptRow key={datasource.id} datasource={datasource} />
        ))}
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
  const commands = useCommands(datasource);
  const { name, platform, attempt, id } = datasource;
  return (
    <li>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <b>{name}</b>
        <p className="xs faint">
          {attempt?.problem?.message ??
            (attempt?.state === "CHOOSING_ACCOUNT" ? (
              <Trans>Signed in at {platform.title}. Choose which accounts to connect.</Trans>
            ) : (
              <Trans>Being connected: waiting for the consent at {platform.title}.</Trans>
            ))}
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
      <Link
        className="btn s"
        href={`${to.connect(organisation.slug, platform.name)}?continue=${encodeURIComponent(id)}`}
      >
        <Trans>Continue</Trans>
      </Link>
    </li>
  );
}
