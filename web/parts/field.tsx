import type { InputHTMLAttributes, ReactNode } from "react";
import { Labelled, type LabelProps } from "./labelled.tsx";

interface FieldProps extends LabelProps, Omit<InputHTMLAttributes<HTMLInputElement>, "id"> {
  after?: ReactNode;
  /** Takes focus when its dialog opens. */
  "data-first"?: boolean;
}

export function Field({ label, hint, error, after, ...input }: FieldProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(tied) => (
        <span className="inp">
          <input {...input} {...tied} />
          {after}
        </span>
      )}
    </Labelled>
  );
}
