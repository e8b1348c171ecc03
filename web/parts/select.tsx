import type { ReactNode } from "react";
import { Labelled } from "./labelled.tsx";

interface SelectProps {
  label: ReactNode;
  value: string;
  options: readonly (string | { value: string; label: string })[];
  onChange: (value: string) => void;
  hint?: ReactNode;
  autoFocus?: boolean;
}

/** A native select: it opens as the device likes best. */
export function Select({ label, value, options, onChange, hint, autoFocus }: SelectProps) {
  return (
    <Labelled label={label} hint={hint}>
      {(tied) => (
        <span className="inp sel">
          <select
            {...tied}
            value={value}
            // oxlint-disable-next-line jsx-a11y/no-autofocus -- only where somebody has just opened it
            autoFocus={autoFocus}
            onChange={(event) => onChange(event.target.value)}
          >
            {options.map((option) => {
              const { value: key, label: text } =
                typeof option === "string" ? { value: option, label: option.replaceAll("_", " ") } : option;
              return (
                <option key={key} value={key}>
                  {text}
                </option>
              );
            })}
          </select>
        </span>
      )}
    </Labelled>
  );
}
