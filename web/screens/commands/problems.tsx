import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useSyncExternalStore } from "react";
import { Icon } from "../../parts/icon.tsx";
import type { Problem } from "./commands.documents.ts";

export type Told = Problem | { readonly code: "UNREACHABLE" };

const listeners = new Set<() => void>();
let told: Told | null = null;

/** Shows what went wrong with a command, until the person closes it or gives another one. */
export function tellProblem(problem: Told | null): void {
  told = problem;
  for (const listener of listeners) listener();
}

/** One place for what a command could not do; it waits for the person and never leaves by itself. */
export function Problems() {
  const problem = useSyncExternalStore(subscribe, () => told);
  if (!problem) return null;
  return (
    <div className="problem">
      <ProblemNote problem={problem} onClose={() => tellProblem(null)} />
    </div>
  );
}

interface NoteProps {
  problem: Told;
  onClose?: () => void;
  /** The one thing to do, where the page knows it. */
  children?: ReactNode;
}

export function ProblemNote({ problem, onClose, children }: NoteProps) {
  const { t } = useLingui();
  const words = "message" in problem ? problem : null;
  return (
    <div className="note b" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <b>{words?.message ?? <Trans>Headwater did not answer.</Trans>}</b>
        </p>
        <p>{words?.meaning ?? <Trans>Nothing was changed. Try again in a moment.</Trans>}</p>
        <WaysOut ways={words?.ways ?? (words?.remedy ? [words.remedy] : [])} />
      </div>
      {children}
      {onClose && (
        <button type="button" className="iconb" aria-label={t`Close`} onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
}

/** Each way out as a link where it leads somewhere, else in words. */
function WaysOut({ ways }: { ways: NonNullable<Problem["ways"]> }) {
  if (ways.length === 0) return null;
  return (
    <p>
      {ways.map(({ kind, label, url }, n) => (
        <span key={kind}>
          {n > 0 && " · "}
          {url ? <a href={url}>{label}</a> : label}
        </span>
      ))}
    </p>
  );
}

function subscribe(listener: () => void): () => void {
  listeners.add(listener);
  return () => listeners.delete(listener);
}
