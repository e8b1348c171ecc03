/**
 * Everybody who asked the same question with the same rights shares one execution and one text. All runs of a group go
 * through one chain: a joiner's snapshot is taken inside it, at a revision, and what came before is never sent to them.
 */
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { FeedEvent, Watched } from "../graphql/feed.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { matches } from "../reading/datasources.ts";
import type { Member } from "./member.ts";

/** Runs the group's question over one event, in a transaction of its own, and gives the text for all. */
export interface GroupRun {
  /** Every datasource of the organisation, or those of these ids. */
  read(
    ids: readonly DatasourceId[] | null,
  ): Promise<{ views: readonly DatasourceView[]; answer: (event: FeedEvent) => Promise<string> }>;
}

export interface GroupOptions {
  readonly watched: Watched;
  readonly open: <Result>(work: (run: GroupRun) => Promise<Result>) => Promise<Result>;
  readonly order: (views: readonly DatasourceView[]) => DatasourceView[];
  readonly clock: () => Date;
  readonly onExecution: () => void;
  readonly onMessages: (count: number) => void;
  readonly onFailure: (error: unknown) => void;
}

export interface Group {
  join(member: Member): Promise<void>;
  leave(member: Member): void;
  /** Some of the organisation's datasources changed. */
  changed(ids: readonly DatasourceId[]): Promise<void>;
  /** Something may have been missed: everybody gets a whole snapshot. */
  reread(): Promise<void>;
  /** Nothing changed but what is told beside the datasources: slots, health. */
  beside(): Promise<void>;
  readonly size: number;
  readonly members: Iterable<Member>;
}

/** A snapshot serves everybody who joins in a storm; it is taken anew once older than this, or once the revision moved. */
const SNAPSHOT_LIVES_MS = 1000;

interface Taken {
  readonly revision: number;
  readonly at: number;
  readonly payload: string;
}

export function openGroup(options: GroupOptions): Group {
  const members = new Set<Member>();
  /** What members have been told of; a snapshot adds to it and never takes away, for older members still hold it. */
  const known = new Set<DatasourceId>();
  let revision = 1;
  let taken: Taken | null = null;
  let chain: Promise<void> = Promise.resolve();
  /** On their way in: a group that somebody is joining is not empty. */
  let joining = 0;

  const inTurn = (work: () => Promise<void>): Promise<void> => {
    chain = chain.then(work).catch((error: unknown) => {
      options.onFailure(error);
      // Their clients come back for a whole snapshot; what half of them were told is worth nothing.
      for (const member of members) member.end("failed");
      members.clear();
    });
    return chain;
  };

  function shout(payload: string): void {
    let sent = 0;
    for (const member of members) {
      if (member.deliver(payload)) sent += 1;
      else {
        members.delete(member);
        member.end("slow");
      }
    }
    options.onMessages(sent);
  }

  async function takeSnapshot(): Promise<string> {
    const now = options.clock().getTime();
    if (taken !== null && taken.revision === revision && now - taken.at < SNAPSHOT_LIVES_MS) return taken.payload;
    const payload = await options.open(async (run) => {
      const { views, answer } = await run.read(watchedIds(options.watched));
      const seen = options.order(views.filter((view) => isWatched(options, view)));
      for (const view of seen) known.add(view.row.id);
      options.onExecution();
      return answer({ kind: "Snapshot", revision, views: seen });
    });
    taken = { revision, at: now, payload };
    return payload;
  }

  async function tell(ids: readonly DatasourceId[]): Promise<void> {
    const payload = await options.open(async (run) => {
      const { views, answer } = await run.read(ids);
      const seen = options.order(views.filter((view) => isWatched(options, view)));
      const present = new Set(seen.map((view) => view.row.id));
      const removed = ids.filter((id) => known.has(id) && !present.has(id));
      if (seen.length === 0 && removed.length === 0 && ids.length > 0) return null;
      for (const id of present) known.add(id);
      for (const id of removed) known.delete(id);
      options.onExecution();
      revision += 1;
      return answer({ kind: "Changes", revision, views: seen, removed });
    });
    if (payload !== null) shout(payload);
  }

  return {
    members,
    get size() {
      return members.size + joining;
    },
    join: async (member) => {
      joining += 1;
      await inTurn(async () => {
        if (member.deliver(await takeSnapshot())) members.add(member);
        else member.end("slow");
        options.onMessages(1);
      });
      joining -= 1;
    },
    leave: (member) => void members.delete(member),
    changed: (ids) => {
      const { watched } = options;
      const mine = watched.kind === "all" ? ids : ids.filter((id) => id === watched.id);
      return mine.length === 0
        ? Promise.resolve()
        : inTurn(() => (members.size === 0 ? Promise.resolve() : tell(mine)));
    },
    beside: () => inTurn(() => (members.size === 0 ? Promise.resolve() : tell([]))),
    reread: () =>
      inTurn(async () => {
        if (members.size === 0) return;
        revision += 1;
        taken = null;
        shout(await takeSnapshot());
      }),
  };
}

const watchedIds = (watched: Watched): readonly DatasourceId[] | null => {
  if (watched.kind === "all") return null;
  return watched.id === null ? [] : [watched.id];
};

const isWatched = ({ watched, clock }: GroupOptions, view: DatasourceView): boolean =>
  watched.kind === "one" ? view.row.id === watched.id : matches(view, watched.filter, clock());
