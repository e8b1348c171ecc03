import { type ReactNode, type TextareaHTMLAttributes, useId } from "react";

interface TextAreaProps extends Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> {
  label: ReactNode;
  hint?: ReactNode;
  error?: ReactNode;
}

/** For what has lines, such as a key: an input would run them together. */
export function TextArea({ label, hint, error, ...input }: TextAreaProps) {
  const id = useId();
  const notes = [hint && `${id}-hint`, error && `${id}-error`].filter(Boolean).join(" ");
  return (
    <div className="fld">
      <label htmlFor={id}>{label}</label>
      <span className="inp">
        <textarea id={id} {...input} aria-invalid={error ? true : undefined} aria-describedby={notes || undefined} />
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
