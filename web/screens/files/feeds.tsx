import { Trans, useLingui } from "@lingui/react/macro";
import { lazy, Suspense, useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Ago } from "../../parts/time.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { type Feed, PullNowMutation, RemoveFeedMutation } from "./files.documents.ts";
import { feedStates } from "./words.ts";

const FeedDialog = lazy(async () => ({ default: (await import("./feed-dialog.tsx")).FeedDialog }));

interface FeedsProps {
  datasource: string;
  feeds: readonly Feed[];
  mayManage: boolean;
  onChanged: () => void;
}

/** Files that come by themselves, from an address, as often as is said. */
export function Feeds({ datasource, feeds, mayManage, onChanged }: FeedsProps) {
  const [editing, setEditing] = useState<Feed | "new" | null>(null);
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
            A published sheet or a file on a server can be fetched as often as you like. Nothing is fetched now.
          </Trans>
        </p>
      ) : (
        <ul className="versions">
          {feeds.map((feed) => (
            <FeedRow
              key={feed.id}
              feed={feed}
              mayManage={mayManage}
              onEdit={() => setEditing(feed)}
              onChanged={onChanged}
            />
          ))}
        </ul>
      )}
      <Suspense fallback={null}>
        {editing && (
          <FeedDialog
            datasource={datasource}
            feed={editing === "new" ? null : editing}
            onClose={() => setEditing(null)}
            onSaved={() => {
              setEditing(null);
              onChanged();
            }}
          />
        )}
      </Suspense>
    </section>
  );
}

function useFeed(id: string, onChanged: () => void) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const ask = async (what: "pull" | "remove"): Promise<void> => {
    if (busy) return;
    setBusy(true);
    const input = { feed: id, idempotencyKey: newIdempotencyKey() };
    const outcome =
      what === "pull"
        ? await send(client, PullNowMutation, { input })
        : await send(client, RemoveFeedMutation, { input });
    setBusy(false);
    if (!outcome.ok) tellProblem(outcome.problem);
    onChanged();
  };
  return { busy, ask: (what: "pull" | "remove") => void ask(what) };
}

interface FeedRowProps {
  feed: Feed;
  mayManage: boolean;
  onEdit: () => void;
  onChanged: () => void;
}

function FeedRow({ feed, mayManage, onEdit, onChanged }: FeedRowProps) {
  const { t } = useLingui();
  const format = useFormat();
  const { busy, ask } = useFeed(feed.id, onChanged);
  const shown = feedStates[feed.state];
  return (
    <li>
      <div className="grow">
        <p>
          <b>{feed.name}</b>{" "}
          <span className={`st ${shown.look}`}>
            <Icon name={shown.icon} />
            {t(shown.word)}
          </span>
        </p>
        <p className="xs faint anywhere" translate="no">
          {feed.url}
        </p>
        <p className="xs faint">
          <span className="cap">{format.cadence(feed.everyMinutes * 60)}</span>
          {feed.pulledAt && (
            <>
              {" · "}
              <Trans>
                fetched <Ago at={feed.pulledAt} />
              </Trans>
            </>
          )}
        </p>
        {feed.reason && <p className="xs">{feed.reason.message}</p>}
      </div>
      {mayManage && (
        <span className="row wrap">
          <button type="button" className="btn s" aria-disabled={busy} onClick={() => ask("pull")}>
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
      )}
    </li>
  );
}
