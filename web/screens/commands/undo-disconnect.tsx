import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { comesInFiles } from "../../routes.ts";
import { usePending } from "./pending.ts";
import { useCommands } from "./use-commands.ts";

/** For ten minutes: brings back data, settings and the slot if still free, and asks to sign in again. */
export function UndoDisconnect({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const format = useFormat();
  const commands = useCommands(datasource);
  const pending = usePending(datasource, "UNDO_DISCONNECT");
  const { name, platform, undoUntil } = datasource;
  if (!undoUntil) return null;
  return (
    <>
      <Glyph title={platform.title} category={platform.category} />
      <div className="grow">
        <b>
          <Trans>{name} is disconnected.</Trans>
        </b>
        <p className="xs faint">
          <Trans>Undo until {format.time(undoUntil)} brings back data, settings and the slot if still free.</Trans>{" "}
          <AccessEnds platform={platform} />
        </p>
      </div>
      {commands.may("UNDO_DISCONNECT") && (
        <button
          type="button"
          className="btn s"
          aria-label={t`Undo disconnect of ${name}`}
          onClick={() => void commands.undoDisconnect()}
        >
          <Icon name="undo" />
          {pending === "no" ? <Trans>Undo</Trans> : <Trans>Undoing…</Trans>}
        </button>
      )}
    </>
  );
}

/** What no undo brings back, where something was signed in to. */
export function AccessEnds({ platform }: Pick<LiveDatasource, "platform">) {
  return (
    !comesInFiles(platform.method) && (
      <Trans>Its access does not come back: that needs a new sign-in, or its key again.</Trans>
    )
  );
}
