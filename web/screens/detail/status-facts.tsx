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
import { standsSince } from "./stands-since.ts";

/** Of both statuses: since when, by whom, and what to do next. What they are and why stands at the head of the page. */
export function StatusFacts({ datasource }: { datasource: LiveDatasource }) {
  const format = useFormat();
  const { platform, dataSync, cadenceSeconds, lastSuccessAt } = datasource;
  const [{ data }] = useQuery({ query: GivenQuery, variables: { id: datasource.id } });
  const since = standsSince(datasource, data?.datasource?.grant ?? null);
  if (!since || !dataSync) return null;
  return (
    <>
      <Fact term={<Trans>Connection</Trans>}>
        <SinceBy {...since.connection} />
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
          <SinceBy {...since.dataSync} />
        )}
      </Fact>
      <Fact term={<Trans>Next step</Trans>}>
        <NextStep datasource={datasource} />
      </Fact>
    </>
  );
}

function SinceBy({ at, by }: { at: string | null; by: string | null }) {
  const format = useFormat();
  return (
    <>
      {at ? <Trans>since {format.whenWithin(at)}</Trans> : "–"}
      {by && (
        <span className="xs faint block">
          <Trans comment="who brought it about">by {by}</Trans>
        </span>
      )}
    </>
  );
}

/** In words, for the button stands above; only where nothing presses it is here alone. */
function NextStep({ datasource }: { datasource: LiveDatasource }) {
  const reason = pressingReason(datasource);
  if (reason?.code.startsWith("noFileYet")) return <RemedyButton datasource={datasource} remedy={null} look="link" />;
  return reason?.remedy ? reason.remedy.label : <Trans>Nothing to do</Trans>;
}
