import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useOnce } from "../../parts/use-once.ts";
import { preferences } from "../../preferences.ts";
import { type AuthPath, type AuthRefusal, postAuth } from "./auth.ts";

interface AuthForm {
  busy: boolean;
  problem: string | null;
  /** What kind of refusal the problem is, where the server told it. */
  refused: AuthRefusal["kind"] | null;
  /** For what is seen to be wrong before anything is asked. */
  tell: (problem: string) => void;
  ask: (body: Record<string, string>) => void;
}

interface Asked {
  words: (refusal: AuthRefusal) => string;
  onDone: (mailbox: string | null) => void;
}

/** A form of the entry pages: asks once at a time, and words what was refused. */
export function useAuth(path: AuthPath, { words, onDone }: Asked): AuthForm {
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<string | null>(null);
  const [refused, setRefused] = useState<AuthRefusal["kind"] | null>(null);
  const ask = async (body: Record<string, string>): Promise<"leaves" | void> => {
    const outcome = await postAuth(path, body, preferences().language);
    setRefused(outcome.ok ? null : outcome.kind);
    if (!outcome.ok) return setProblem(words(outcome));
    onDone(outcome.mailbox);
    return "leaves";
  };
  return { busy, problem, refused, tell: setProblem, ask: (body) => once(() => ask(body)) };
}

/** The server's own words, where it had any. */
export function useToldWords(): (refusal: AuthRefusal) => string {
  const { t } = useLingui();
  return ({ message }) => message ?? t`Headwater did not answer. Try again in a moment.`;
}
