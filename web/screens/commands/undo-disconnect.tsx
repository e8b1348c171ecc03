import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useLiveDatasource } from "../../live/live.tsx";
import { useToldName } from "../../live/use-told-name.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { comesInFiles, to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { usePending } from "./pending.ts";
import { hasNoRoom, ProblemNote, type Told } from "./problems.tsx";
import { useCommands } from "./use-commands.ts";

/** For ten minutes: brings back data, settings, the slot if still free, and access that was not ended. */
export function UndoDisconnect({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const format = useFormat();
  const commands = useCommands(datasource);
  const pending = usePending(datasource, "UNDO_DISCONNECT");
  const [problem, setProblem] = useState<Told | null>(null);
  const name = useToldName(datasource);
  const { platform, undoUntil } = datasource;
  if (!undoUntil) return null;
  const noRoom = t`${name} was not brought back. Make room, then press Undo until ${format.time(undoUntil)}.`;
  const letBe = (): void => setProblem(null);
  const isUnderWay = pending !== "no";
  const undo = async (): Promise<void> => {
    if (isUnderWay) return;
    letBe();
    const outcome = await commands.undoDisconnect();
    if (!outcome.ok) setProblem(outcome.problem);
  };
  return (
    <>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <b>
          <Trans>{name} is disconnected.</Trans>
        </b>
        <Deletion datasource={datasource} />
        <p className="xs faint">
          <Trans>Undo until {format.time(undoUntil)} brings back data, settings and the slot if still free.</Trans>{" "}
          <AccessAfterUndo platform={platform} />
        </p>
        {problem && (
          <ProblemNote problem={hasNoRoom(problem) ? { ...problem, meaning: noRoom } : problem}>
            {"existing" in problem && problem.existing && <ToExisting id={problem.existing.id} onLeave={letBe} />}
          </ProblemNote>
        )}
      </div>
      {commands.may("UNDO_DISCONNECT") && (
        <button
          type="button"
          className="btn s"
          aria-label={isUnderWay ? undefined : t`Undo disconnect of ${name}`}
          aria-disabled={isUnderWay}
          onClick={() => void undo()}
        >
          <Icon name="undo" />
          {isUnderWay ? (
            <>
              <Trans>Undoing…</Trans>
              <span className="vh">, {name}</span>
            </>
          ) : (
            <Trans>Undo</Trans>
          )}
        </button>
      )}
    </>
  );
}

/** Its rows go when nobody undoes it, where that was chosen. */
function Deletion({ datasource: { rowsTotal, deletesDataAt } }: { datasource: LiveDatasource }) {
  const format = useFormat();
  if (!deletesDataAt || rowsTotal === "0") return null;
  const rows = format.count(rowsTotal);
  const at = format.time(deletesDataAt);
  return (
    <p className="sm warn">
      <Plural
        value={Number(rowsTotal)}
        one={`Its ${rows} row is deleted at ${at} unless this is undone.`}
        other={`Its ${rows} rows are deleted at ${at} unless this is undone.`}
      />
    </p>
  );
}

/** What stands in the way: on with it where it is a sign-in that waits, else to its page. */
function ToExisting({ id, onLeave }: { id: string; onLeave: () => void }) {
  const { slug } = usePlace().organisation;
  const datasource = useLiveDatasource(id);
  if (!datasource) return null;
  const { name, platform, connection } = datasource;
  return connection === null ? (
    <Link className="btn s" href={to.continueConnect(slug, platform.name, id)} onClick={onLeave}>
      <Trans>Continue</Trans>
    </Link>
  ) : (
    <Link className="btn s" href={to.datasource(slug, id)} onClick={onLeave}>
      <Trans>Open {name}</Trans>
    </Link>
  );
}

/** What an undo does for access, where something was signed in to. It is known when somebody undoes: the others may leave before. */
export function AccessAfterUndo({ platform }: Pick<LiveDatasource, "platform">) {
  return (
    !comesInFiles(platform.method) && (
      <Trans>
        Its access comes back if another datasource uses the same sign-in; if not, it needs a new sign-in, or its key
        again.
      </Trans>
    )
  );
}
