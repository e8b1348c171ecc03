import { useId } from "react";

interface SelectProps {
  label: string;
  value: string;
  options: readonly (string | { value: string; label: string })[];
  onChange: (value: string) => void;
}

/** A native select: it opens as the device likes best. */
export function Select({ label, value, options, onChange }: SelectProps) {
  const id = useId();
  return (
    <div className="fld">
      <label htmlFor={id}>{label}</label>
      <span className="inp sel">
        <select id={id} value={value} onChange={(event) => onChange(event.target.value)}>
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
    </div>
  );
}
