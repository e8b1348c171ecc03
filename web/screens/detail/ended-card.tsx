import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useRef } from "react";
import { useQuery } from "urql";
import { useAskingWhile } from "../../live/use-refresh.ts";
import { announce } from "../../parts/announcer.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { useNow } from "../../parts/time.tsx";
import { dataStateOf, isMoving } from "../ended/data-state.ts";
import { DataHere, DeleteLink } from "../ended/data-here.tsx";
import { DisconnectedBy } from "../ended/disconnected-by.tsx";
import { EndedQuery } from "../ended/ended.documents.ts";

/** On the page of what was disconnected, on every tab: what became of its data. */
export function EndedCard({ id }: { id: string }) {
  const { t } = useLingui();
  const now = useNow();
  const [{ data, error }, refresh] = useQuery({
    query: EndedQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  const ended = data?.datasource ?? null;
  const state = ended && dataStateOf(ended, now);
  useAskingWhile(ended !== null && isMoving(ended, now), again);
  const before = useRef(state);
  const isDone = t`Its data is deleted.`;
  useEffect(() => {
    if (before.current === "deleting" && state === "deleted") announce(isDone);
    before.current = state;
  }, [state, isDone]);
  if (!ended)
    return error ? (
      <LoadFailed error={error} onRetry={again} what={<Trans>What became of its data could not be read.</Trans>} />
    ) : null;
  return (
    <div className="card undo">
      <div className="grow">
        <DataHere ended={ended} />
        <DisconnectedBy ended={ended} />
      </div>
      <DeleteLink ended={ended} />
    </div>
  );
}
