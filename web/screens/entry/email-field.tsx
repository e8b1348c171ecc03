import { useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { Field } from "../../parts/field.tsx";

interface EmailFieldProps {
  value: string;
  onChange: (value: string) => void;
  error?: ReactNode;
}

export function EmailField({ value, onChange, error }: EmailFieldProps) {
  const { t } = useLingui();
  return (
    <Field
      label={t`E-mail`}
      name="email"
      type="email"
      autoComplete="username"
      inputMode="email"
      value={value}
      error={error}
      onChange={(event) => onChange(event.target.value)}
    />
  );
}
