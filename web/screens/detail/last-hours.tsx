import { Trans } from "@lingui/react/macro";
import { type CombinedError, useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { LastReadingQuery } from "./replaced.documents.ts";

/** Whether what its source has recorded since it was last read will be in the numbers. */
export type LastReading =
  | { kind: "asking" }
  | { kind: "failed"; error: CombinedError | null; again: () => void }
  | { kind: "told"; readsToSwitch: boolean };

export function useLastReading({ id, connection, dataSync }: LiveDatasource): LastReading {
  const [{ data, error }, refresh] = useQuery({
    query: LastReadingQuery,
    variables: { id },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  useRefresh(`${connection?.status} ${dataSync?.status}`, again);
  if (data?.datasource) return { kind: "told", readsToSwitch: data.datasource.readsToSwitch };
  return data || error ? { kind: "failed", error: error ?? null, again } : { kind: "asking" };
}

/** What somebody may want to mend first, or cannot be told: before everything else. */
export function NotReadOnceMore({ datasource, reading }: { datasource: LiveDatasource; reading: LastReading }) {
  const format = useFormat();
  const { name, completeThrough, connection, dataSync } = datasource;
  if (reading.kind === "failed")
    return (
      <LoadFailed
        error={reading.error}
        onRetry={reading.again}
        what={<Trans>Whether {name} can be read once more before the switch is not known.</Trans>}
      />
    );
  if (reading.kind === "asking" || reading.readsToSwitch) return null;
  return (
    <div className="note w">
      <Icon name="warning" />
      <div>
        <p>
          <b>
            <Trans>{name} will not be read once more.</Trans>
          </b>{" "}
          {completeThrough ? (
            <Trans>
              It was read to {format.throughWithin(completeThrough)}: what its source has recorded since, and records
              until the switch, is not read and is in no number.
            </Trans>
          ) : (
            <Trans>Its newest days are not all in, and stay as they are.</Trans>
          )}
        </p>
        <p>
          {connection?.isDead ? (
            <Trans>To have it, reauthorize {name} first.</Trans>
          ) : dataSync?.status === "INACTIVE" ? (
            <Trans>To have it, resume {name} first.</Trans>
          ) : (
            <Trans>To have it, wait until the newest days are in.</Trans>
          )}
        </p>
      </div>
    </div>
  );
}

export function ReadOnceMore({ name, reading }: { name: string; reading: LastReading }) {
  if (reading.kind === "asking")
    return (
      <li>
        <Skeleton>
          <span className="fade wide" />
        </Skeleton>
      </li>
    );
  if (reading.kind === "failed" || !reading.readsToSwitch) return null;
  return (
    <li>
      <Trans>
        Then {name} is read once more, up to that moment, before it is disconnected. If its source does not answer
        within 10 minutes, it ends as far as it was read.
      </Trans>
    </li>
  );
}
