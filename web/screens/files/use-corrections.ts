import { useEffect, useState } from "react";
import * as v from "valibot";
import { draftOf, keepDraft } from "../../parts/drafts.ts";
import { type Corrected, type Correction, notYetIn } from "./corrections.ts";

const word = v.nullable(v.string());
const Draft = v.pipe(
  v.string(),
  v.parseJson(),
  v.array(v.object({ column: v.string(), line: word, was: word, value: word })),
);

/** What was put right and not sent yet: a reload keeps it, what is sent or taken back is dropped. */
export function useCorrections(upload: string, read: readonly Corrected[]) {
  const form = `corrections.${upload}`;
  const [said, setCorrections] = useState(() => kept(form));
  const corrections = notYetIn(read, said);
  const draft = JSON.stringify(corrections);
  useEffect(() => keepDraft(form, draft === "[]" ? null : draft), [form, draft]);
  return { corrections, setCorrections };
}

function kept(form: string): readonly Correction[] {
  const draft = v.safeParse(Draft, draftOf(form));
  return draft.success ? draft.output : [];
}
