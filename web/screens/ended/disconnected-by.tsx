import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { Ended } from "./ended.documents.ts";

/** When and by whom it was disconnected, or what took its place and who had that done: the disconnect itself was ours. */
export function DisconnectedBy({ ended }: { ended: Ended }) {
  const format = useFormat();
  const { disconnectedAt, replacedBy, countsUntil } = ended;
  const taker = countsUntil === null ? null : replacedBy?.name;
  const by = (taker ? replacedBy?.connectedBy : ended.disconnectedBy)?.name;
  const when = disconnectedAt ? format.whenWithin(disconnectedAt) : "";
  return (
    <p className="xs faint">
      {taker && by ? (
        <Trans>
          Disconnected {when}: replaced by {taker}, which {by} connected
        </Trans>
      ) : taker ? (
        <Trans>
          Disconnected {when}: replaced by {taker}
        </Trans>
      ) : by ? (
        <Trans>
          Disconnected {when} by {by}
        </Trans>
      ) : (
        <Trans>Disconnected {when}</Trans>
      )}
    </p>
  );
}
