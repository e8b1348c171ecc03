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

/** A snapshot serves everybody who joins in a storm; it is taken anew once older than this, or once the revision moved. */
const SNAPSHOT_LIVES_MS = 1000;

interface Taken {
  readonly revision: number;
  readonly at: number;
  readonly payload: string;
}

export class Group {
  readonly #options: GroupOptions;
  readonly #members = new Set<Member>();
  /** What members have been told of; a snapshot adds to it and never takes away, for older members still hold it. */
  readonly #known = new Set<DatasourceId>();
  #revision = 1;
  #taken: Taken | null = null;
  #chain: Promise<void> = Promise.resolve();
  /** On their way in: a group that somebody is joining is not empty. */
  #joining = 0;

  constructor(options: GroupOptions) {
    this.#options = options;
  }

  get members(): Iterable<Member> {
    return this.#members;
  }

  get size(): number {
    return this.#members.size + this.#joining;
  }

  async join(member: Member): Promise<void> {
    this.#joining += 1;
    await this.#inTurn(async () => {
      if (member.deliver(await this.#takeSnapshot())) this.#members.add(member);
      else member.end("slow");
      this.#options.onMessages(1);
    }, member);
    this.#joining -= 1;
  }

  leave(member: Member): void {
    this.#members.delete(member);
  }

  /** Some of the organisation's datasources changed. */
  changed(ids: readonly DatasourceId[]): Promise<void> {
    const { watched } = this.#options;
    const mine = watched.kind === "all" ? ids : ids.filter((id) => id === watched.id);
    return mine.length === 0 ? Promise.resolve() : this.#tell(mine);
  }

  /** Nothing changed but what is told beside the datasources: slots, health. */
  beside(): Promise<void> {
    return this.#tell([]);
  }

  /** Something may have been missed: everybody gets a whole snapshot. */
  reread(): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#members.size === 0) return;
      this.#revision += 1;
      this.#taken = null;
      this.#shout(await this.#takeSnapshot());
    });
  }

  /** All runs go through one chain. When one fails, its clients come back for a whole snapshot: half told is worth nothing. */
  #inTurn(work: () => Promise<void>, joiner?: Member): Promise<void> {
    this.#chain = this.#chain.then(work).catch((error: unknown) => {
      this.#options.onFailure(error);
      joiner?.end("failed");
      for (const member of this.#members) member.end("failed");
      this.#members.clear();
    });
    return this.#chain;
  }

  #shout(payload: string): void {
    let sent = 0;
    for (const member of this.#members) {
      if (member.deliver(payload)) sent += 1;
      else {
        this.#members.delete(member);
        member.end("slow");
      }
    }
    this.#options.onMessages(sent);
  }

  async #takeSnapshot(): Promise<string> {
    const { clock, open, order, watched } = this.#options;
    const now = clock().getTime();
    const taken = this.#taken;
    if (taken !== null && taken.revision === this.#revision && now - taken.at < SNAPSHOT_LIVES_MS) return taken.payload;
    const payload = await open(async (run) => {
      const { views, answer } = await run.read(watchedIds(watched));
      const seen = order(views.filter((view) => isWatched(this.#options, view)));
      for (const view of seen) this.#known.add(view.row.id);
      this.#options.onExecution();
      return answer({ kind: "Snapshot", revision: this.#revision, views: seen });
    });
    this.#taken = { revision: this.#revision, at: now, payload };
    return payload;
  }

  #tell(ids: readonly DatasourceId[]): Promise<void> {
    return this.#inTurn(async () => {
      if (this.#members.size === 0) return;
      const payload = await this.#options.open((run) => this.#changesOf(run, ids));
      if (payload !== null) this.#shout(payload);
    });
  }

  /** Null where nothing of it concerns this group: no revision passes without a message. */
  async #changesOf(run: GroupRun, ids: readonly DatasourceId[]): Promise<string | null> {
    const { views, answer } = await run.read(ids);
    const seen = this.#options.order(views.filter((view) => isWatched(this.#options, view)));
    const present = new Set(seen.map((view) => view.row.id));
    const removed = ids.filter((id) => this.#known.has(id) && !present.has(id));
    if (seen.length === 0 && removed.length === 0 && ids.length > 0) return null;
    for (const id of present) this.#known.add(id);
    for (const id of removed) this.#known.delete(id);
    this.#options.onExecution();
    this.#revision += 1;
    return answer({ kind: "Changes", revision: this.#revision, views: seen, removed });
  }
}

const watchedIds = (watched: Watched): readonly DatasourceId[] | null => {
  if (watched.kind === "all") return null;
  return watched.id === null ? [] : [watched.id];
};

const isWatched = ({ watched, clock }: GroupOptions, view: DatasourceView): boolean =>
  watched.kind === "one" ? view.row.id === watched.id : matches(view, watched.filter, clock());
