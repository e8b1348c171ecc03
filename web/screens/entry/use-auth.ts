import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { preferences } from "../../preferences.ts";
import { type AuthPath, type AuthRefusal, postAuth } from "./auth.ts";

interface AuthForm {
  busy: boolean;
  problem: string | null;
  /** For what is seen to be wrong before anything is asked. */
  tell: (problem: string) => void;
  ask: (body: Record<string, string>) => Promise<void>;
}

interface Asked {
  words: (refusal: AuthRefusal) => string;
  onDone: (mailbox: string | null) => void;
}

/** A form of the entry pages: asks once at a time, and words what was refused. */
export function useAuth(path: AuthPath, { words, onDone }: Asked): AuthForm {
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<string | null>(null);
  const ask = async (body: Record<string, string>): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const outcome = await postAuth(path, body, preferences().language);
    if (outcome.ok) return onDone(outcome.mailbox); // the form goes away; until then nothing asks again
    setBusy(false);
    setProblem(words(outcome));
  };
  return { busy, problem, tell: setProblem, ask };
}

/** The server's own words, where it had any. */
export function useToldWords(): (refusal: AuthRefusal) => string {
  const { t } = useLingui();
  return ({ message }) => message ?? t`Headwater did not answer. Try again in a moment.`;
}
