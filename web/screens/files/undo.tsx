import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useId, useState } from "react";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import type { Taken } from "./files.documents.ts";

interface UndoProps {
  filename: string;
  /** What goes with it; null where that could not be read. */
  readTakes: () => Promise<readonly Taken[] | null>;
  busy: boolean;
  problem: Told | null;
  /** `then` is told what goes with it that was not seen yet. */
  onUndo: (seen: readonly Taken[], then: (takes: readonly Taken[]) => void) => void;
}

/** One that was taken last is undone at once; one before it once somebody has seen what goes with it. */
export function Undo({ filename, readTakes, busy, problem, onUndo }: UndoProps) {
  const { t } = useLingui();
  const [takes, setTakes] = useState<readonly Taken[]>([]);
  const reading = useOnce();
  const isHeld = busy || reading.busy;
  const look = async (): Promise<void> => {
    const read = await readTakes();
    if (read?.length === 0) onUndo([], setTakes);
    else setTakes(read ?? []);
  };
  return (
    <>
      <button
        type="button"
        className="btn s"
        aria-label={t`Undo ${filename}`}
        aria-disabled={isHeld}
        onClick={() => !isHeld && reading.once(look)}
      >
        {busy ? <Trans>Undoing…</Trans> : <Trans>Undo</Trans>}
      </button>
      {takes.length > 0 && (
        <UndoDialog
          filename={filename}
          takes={takes}
          busy={busy}
          problem={problem}
          onClose={() => setTakes([])}
          onUndo={() => onUndo(takes, (more) => setTakes((now) => (now.length === 0 ? now : more)))}
        />
      )}
    </>
  );
}

interface UndoDialogProps extends Pick<UndoProps, "filename" | "busy" | "problem"> {
  takes: readonly Taken[];
  onClose: () => void;
  onUndo: () => void;
}

function UndoDialog({ filename, takes, busy, problem, onClose, onUndo }: UndoDialogProps) {
  const id = useId();
  return (
    <Dialog className="dlg" labelledBy={id} onClose={onClose}>
      <DialogHead id={id} onClose={onClose}>
        <Trans>Undo {filename} and what was taken after it?</Trans>
      </DialogHead>
      <div className="b">
        {problem && <ProblemNote problem={problem} />}
        <p>
          <Trans>The costs go back to how they stood before it. These were taken later and go with it:</Trans>
        </p>
        <ul className="ls">
          {takes.map((one) => (
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
        <button type="button" className="btn pri" aria-disabled={busy} onClick={() => busy || onUndo()}>
          {busy ? <Trans>Undoing…</Trans> : <Plural value={takes.length + 1} one="Undo # file" other="Undo # files" />}
        </button>
      </DialogFoot>
    </Dialog>
  );
}
