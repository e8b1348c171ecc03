import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useId, useState } from "react";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import type { Upload } from "./files.documents.ts";

interface UndoProps {
  filename: string;
  /** What goes with it. */
  after: readonly Pick<Upload, "id" | "filename">[];
  busy: boolean;
  onUndo: () => void;
}

/** One that was taken last is undone at once; one before it once somebody has seen what goes with it. */
export function Undo({ filename, after, busy, onUndo }: UndoProps) {
  const { t } = useLingui();
  const [isAsking, setAsking] = useState(false);
  const ask = (): void => {
    if (busy) return;
    if (after.length === 0) onUndo();
    else setAsking(true);
  };
  return (
    <>
      <button type="button" className="btn s" aria-label={t`Undo ${filename}`} aria-disabled={busy} onClick={ask}>
        {busy ? <Trans>Undoing…</Trans> : <Trans>Undo</Trans>}
      </button>
      {isAsking && (
        <UndoDialog
          filename={filename}
          after={after}
          onClose={() => setAsking(false)}
          onUndo={() => {
            setAsking(false);
            onUndo();
          }}
        />
      )}
    </>
  );
}

interface UndoDialogProps extends Pick<UndoProps, "filename" | "after" | "onUndo"> {
  onClose: () => void;
}

function UndoDialog({ filename, after, onClose, onUndo }: UndoDialogProps) {
  const id = useId();
  return (
    <Dialog className="dlg" labelledBy={id} onClose={onClose}>
      <DialogHead id={id} onClose={onClose}>
        <Trans>Undo {filename} and what was taken after it?</Trans>
      </DialogHead>
      <div className="b">
        <p>
          <Trans>The costs go back to how they stood before it. These were taken later and go with it:</Trans>
        </p>
        <ul className="ls">
          {after.map((one) => (
            <li key={one.id} className="anywhere" translate="no">
              {one.filename}
            </li>
          ))}
        </ul>
      </div>
      <DialogFoot>
        <button type="button" className="btn ghost" data-first onClick={onClose}>
          <Trans>Cancel</Trans>
        </button>
        <button type="button" className="btn pri" onClick={onUndo}>
          <Plural value={after.length + 1} one="Undo # file" other="Undo # files" />
        </button>
      </DialogFoot>
    </Dialog>
  );
}
