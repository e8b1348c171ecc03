import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { Ended } from "./ended.documents.ts";

/** When and by whom it was disconnected. */
export function DisconnectedBy({ ended: { disconnectedAt, disconnectedBy } }: { ended: Ended }) {
  const format = useFormat();
  const by = disconnectedBy?.name;
  const when = disconnectedAt ? format.whenWithin(disconnectedAt) : "";
  return (
    <p className="xs faint">
      {by ? (
        <Trans>
          Disconnected {when} by {by}
        </Trans>
      ) : (
        <Trans>Disconnected {when}</Trans>
      )}
    </p>
  );
}
