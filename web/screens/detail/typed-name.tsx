import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Field } from "../../parts/field.tsx";

interface TypedName {
  /** Null where it was not typed as it stands, which its field says then. */
  confirmed: () => string | null;
  field: React.ReactNode;
}

/** What goes for good is named by whoever lets it go. */
export function useTypedName({ account, name }: LiveDatasource): TypedName {
  const { t } = useLingui();
  const [typed, setTyped] = useState("");
  const [error, setError] = useState<string | null>(null);
  const wanted = (account?.name ?? name).trim();
  return {
    confirmed: () => {
      if (typed.trim() === wanted) return wanted;
      setError(t`Type “${wanted}” exactly as it stands here.`);
      return null;
    },
    field: (
      <Field
        label={t`Type “${wanted}” to delete its data`}
        name="confirm"
        autoComplete="off"
        value={typed}
        error={error}
        onChange={(event) => {
          setTyped(event.target.value);
          setError(null);
        }}
      />
    ),
  };
}
