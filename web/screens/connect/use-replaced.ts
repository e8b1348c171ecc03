import { useState } from "react";
import { useQuery } from "urql";
import { UnfinishedQuery } from "./connect.documents.ts";
import type { FlowState, Purpose } from "./connect-flow.ts";

interface Known {
  purpose: Purpose;
  /** Until it is known nothing may be begun: it would count beside what it was to replace. */
  finding: Extract<FlowState, { kind: "finding" }> | null;
}

/** Whose place an unfinished one was to take, asked for where its address does not say so, and kept once it is gone itself. */
export function useReplaced(asked: Purpose): Known {
  const [kept, keep] = useState<string | null>();
  const isUnfinished = asked.kind === "continue";
  const told = isUnfinished && asked.replaces !== undefined ? asked.replaces : kept;
  const [{ data, error }, refresh] = useQuery({
    query: UnfinishedQuery,
    variables: { id: isUnfinished ? asked.datasource : "" },
    pause: !isUnfinished || told !== undefined,
  });
  if (!isUnfinished) return { purpose: asked, finding: null };
  const isAnswered = data !== undefined && (data.datasource !== null || error === undefined);
  const found = isAnswered ? (data.datasource?.replaces?.id ?? null) : undefined;
  const replaces = told === undefined ? found : told;
  if (replaces !== kept) keep(replaces);
  const retry = (): void => refresh({ requestPolicy: "network-only" });
  return {
    purpose: { ...asked, replaces },
    finding: replaces === undefined ? { kind: "finding", failure: error ? { error, retry } : null } : null,
  };
}
