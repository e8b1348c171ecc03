import { Trans } from "@lingui/react/macro";
import { useLive } from "../../live/live.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useMore } from "../../parts/and-more.tsx";
import { Icon } from "../../parts/icon.tsx";
import { SendRequest } from "../../shell/ask.tsx";
import { useAdmins } from "../../shell/not-yours.tsx";
import { useMay } from "../../shell/organisation.tsx";
import { RemedyButton } from "./remedy-button.tsx";
import { pressingReason, wayOut } from "./ways-out.ts";

const shownAtFirst = 2;

/** What needs someone, worst first: what happened, what it means for the data, what to do. */
export function Notices() {
  const byId = useLive((state) => state.byId);
  const needing = [...byId.values()]
    .filter((datasource) => datasource.needsAttention)
    .toSorted((a, b) => severity(b) - severity(a));
  const { shown, more } = useMore(needing, { first: shownAtFirst });
  if (needing.length === 0) return null;
  return (
    <section className={needing.length === 1 ? "attn one" : "attn"} aria-labelledby="attention">
      <h2 className="vh" id="attention">
        <Trans>Needs attention</Trans>
      </h2>
      {shown.map((datasource) => (
        <AttentionNotice key={datasource.id} datasource={datasource} />
      ))}
      {more}
    </section>
  );
}

function severity({ connection, dataSync }: LiveDatasource): number {
  if (connection?.isDead) return 3;
  return dataSync?.status === "INACTIVE" ? 2 : 1;
}

interface NoticeProps {
  datasource: LiveDatasource;
  /** Its name is the title of the page. */
  isOnItsPage?: boolean;
}

export function AttentionNotice({ datasource, isOnItsPage = false }: NoticeProps) {
  const { connection, dataSync, name, account, attempt } = datasource;
  const reason = pressingReason(datasource);
  // Before the account is known a datasource is called like its platform: what was typed says which one.
  const called = account === null && attempt?.askedFor ? attempt.askedFor : name;
  const hasStopped = connection?.isDead || dataSync?.status === "INACTIVE";
  return (
    <div className={`note ${hasStopped ? "b" : "w"}`}>
      <Icon name={connection?.isDead ? "broken" : hasStopped ? "pause" : "warning"} />
      <div>
        <p>
          <b>
            {!reason ? (
              <Trans>{called} needs someone.</Trans>
            ) : isOnItsPage && called === name ? (
              reason.message
            ) : (
              withName(called, reason.message)
            )}
          </b>
        </p>
        {reason?.meaning && <p>{reason.meaning}</p>}
        {isOnItsPage && <AskForIt datasource={datasource} />}
      </div>
      <RemedyButton datasource={datasource} remedy={reason?.remedy ?? null} />
    </div>
  );
}

/** What this role may not do has no button: who may is said where one is expected, and asked from there. */
export function AskForIt({ datasource }: { datasource: LiveDatasource }) {
  const mayManage = useMay("MANAGE_DATASOURCES");
  const names = useAdmins();
  const { id, connection } = datasource;
  const remedy = pressingReason(datasource)?.remedy ?? null;
  if (mayManage || !datasource.needsAttention || wayOut(datasource, remedy) !== null) return null;
  const isLost = connection?.status === "REAUTHORIZE";
  return (
    <p className="sm">
      {isLost ? (
        <Trans>Admins can reconnect this. Ask {names}.</Trans>
      ) : (
        <Trans>Admins can repair this. Ask {names}.</Trans>
      )}{" "}
      <SendRequest about={isLost ? "RECONNECT" : "REPAIR"} datasource={id} />
    </p>
  );
}

/** A sentence that does not name its datasource would be a riddle above a list. */
function withName(name: string, message: string): string {
  return message.includes(name) ? message : `${name}: ${message}`;
}
