import { useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Field } from "../../parts/field.tsx";

interface PasswordFieldProps {
  value: string;
  onChange: (value: string) => void;
  autoComplete: "current-password" | "new-password";
  /** Where there are two of them. */
  label?: string;
  hint?: ReactNode;
  error?: ReactNode;
}

export function PasswordField({ value, onChange, autoComplete, label, hint, error }: PasswordFieldProps) {
  const { t } = useLingui();
  const [shown, setShown] = useState(false);
  return (
    <Field
      label={label ?? t`Password`}
      name="password"
      type={shown ? "text" : "password"}
      autoComplete={autoComplete}
      value={value}
      hint={hint}
      error={error}
      onChange={(event) => onChange(event.target.value)}
      after={
        <button type="button" className="link sm" aria-pressed={shown} onClick={() => setShown(!shown)}>
          {shown ? t({ message: "Hide", comment: "the password" }) : t({ message: "Show", comment: "the password" })}
        </button>
      }
    />
  );
}

/** In the place of one that there is already. */
export function NewPasswordField({ value, onChange }: Pick<PasswordFieldProps, "value" | "onChange">) {
  const { t } = useLingui();
  return (
    <PasswordField
      label={t`New password`}
      value={value}
      onChange={onChange}
      autoComplete="new-password"
      hint={t`At least 12 characters; a short sentence is easiest to keep.`}
    />
  );
}
