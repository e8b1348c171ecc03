import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { useSearchParams } from "wouter";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Ago } from "../../parts/time.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { lateDialog, latePart } from "../../parts/late.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { asksForKey, placeOf } from "./feed-form.ts";
import { type Feed, PullNowMutation, RemoveFeedMutation } from "./files.documents.ts";
import { feedStates, keyAsked } from "./words.ts";

const FeedDialog = lateDialog(
  () => import("./feed-dialog.tsx"),
  (part) => part.FeedDialog,
);
const Pulls = latePart(
  () => import("./pulls.tsx"),
  (part) => part.Pulls,
  <span className="fade wide" />,
);
const KeyDialog = lateDialog(
  () => import("./key-dialog.tsx"),
  (part) => part.KeyDialog,
);

interface FeedsProps {
  datasource: string;
  feeds: readonly Feed[];
  mayManage: boolean;
  onChanged: () => void;
}

/** Files that come by themselves, from an address, as often as is said. */
export function Feeds({ datasource, feeds, mayManage, onChanged }: FeedsProps) {
  const [editing, setEditing] = useState<Feed | "new" | null>(null);
  const [asking, setAsking] = useState<string | null>(null);
  const asked = feeds.find(({ id }) => id === asking);
  const [search, setSearch] = useSearchParams();
  const opened = search.get("feed");
  return (
    <section className="card" aria-labelledby="feeds">
      <header>
        <h2 id="feeds" className="grow">
          <Trans>On a schedule</Trans>
        </h2>
        {mayManage && (
          <button type="button" className="btn s" onClick={() => setEditing("new")}>
            <Icon name="plus" />
            <Trans>Add an address</Trans>
          </button>
        )}
      </header>
      {feeds.length === 0 ? (
        <p className="none sm dim">
          <Trans>
            A published sheet or files on a server can be fetched as often as you like. Nothing is fetched now.
          </Trans>
        </p>
      ) : (
        <ul className="versions">
          {feeds.map((feed) => (
            <FeedRow
              key={feed.id}
              feed={feed}
              mayManage={mayManage}
              isOpen={opened === feed.id}
              onToggle={() => setSearch(opened === feed.id ? {} : { feed: feed.id }, { replace: true })}
              onEdit={() => setEditing(feed)}
              onKey={() => setAsking(feed.id)}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
      {editing && (
        <FeedDialog
          datasource={datasource}
          feed={editing === "new" ? null : editing}
          onClose={() => setEditing(null)}
          onSaved={(saved) => {
            setEditing(null);
            if (saved?.kind === "sftp" && (saved.hostKey === null || asksForKey(saved))) setAsking(saved.id);
            onChanged();
          }}
        />
      )}
      {asked && <KeyDialog feed={asked} onClose={() => setAsking(null)} onChanged={onChanged} />}
    </section>
  );
}

function useFeed(id: string, onChanged: () => void) {
  const client = useClient();
  const { busy, once } = useOnce();
  const ask = async (what: "pull" | "remove"): Promise<void> => {
    const input = { feed: id, idempotencyKey: newIdempotencyKey() };
    const outcome =
      what === "pull"
        ? await send(client, PullNowMutation, { input })
        : await send(client, RemoveFeedMutation, { input });
    if (!outcome.ok) tellProblem(outcome.problem);
    onChanged();
  };
  return { busy, ask: (what: "pull" | "remove") => once(() => ask(what)) };
}

interface FeedRowProps {
  feed: Feed;
  mayManage: boolean;
  /** Its history is shown. */
  isOpen: boolean;
  onToggle: () => void;
  onEdit: () => void;
  onKey: () => void;
  onChanged: () => void;
}

function FeedRow({ feed, mayManage, isOpen, onToggle, onEdit, onKey, onChanged }: FeedRowProps) {
  const { t } = useLingui();
  const format = useFormat();
  const shown = asksForKey(feed) && feed.hostKey === null ? keyAsked : feedStates[feed.state];
  return (
    <li className="feed">
      <div className="grow">
        <p>
          <b>{feed.name}</b>{" "}
          <span className={`st ${shown.look}`}>
            <Icon name={shown.icon} />
            {t(shown.word)}
          </span>
        </p>
        <p className="xs faint anywhere" translate="no">
          {placeOf(feed)}
        </p>
        <p className="xs faint">
          {format.cadence(feed.everyMinutes * 60)}
          {feed.triedAt && (
            <>
              {" · "}
              <Trans>
                asked <Ago at={feed.triedAt} />
              </Trans>
            </>
          )}
          {feed.pulledAt && (
            <>
              {" · "}
              <Trans>
                last new file <Ago at={feed.pulledAt} />
              </Trans>
            </>
          )}
        </p>
        {feed.reason && <p className="xs">{feed.reason.message}</p>}
        <button
          type="button"
          className="disclose xs"
          aria-label={t`How it went: ${feed.name}`}
          aria-expanded={isOpen}
          onClick={onToggle}
        >
          <Icon name={isOpen ? "expand" : "right"} />
          <Trans comment="the pulls of a feed so far">How it went</Trans>
        </button>
      </div>
      {mayManage && <FeedActions feed={feed} onEdit={onEdit} onKey={onKey} onChanged={onChanged} />}
      {isOpen && (
        <div className="pulls sm" role="group" aria-label={t`How it went: ${feed.name}`}>
          <Pulls feed={feed} />
        </div>
      )}
    </li>
  );
}

function FeedActions({
  feed,
  onEdit,
  onKey,
  onChanged,
}: Pick<FeedRowProps, "feed" | "onEdit" | "onKey" | "onChanged">) {
  const { t } = useLingui();
  const { busy, ask } = useFeed(feed.id, onChanged);
  return (
    <span className="row wrap">
      {asksForKey(feed) && (
        <button type="button" className="btn s pri" aria-label={t`Look at the key of ${feed.name}`} onClick={onKey}>
          <Trans>Look at the key</Trans>
        </button>
      )}
      <button
        type="button"
        className="btn s"
        aria-label={t`Fetch now: ${feed.name}`}
        aria-disabled={busy}
        onClick={() => ask("pull")}
      >
        <Trans>Fetch now</Trans>
      </button>
      <button type="button" className="btn s ghost" aria-label={t`Change ${feed.name}`} onClick={onEdit}>
        <Trans>Change</Trans>
      </button>
      <button
        type="button"
        className="btn s ghost"
        aria-label={t`Remove ${feed.name}`}
        aria-disabled={busy}
        onClick={() => ask("remove")}
      >
        <Trans>Remove</Trans>
      </button>
    </span>
  );
}
