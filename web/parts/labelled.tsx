import { type ReactNode, useId } from "react";

/** What is said about a control: its name above it, what helps and what is wrong below it. */
export interface LabelProps {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
}

interface Tied {
  id: string;
  "aria-invalid": true | undefined;
  "aria-describedby": string | undefined;
}

/** Ties what is said about a control to it; the control itself is the caller's. */
export function Labelled({ label, hint, error, children }: LabelProps & { children: (tied: Tied) => ReactNode }) {
  const id = useId();
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="fld">
      <label htmlFor={id}>{label}</label>
      {children({ id, "aria-invalid": error ? true : undefined, "aria-describedby": notes || undefined })}
      {hint && (
        <p id={`${id}-hint`} className="xs faint">
          {hint}
        </p>
      )}
      {error && (
        <p id={`${id}-error`} className="xs bad">
          {error}
        </p>
      )}
    </div>
  );
}
