import { useEffect } from "react";
import * as v from "valibot";
import { type Corrected, type Correction, notYetIn } from "./corrections.ts";
import { useDraft } from "../../shell/use-draft.ts";

const word = v.nullable(v.string());
const Corrections = v.array(v.object({ column: v.string(), line: word, was: word, value: word }));
const areCorrections = (kept: unknown): kept is v.InferOutput<typeof Corrections> => v.is(Corrections, kept);

/** What was put right and not sent yet: a reload keeps it, what is sent or taken back is dropped. */
export function useCorrections(upload: string, read: readonly Corrected[]) {
  const [said, say] = useDraft(upload, "corrections", areCorrections);
  const corrections = notYetIn(read, said ?? []);
  const setCorrections = (next: readonly Correction[]): void => say(next.length === 0 ? null : [...next]);
  useEffect(() => {
    if (said !== null && corrections.length < said.length) setCorrections(corrections);
  });
  return { corrections, setCorrections };
}
