/** The subscriptions: by screen, a snapshot first, then changes. The groups of `server/live` run these once per event. */
import type { DatasourceId } from "@headwater/db/schema/ids.ts";
import type { DatasourceFilter as Filter, DatasourceView } from "../reading/datasources.ts";
import { builder, costing, rule } from "./builder.ts";
import { DatasourceFilter } from "./datasource-queries.ts";
import { Datasource } from "./datasource-ref.ts";
import { healthNow, SystemHealth } from "./health.ts";
import { globalId, idIn } from "./node.ts";
import { Organisation, organisationNow } from "./organisation.ts";

interface Event {
  readonly revision: number;
  readonly views: readonly DatasourceView[];
}
export interface SnapshotEvent extends Event {
  readonly kind: "Snapshot";
}
export interface ChangesEvent extends Event {
  readonly kind: "Changes";
  readonly removed: readonly DatasourceId[];
}
export type FeedEvent = SnapshotEvent | ChangesEvent;

const Snapshot = builder.objectRef<SnapshotEvent>("Snapshot").implement({
  description: "Everything as it stands. Takes the place of all that came before.",
  ...rule("readDatasources"),
  fields: (t) => ({
    datasources: t.field({
      type: [Datasource],
      ...costing("readDatasources", 10),
      description: "All that match, by category, then name.",
      resolve: ({ views }) => [...views],
    }),
  }),
});

const Changes = builder.objectRef<ChangesEvent>("Changes").implement({
  description: "What changed since the revision before.",
  ...rule("readDatasources"),
  fields: (t) => ({
    changed: t.field({
      type: [Datasource],
      ...costing("readDatasources", 10),
      description: "As they now stand; new ones included.",
      resolve: ({ views }) => [...views],
    }),
    removed: t.idList({
      description: "Ids of datasources that are gone or no longer match the filter.",
      resolve: ({ removed }) => removed.map((id) => globalId("Datasource", id)),
    }),
  }),
});

for (const event of [Snapshot, Changes])
  builder.objectFields(event, (t) => ({
    revision: t.int({
      description: "Counts up by one; a gap means: subscribe again.",
      resolve: ({ revision }) => revision,
    }),
    organisation: t.field({
      type: Organisation,
      description: "With its meter.",
      resolve: (_event, _args, ctx) => organisationNow(ctx),
    }),
    systemHealth: t.field({
      type: SystemHealth,
      description: "Whether Headwater itself is at work.",
      resolve: (_event, _args, ctx) => healthNow(ctx),
    }),
  }));

const DatasourceFeed = builder.unionType("DatasourceFeed", {
  description: "What a subscription yields: a Snapshot first, then Changes.",
  types: [Snapshot, Changes],
  resolveType: (event) => event.kind,
});

const isFeedEvent = (value: unknown): value is FeedEvent =>
  typeof value === "object" && value !== null && "kind" in value && "revision" in value && "views" in value;

/** Given by the group that runs it. Nothing else can run a subscription here. */
function eventIn(root: unknown): FeedEvent {
  if (isFeedEvent(root)) return root;
  throw new Error("a subscription ran outside of its group");
}

/** Executors ask for it before the first event; groups never do. */
const never = (): AsyncIterable<never> => ({
  [Symbol.asyncIterator]: () => ({ next: () => Promise.resolve({ done: true as const, value: undefined }) }),
});

builder.subscriptionType({ description: "Live reading, by screen.", ...rule("readDatasources") });

builder.subscriptionField("datasources", (t) =>
  t.field({
    type: DatasourceFeed,
    description: "Every datasource of the organisation: a Snapshot first, then Changes, at most four a second.",
    ...rule("readDatasources"),
    args: { filter: t.arg({ type: DatasourceFilter, description: "Narrows the list." }) },
    subscribe: never,
    resolve: (root) => eventIn(root),
  }),
);
builder.subscriptionField("datasource", (t) =>
  t.field({
    type: DatasourceFeed,
    description: "One datasource: a Snapshot first (empty when it is not there), then Changes, at most four a second.",
    ...rule("readDatasources"),
    args: { id: t.arg.id({ required: true, description: "Its global id." }) },
    subscribe: never,
    resolve: (root) => eventIn(root),
  }),
);

/** Which datasources a subscription watches; the group asks this, not the resolver. */
export type Watched =
  | { readonly kind: "all"; readonly filter: Filter | null }
  | { readonly kind: "one"; readonly id: DatasourceId | null };

export function watchedOne(id: string, read: (text: string) => DatasourceId): Watched {
  const raw = idIn("Datasource", id);
  return { kind: "one", id: raw === null ? null : read(raw) };
}
