import { Trans } from "@lingui/react/macro";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Ago } from "../../parts/time.tsx";
import { comesInFiles } from "../../routes.ts";
import { pressingReason } from "../datasources/ways-out.ts";
import { RemedyButton } from "../datasources/remedy-button.tsx";
import { GivenQuery } from "./detail.documents.ts";
import { Fact } from "./fact.tsx";
import { type Since, standsSince } from "./stands-since.ts";
import { timelineKey } from "./timeline-key.ts";
import { useRefresh } from "../../live/use-refresh.ts";

/** Of both statuses: since when, by whom, and what to do next. What they are and why stands at the head of the page. */
export function StatusFacts({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { platform, connection, dataSync, cadenceSeconds, lastSuccessAt } = datasource;
  const [{ data }, refresh] = useQuery({
    query: GivenQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  useRefresh(timelineKey(datasource), () => refresh({ requestPolicy: "network-only" }));
  const { grant = null, connection: works = null } = data?.datasource ?? {};
  const since = standsSince(datasource, grant, works?.since ?? null);
  if (!since || !connection || !dataSync) return null;
  return (
    <>
      <Fact term={<Trans>Connection</Trans>}>
        <SinceBy {...since.connection} status={connection.status} isKey={platform.method === "API_KEY"} />
      </Fact>
      <Fact term={<Trans>Data sync</Trans>}>
        {dataSync.status === "ACTIVE" ? (
          <>
            {comesInFiles(platform.method) ? <Trans>With each file</Trans> : format.cadence(cadenceSeconds)}
            {lastSuccessAt && (
              <span className="xs faint block">
                <Trans comment="the last sync that ended well, as in: last one 6 min ago">
                  last one <Ago at={lastSuccessAt} />
                </Trans>
              </span>
            )}
          </>
        ) : (
          <SinceBy {...since.dataSync} status={dataSync.status} />
        )}
      </Fact>
      <Fact term={<Trans>Next step</Trans>}>
        <NextStep datasource={datasource} />
      </Fact>
    </>
  );
}

interface SinceProps extends Since {
  status: StatusNow;
  isKey?: boolean;
}

/** What it is and since when, what happened then, and who brought it about. */
function SinceBy({ at, why, by, isAnew, status, isKey = false }: SinceProps) {
  return (
    <>
      {at ? <SinceWhen status={status} at={at} /> : "–"}
      {why && <span className="xs faint block">{why}</span>}
      {by && (
        <span className="xs faint block">
          {!isAnew ? (
            <Trans comment="who brought it about">by {by}</Trans>
          ) : isKey ? (
            <Trans comment="who brought the connection about">new key by {by}</Trans>
          ) : (
            <Trans comment="who brought the connection about">signed in again by {by}</Trans>
          )}
        </span>
      )}
    </>
  );
}

/** An active sync says its cadence instead. */
type StatusNow =
  | NonNullable<LiveDatasource["connection"]>["status"]
  | Exclude<NonNullable<LiveDatasource["dataSync"]>["status"], "ACTIVE">;

function SinceWhen({ status, at }: { status: StatusNow; at: string }) {
  const when = useFormat().whenWithin(at);
  switch (status) {
    case "CONNECTED":
      return <Trans comment="a status">Connected since {when}</Trans>;
    case "REAUTHORIZE":
      return <Trans comment="a status">Reauthorize since {when}</Trans>;
    case "NOT_SYNCED":
      return <Trans comment="a status">Not synced since {when}</Trans>;
    case "FETCHING_HISTORICAL_DATA":
      return <Trans comment="a status">Fetching historical data since {when}</Trans>;
    case "INACTIVE":
      return <Trans comment="a status">Inactive since {when}</Trans>;
  }
}

/** In words, for the button stands above; only where nothing presses it is here alone. */
function NextStep({ datasource }: { datasource: LiveDatasource }) {
  const reason = pressingReason(datasource);
  if (reason?.code.startsWith("noFileYet")) return <RemedyButton datasource={datasource} remedy={null} look="link" />;
  return reason?.remedy ? reason.remedy.label : <Trans>Nothing to do</Trans>;
}
