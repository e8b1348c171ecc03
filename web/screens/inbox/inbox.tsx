import { Trans } from "@lingui/react/macro";
import { useEffect } from "react";
import { useClient, useQuery } from "urql";
import { Link } from "wouter";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { Ago } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { InboxQuery, MarkReadMutation, type Notice } from "./inbox.documents.ts";

const shown = 30;

/** One thing is one line that changes its state: it began, it is over. Seen means read. */
export function Inbox({ onOpen, onRead }: { onOpen: () => void; onRead: () => void }) {
  const client = useClient();
  const [{ data, error }, refresh] = useQuery({
    query: InboxQuery,
    variables: { first: shown },
    requestPolicy: "network-only",
  });
  const notices = data?.organisation?.inbox.nodes;
  const unread = (notices ?? []).filter(({ isRead }) => !isRead).map(({ id }) => id);
  const unreadKey = unread.join(" ");
  useEffect(() => {
    if (unreadKey === "") return;
    const read = async (): Promise<void> => {
      await client.mutation(MarkReadMutation, { input: { notices: unreadKey.split(" ") } }).toPromise();
      onRead();
    };
    void read();
    // oxlint-disable-next-line react/exhaustive-deps -- what was seen is told once; whoever hears of it may change
  }, [client, unreadKey]);
  if (notices) return <InboxView notices={notices} onOpen={onOpen} />;
  return (
    <div className="pad">
      {error ? (
        <LoadFailed
          error={error}
          onRetry={() => refresh({ requestPolicy: "network-only" })}
          what={<Trans>The notices could not be read.</Trans>}
        />
      ) : (
        <Skeleton>
          <span className="fade wide" />
        </Skeleton>
      )}
    </div>
  );
}

export function InboxView({ notices, onOpen }: { notices: readonly Notice[]; onOpen: () => void }) {
  if (notices.length === 0)
    return (
      <div className="dpe">
        <p className="dim">
          <Trans>Nothing needs you. What does will stand here.</Trans>
        </p>
      </div>
    );
  return (
    <ul>
      {notices.map((notice) => (
        <NoticeLine key={notice.id} notice={notice} onOpen={onOpen} />
      ))}
    </ul>
  );
}

function NoticeLine({ notice, onOpen }: { notice: Notice; onOpen: () => void }) {
  const { organisation } = usePlace();
  const { datasource, message, meaning, since, resolvedAt, isRead } = notice;
  return (
    <li className={resolvedAt ? "over" : ""}>
      {datasource ? (
        <Glyph title={datasource.platform.title} category={datasource.platform.category} />
      ) : (
        <Icon name="warning" />
      )}
      <div className="grow">
        <p>
          {datasource ? (
            <Link href={to.datasource(organisation.slug, datasource.id)} onClick={onOpen}>
              <b>{message}</b>
            </Link>
          ) : (
            <b>{message}</b>
          )}
        </p>
        {meaning && !resolvedAt && <p className="xs faint">{meaning}</p>}
        <p className="xs faint">
          <Ago at={since} />
          {resolvedAt && (
            <>
              {" · "}
              <Trans>
                over <Ago at={resolvedAt} />
              </Trans>
            </>
          )}
        </p>
      </div>
      {!isRead && !resolvedAt && (
        <span className="new">
          <span className="vh">
            <Trans>new</Trans>
          </span>
        </span>
      )}
    </li>
  );
}
