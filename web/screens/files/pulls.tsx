import { Trans } from "@lingui/react/macro";
import { LoadFailed } from "../../parts/states.tsx";
import { usePages } from "../../parts/use-pages.ts";
import { AttemptList } from "../runs/run-attempts.tsx";
import { useRefresh } from "../../live/use-refresh.ts";
import { type Feed, PullsQuery } from "./files.documents.ts";

const pageSize = 10;

/** How a feed went, pull by pull, newest first; what went alike in a row is one line. */
export function Pulls({ feed }: { feed: Feed }) {
  const { rows, error, again, more } = usePages(PullsQuery, { id: feed.id, first: pageSize }, ({ node }) =>
    node?.__typename === "CostFeed" ? node.pulls : null,
  );
  useRefresh(`${feed.triedAt ?? ""}|${feed.state}`, again);
  const failed = error && (
    <LoadFailed error={error} onRetry={again} what={<Trans>The history could not be read.</Trans>} />
  );
  if (rows === null) return failed ?? <span className="fade wide" />;
  if (rows.length === 0)
    return (
      <p className="sm dim">
        <Trans>Nothing was fetched yet.</Trans>
      </p>
    );
  return (
    <>
      {failed}
      <AttemptList attempts={rows} isOneFeed />
      {more && (
        <button type="button" className="more" onClick={more}>
          <Trans>Load more</Trans>
        </button>
      )}
    </>
  );
}
