import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useOnce } from "../../parts/use-once.ts";
import { CancelConnectMutation } from "../commands/commands.documents.ts";
import type { Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";

interface Ending {
  end: () => void;
  /** Until what stood is seen to be gone. */
  busy: boolean;
  problem: Told | null;
}

/** Ends a sign-in that waits: beside it no other would be taken. */
export function useEndSignIn(datasource: string, onEnds?: () => void): Ending {
  const client = useClient();
  const [problem, setProblem] = useState<Told | null>(null);
  const { busy, once } = useOnce();
  const end = async (): Promise<"leaves" | void> => {
    setProblem(null);
    const outcome = await send(client, CancelConnectMutation, {
      input: { datasource, idempotencyKey: newIdempotencyKey() },
    });
    if (!outcome.ok) return setProblem(outcome.problem);
    onEnds?.();
    return "leaves";
  };
  return { end: () => once(end), busy, problem };
}
