import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useId, useState } from "react";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import type { Taken } from "./files.documents.ts";

interface UndoProps {
  filename: string;
  /** What of its costs goes. */
  counts: ReactNode;
  /** What goes with it; null where that could not be read. */
  readTakes: () => Promise<readonly Taken[] | null>;
  busy: boolean;
  problem: Told | null;
  /** `then` is told what goes with it that was not seen yet. */
  onUndo: (seen: readonly Taken[], then: (takes: readonly Taken[]) => void) => void;
}

/** Once somebody has seen what goes: its own costs, and what was taken after it. */
export function Undo({ filename, counts, readTakes, busy, problem, onUndo }: UndoProps) {
  const { t } = useLingui();
  const [takes, setTakes] = useState<readonly Taken[] | null>(null);
  const reading = useOnce();
  const isHeld = busy || reading.busy;
  const look = async (): Promise<void> => setTakes(await readTakes());
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
      {takes && (
        <UndoDialog
          filename={filename}
          counts={counts}
          takes={takes}
          busy={busy}
          problem={problem}
          onClose={() => setTakes(null)}
          onUndo={() => onUndo(takes, (more) => setTakes((now) => (now === null || more.length === 0 ? null : more)))}
        />
      )}
    </>
  );
}

interface UndoDialogProps extends Pick<UndoProps, "filename" | "counts" | "busy" | "problem"> {
  takes: readonly Taken[];
  onClose: () => void;
  onUndo: () => void;
}

function UndoDialog({ filename, counts, takes, busy, problem, onClose, onUndo }: UndoDialogProps) {
  const id = useId();
  return (
    <Dialog className="dlg" labelledBy={id} onClose={onClose}>
      <DialogHead id={id} onClose={onClose}>
        {takes.length === 0 ? (
          <Trans>Undo {filename}?</Trans>
        ) : (
          <Trans>Undo {filename} and what was taken after it?</Trans>
        )}
      </DialogHead>
      <div className="b">
        {problem && <ProblemNote problem={problem} />}
        {takes.length === 0 ? (
          <p>
            <Trans>The costs of its days go back to how they stood before it.</Trans>
          </p>
        ) : (
          <>
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
          </>
        )}
        {counts}
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
