import { Plural, Trans } from "@lingui/react/macro";
import { useEffect, useId, useState } from "react";
import { useClient, useQuery } from "urql";
import { Link } from "wouter";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { Ago } from "../../parts/time.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { send } from "../commands/use-commands.ts";
import { to } from "../../routes.ts";
import { leadsTo } from "./leads-to.ts";
import { PutRequestAsideMutation } from "./requests.documents.ts";
import { InboxQuery, MarkReadMutation, type Notice } from "./inbox.documents.ts";

const shown = 30;

interface InboxProps {
  /** How many there are, of those that are not shown yet as well. */
  unread: number;
  onOpen: () => void;
  onRead: () => void;
}

/** One thing is one line that changes its state: it began, it is over. Seen means read. */
export function Inbox({ unread: count, onOpen, onRead }: InboxProps) {
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
  const again = (): void => {
    refresh({ requestPolicy: "network-only" });
    onRead();
  };
  const came = useCameSince(data, count);
  if (notices) return <InboxView notices={notices} came={came} onOpen={onOpen} onChanged={again} />;
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

/** How many came since what stands here was asked for: they wait, so that nothing moves under whoever reads. */
function useCameSince(asked: unknown, unread: number): number {
  const [least, setLeast] = useState({ asked, unread });
  if (least.asked !== asked || unread < least.unread) setLeast({ asked, unread });
  return unread - least.unread;
}

interface ViewProps {
  notices: readonly Notice[];
  /** That wait to be shown. */
  came?: number;
  onOpen: () => void;
  onChanged: () => void;
}

export function InboxView({ notices, came = 0, onOpen, onChanged }: ViewProps) {
  return (
    <>
      {came > 0 && (
        <button type="button" className="more" onClick={onChanged}>
          <Plural value={came} one="Show # new notice" other="Show # new notices" />
        </button>
      )}
      {notices.length === 0 ? (
        <div className="dpe">
          <p className="dim">
            <Trans>Nothing needs you. What does will stand here.</Trans>
          </p>
        </div>
      ) : (
        bySource(notices).map((group) => (
          <Group key={group[0]?.id} notices={group} onOpen={onOpen} onChanged={onChanged} />
        ))
      )}
      <div className="df">
        <Link href={to.mails()} onClick={onOpen}>
          <Trans>Which of it is mailed to you</Trans>
        </Link>
      </div>
    </>
  );
}

/** Those of one datasource stand together, where the newest of them stands. */
const bySource = (notices: readonly Notice[]): Notice[][] =>
  Map.groupBy(notices, ({ id, datasource }) => datasource?.id ?? id)
    .values()
    .toArray();

/** Whose they are is seen by their mark and stands in their words; whoever hears them is told it by a heading. */
function Group({ notices, onOpen, onChanged }: Omit<ViewProps, "came">) {
  const { organisation } = usePlace();
  const id = useId();
  const [first] = notices;
  const platform = first?.datasource?.platform.title ?? first?.platform?.title ?? organisation.name;
  const name = first?.datasource?.name ?? platform;
  return (
    <section aria-labelledby={id}>
      <h3 id={id} className="vh">
        {name.includes(platform) ? name : `${name} · ${platform}`}
      </h3>
      <ul>
        {notices.map((notice, n) => (
          <NoticeLine key={notice.id} notice={notice} goesOn={n > 0} onOpen={onOpen} onChanged={onChanged} />
        ))}
      </ul>
    </section>
  );
}

interface LineProps extends Pick<ViewProps, "onOpen" | "onChanged"> {
  notice: Notice;
  /** Of the same datasource as the one above it. */
  goesOn: boolean;
}

function NoticeLine({ notice, goesOn, onOpen, onChanged }: LineProps) {
  const { organisation } = usePlace();
  const { kind, datasource, message, meaning, since, resolvedAt, isRead } = notice;
  const platform = datasource?.platform ?? notice.platform;
  const href = leadsTo(notice, organisation.slug);
  return (
    <li className={`${resolvedAt ? "over" : ""} ${goesOn ? "goes" : ""}`}>
      {platform ? <Glyph title={platform.title} category={platform.category} /> : <Icon name="help" />}
      <div className="grow">
        <p>
          {href ? (
            <Link href={href} onClick={onOpen}>
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
        {kind === "REQUESTED" && !resolvedAt && <PutAside notice={notice} onChanged={onChanged} />}
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

/** What is not to be done, or was done in another way. */
function PutAside({ notice: { id, message }, onChanged }: Pick<LineProps, "notice" | "onChanged">) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [hasFailed, setFailed] = useState(false);
  const putAside = async (): Promise<void> => {
    const outcome = await send(client, PutRequestAsideMutation, { input: { notice: id } });
    setFailed(!outcome.ok);
    if (outcome.ok) onChanged();
  };
  return (
    <p className="xs">
      <button type="button" className="btn s ghost" aria-disabled={busy} onClick={() => once(putAside)}>
        <Trans>Put it aside</Trans>
        <span className="vh">, {message}</span>
      </button>
      {hasFailed && (
        <span role="alert">
          {" "}
          <Trans>Headwater did not answer. Nothing was changed.</Trans>
        </span>
      )}
    </p>
  );
}
