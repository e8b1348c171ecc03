import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient, useQuery } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { tellProblem } from "../commands/problems.tsx";
import { send, useCommands } from "../commands/use-commands.ts";
import { linksKey } from "./links-key.ts";
import { LinksQuery, type ReauthorizeLink, RevokeLinkMutation } from "./links.documents.ts";
import { useRefresh } from "../../live/use-refresh.ts";
import { lateDialog } from "../../parts/late.tsx";

const SendLink = lateDialog(
  () => import("./send-link.tsx"),
  (part) => part.SendLinkDialog,
);

/** Links by which whoever holds the grant signs in again without an account here. */
export function LinksCard({ datasource }: { datasource: LiveDatasource }) {
  const [asking, setAsking] = useState(false);
  const commands = useCommands(datasource);
  const [{ data, error }, refresh] = useQuery({
    query: LinksQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  const again = (): void => refresh({ requestPolicy: "network-only" });
  const links = data?.datasource?.reauthorizeLinks;
  useRefresh(linksKey(datasource, links ?? []), again);
  const maySend = commands.may("SEND_REAUTHORIZE_LINK");
  if (!maySend && !links?.length) return null;
  return (
    <section className="card" aria-labelledby="links">
      <header>
        <h2 id="links">
          <Trans>Links to sign in again</Trans>
        </h2>
        <span className="grow" />
        {maySend && (
          <button type="button" className="btn s" onClick={() => setAsking(true)}>
            <Trans>Send a link…</Trans>
          </button>
        )}
      </header>
      {links ? (
        <LinksView links={links} mayRevoke={maySend} onRevoked={again} />
      ) : error ? (
        <LoadFailed error={error} onRetry={again} what={<Trans>The links could not be read.</Trans>} />
      ) : (
        <div className="skrows" />
      )}
      {asking && <SendLink datasource={datasource} onSent={again} onClose={() => setAsking(false)} />}
    </section>
  );
}

const states: Record<ReauthorizeLink["state"], { word: MessageDescriptor; icon: IconName; look: string }> = {
  SENT: { word: msg({ message: "Sent", comment: "state of a mailed link" }), icon: "clock", look: "" },
  OPENED: { word: msg({ message: "Opened", comment: "state of a mailed link" }), icon: "pulse", look: "pill flowp" },
  CHECKING: {
    word: msg({ message: "Being checked", comment: "state of a mailed link" }),
    icon: "sync",
    look: "pill flowp",
  },
  DONE: { word: msg({ message: "Done", comment: "state of a mailed link" }), icon: "tick", look: "ok" },
  EXPIRED: { word: msg({ message: "Expired", comment: "state of a mailed link" }), icon: "dashed", look: "" },
  REVOKED: { word: msg({ message: "Taken back", comment: "state of a mailed link" }), icon: "cross", look: "" },
};

interface ViewProps {
  links: readonly ReauthorizeLink[];
  mayRevoke: boolean;
  onRevoked: () => void;
}

function LinksView({ links, mayRevoke, onRevoked }: ViewProps) {
  const { t } = useLingui();
  if (links.length === 0)
    return (
      <p className="none sm dim">
        <Trans>
          Does somebody else hold the sign-in? Send them a link: it works once, for 72 hours, without an account here,
          and shows nothing but what they have to do.
        </Trans>
      </p>
    );
  return (
    <ul className="versions">
      {links.map((link) => {
        const { word, icon, look } = states[link.state];
        return (
          <li key={link.id}>
            <span className="grow">
              <b className="anywhere" translate="no">
                {link.to}
              </b>
              <span className="xs faint block">
                <WhenOf link={link} />
              </span>
              {link.problem && <span className="xs block anywhere">{link.problem.message}</span>}
            </span>
            <span className={`st ${look}`}>
              <Icon name={icon} />
              {t(word)}
            </span>
            {mayRevoke && (link.state === "SENT" || link.state === "OPENED") && (
              <TakeBack link={link} onRevoked={onRevoked} />
            )}
          </li>
        );
      })}
    </ul>
  );
}

function WhenOf({ link }: { link: ReauthorizeLink }) {
  const format = useFormat();
  const { state, createdAt, createdBy, expiresAt, openedAt, doneAt, revokedAt } = link;
  const until = format.whenWithin(expiresAt);
  if (doneAt) return <Trans>signed in {format.whenWithin(doneAt)}</Trans>;
  if (revokedAt) return <Trans>taken back {format.whenWithin(revokedAt)}</Trans>;
  if (state === "EXPIRED") return <Trans>ended {until}, nobody signed in</Trans>;
  if (openedAt)
    return (
      <Trans>
        opened {format.whenWithin(openedAt)}, works until {until}
      </Trans>
    );
  return (
    <Trans>
      sent by {createdBy.name} {format.whenWithin(createdAt)}, works until {until}
    </Trans>
  );
}

function TakeBack({ link, onRevoked }: { link: ReauthorizeLink; onRevoked: () => void }) {
  const { t } = useLingui();
  const client = useClient();
  const { busy, once } = useOnce();
  const takeBack = async (): Promise<void> => {
    const outcome = await send(client, RevokeLinkMutation, {
      input: { link: link.id, idempotencyKey: newIdempotencyKey() },
    });
    if (!outcome.ok) return tellProblem(outcome.problem);
    announce(t`The link opens nothing any more.`);
    onRevoked();
  };
  return (
    <button
      type="button"
      className="btn s"
      aria-label={t`Take back the link to ${link.to}`}
      aria-disabled={busy}
      onClick={() => once(takeBack)}
    >
      <Trans comment="a mailed link is made useless">Take back</Trans>
    </button>
  );
}
