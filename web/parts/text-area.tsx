import type { TextareaHTMLAttributes } from "react";
import { Labelled, type LabelProps } from "./labelled.tsx";

interface TextAreaProps extends LabelProps, Omit<TextareaHTMLAttributes<HTMLTextAreaElement>, "id"> {}

/** For what has lines, such as a key: an input would run them together. */
export function TextArea({ label, hint, error, ...input }: TextAreaProps) {
  return (
    <Labelled label={label} hint={hint} error={error}>
      {(tied) => (
        <span className="inp">
          <textarea {...input} {...tied} />
        </span>
      )}
    </Labelled>
  );
}
