import { useQuery } from "urql";
import type { LiveState } from "../../live/live-store.ts";
import { useLive } from "../../live/live.tsx";
import { useAskingWhile, useRefresh } from "../../live/use-refresh.ts";
import { useNow } from "../../parts/time.tsx";
import { type Pages, usePages } from "../../parts/use-pages.ts";
import { isMoving } from "../ended/data-state.ts";
import { type Ended, EndedListQuery, EndedQuery } from "../ended/ended.documents.ts";

const pageSize = 25;

/** What is no more, or is about to be, is not among what is live: which those are moves with it. */
const standing = ({ byId }: LiveState): string =>
  [...byId.values()].map(({ id, disconnectedAt }) => `${id} ${disconnectedAt}`).join();

export function useEnded(): { pages: Pages<unknown, Ended>; total: number } {
  const pages = usePages(EndedListQuery, { first: pageSize }, (data) => data.datasources);
  useRefresh(useLive(standing), pages.again);
  return { pages, total: pages.data?.datasources.totalCount ?? 0 };
}

/** Of a row: what moves is asked for by itself, for the list reads none but its newest page again. */
export function useEndedNow(listed: Ended): Ended {
  const now = useNow();
  const moves = isMoving(listed, now);
  const [{ data }, refresh] = useQuery({ query: EndedQuery, variables: { id: listed.id }, pause: !moves });
  const ended = (moves ? data?.datasource : null) ?? listed;
  useAskingWhile(isMoving(ended, now), () => refresh({ requestPolicy: "network-only" }));
  return ended;
}
