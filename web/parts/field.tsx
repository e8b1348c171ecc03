import { type InputHTMLAttributes, type ReactNode, useId } from "react";

interface FieldProps extends Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
  after?: ReactNode;
  /** Takes focus when its dialog opens. */
  "data-first"?: boolean;
}

/** A labelled input; the error sits under it and is tied to it. */
export function Field({ label, hint, error, after, ...input }: FieldProps) {
  const id = useId();
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="fld">
      <label htmlFor={id}>{label}</label>
      <span className="inp">
        <input id={id} {...input} aria-invalid={error ? true : undefined} aria-describedby={notes || undefined} />
        {after}
      </span>
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
