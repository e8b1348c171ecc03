import type { Feed, LiveDatasource, LiveHealth, LiveOrganisation } from "./live.documents.ts";

export interface LiveState {
  /** Null until the first snapshot. */
  readonly revision: number | null;
  readonly byId: ReadonlyMap<string, LiveDatasource>;
  /** Category, then name: places are learned, so what changes never moves. */
  readonly order: readonly string[];
  readonly organisation: LiveOrganisation | null;
  readonly health: LiveHealth | null;
  readonly receivedAt: number | null;
}

export type Applied = "applied" | "stale" | "gap";

/** Paints wait for this long after the last one: at most four a second. */
const paintEveryMs = 250;

export interface LiveClock {
  now(): number;
  later(work: () => void, ms: number): () => void;
  isHidden(): boolean;
}

const realClock: LiveClock = {
  now: () => Date.now(),
  later: (work, ms) => {
    const timer = setTimeout(work, ms);
    return () => clearTimeout(timer);
  },
  isHidden: () => document.visibilityState === "hidden",
};

const empty: LiveState = {
  revision: null,
  byId: new Map(),
  order: [],
  organisation: null,
  health: null,
  receivedAt: null,
};

/**
 * One copy of what is live. A snapshot replaces everything; changes apply in order of revision; a change that is already
 * held is dropped and a missing one asks for a new snapshot. Readers see `painted`, which moves at most four times a
 * second and not at all in a background tab.
 */
export class LiveStore {
  readonly #clock: LiveClock;
  readonly #listeners = new Set<() => void>();
  #held: LiveState = empty;
  #painted: LiveState = empty;
  #paintedAt = Number.NEGATIVE_INFINITY;
  #cancelPaint: (() => void) | null = null;

  constructor(clock: LiveClock = realClock) {
    this.#clock = clock;
  }

  get painted(): LiveState {
    return this.#painted;
  }

  readonly read = (): LiveState => this.#painted;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  apply(feed: Feed): Applied {
    if (feed.__typename === "Snapshot") {
      this.#hold(snapshotState(feed, this.#clock.now()), this.#held.revision === null);
      return "applied";
    }
    const { revision } = this.#held;
    if (revision === null) return "gap";
    if (feed.revision <= revision) return "stale";
    if (feed.revision !== revision + 1) return "gap";
    this.#hold(changedState(this.#held, feed, this.#clock.now()), false);
    return "applied";
  }

  /** A tab that comes back shows the newest state at once. */
  wake(): void {
    if (this.#held !== this.#painted) this.#paint();
  }

  clear(): void {
    this.#held = empty;
    this.#paint();
  }

  #hold(state: LiveState, atOnce: boolean): void {
    this.#held = state;
    if (this.#clock.isHidden()) return;
    const wait = this.#paintedAt + paintEveryMs - this.#clock.now();
    if (atOnce || wait <= 0) this.#paint();
    else this.#cancelPaint ??= this.#clock.later(() => this.#paint(), wait);
  }

  #paint(): void {
    this.#cancelPaint?.();
    this.#cancelPaint = null;
    this.#painted = this.#held;
    this.#paintedAt = this.#clock.now();
    for (const listener of this.#listeners) listener();
  }
}

function snapshotState(feed: Extract<Feed, { __typename: "Snapshot" }>, at: number): LiveState {
  const byId = new Map(feed.datasources.map((datasource) => [datasource.id, datasource]));
  return {
    revision: feed.revision,
    byId,
    order: inOrder(byId),
    organisation: feed.organisation,
    health: feed.systemHealth,
    receivedAt: at,
  };
}

function changedState(held: LiveState, feed: Extract<Feed, { __typename: "Changes" }>, at: number): LiveState {
  const byId = new Map(held.byId);
  for (const id of feed.removed) byId.delete(id);
  for (const datasource of feed.changed) byId.set(datasource.id, datasource);
  const sameMembers =
    byId.size === held.byId.size &&
    held.order.every((id) => byId.get(id)?.name === held.byId.get(id)?.name && byId.has(id));
  return {
    revision: feed.revision,
    byId,
    order: sameMembers ? held.order : inOrder(byId),
    organisation: feed.organisation,
    health: feed.systemHealth,
    receivedAt: at,
  };
}

const categories = [
  "ECOMMERCE",
  "ADS",
  "ANALYTICS",
  "EMAIL_SMS",
  "MESSAGING",
  "SUBSCRIPTIONS",
  "ATTRIBUTION",
  "OPERATIONS",
  "SUPPORT",
  "PAYMENTS",
  "OTHER",
] as const;

function inOrder(byId: ReadonlyMap<string, LiveDatasource>): string[] {
  const place = (datasource: LiveDatasource): number => categories.indexOf(datasource.platform.category);
  return [...byId.values()]
    .toSorted((a, b) => place(a) - place(b) || (a.name < b.name ? -1 : a.name > b.name ? 1 : a.id < b.id ? -1 : 1))
    .map((datasource) => datasource.id);
}
