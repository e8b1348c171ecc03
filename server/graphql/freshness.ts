/** How fresh a datasource is, against its own rhythm, and what slows it: the words of the product's promise. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { hasRhythm, platformEntry } from "../reading/catalog.ts";
import { isLateSince, nextRunOf, standsStill } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { normalInterval } from "../reading/rhythm.ts";
import { reason } from "../words/reasons.ts";
import type { ReasonView } from "../words/reasons.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { organisationNow } from "./organisation.ts";
import { quietReason } from "./quiet-reason.ts";
import { nameOf, Reason } from "./reason.ts";
import { streamsOf, throughOf } from "./stream.ts";
import type { StreamView } from "./stream.ts";

interface FreshnessView {
  readonly view: DatasourceView;
  readonly normalMs: number;
  readonly streams: readonly StreamView[];
}

const ageOf = ({ view }: FreshnessView, now: Date): number | null =>
  view.row.lastSuccessAt === null ? null : now.getTime() - view.row.lastSuccessAt.getTime();

/** Twice what is normal for this one, not a fixed hour. What nobody lets run is not late: it is stopped, or has quiet hours. */
const isLate = (fresh: FreshnessView, now: Date): boolean => {
  const { view, normalMs } = fresh;
  const last = view.row.lastSuccessAt;
  return (
    last !== null &&
    hasRhythm(view.row.platform) &&
    !standsStill(view) &&
    isLateSince(view, last, { now, intervalMs: normalMs })
  );
};

/** A few hours are lost in the night that a day is held against the source after. */
const LAG_TOLD_HOURS = 12;

interface Wait {
  readonly because: string;
  readonly until: Date;
}

/** What its sync waits for, or else what the reading of its history does: a source that has answered since is not waited for. */
function waitOf({ view: { row }, streams }: FreshnessView, downSince: Date | null, now: Date): Wait | null {
  const { throttledUntil, throttleReason } = row;
  const ofSync =
    throttledUntil === null ? [] : [{ because: throttleReason?.code ?? "rateLimit", until: throttledUntil }];
  const ofHistory = streams.flatMap(({ progress }) => waitIn(progress?.waitingFor ?? null));
  const waits = [
    ...ofSync,
    ...(downSince === null ? ofHistory.filter(({ because }) => because !== "providerDown") : ofHistory),
  ];
  return waits.find(({ because, until }) => until > now && because !== "waitingForReport") ?? null;
}

/** As the work on a slice left it. */
function waitIn(stored: Readonly<Record<string, unknown>> | null): Wait[] {
  const { kind, because, until, retryAt } = stored ?? {};
  if (kind === "throttled" && typeof because === "string" && typeof until === "string")
    return [{ because, until: new Date(until) }];
  return kind === "providerDown" && typeof retryAt === "string" ? [{ because: kind, until: new Date(retryAt) }] : [];
}

/** The source does not answer: since when, and until when it is left alone. */
async function downReason(
  view: DatasourceView,
  { wait, since }: { readonly wait: Wait | null; readonly since: Date | null },
  ctx: Context,
): Promise<ReasonView | null> {
  if (wait === null ? since === null || view.status.dataSync === "INACTIVE" : wait.because !== "providerDown")
    return null;
  const source = platformEntry(view.row.platform)?.name ?? view.row.platform;
  const { zone } = await organisationNow(ctx);
  const worded = reason(ctx.words, "freshness", "sourceDown", {
    values: { source },
    since,
    until: wait?.until ?? null,
  });
  if (since === null) return worded;
  return {
    ...worded,
    message: ctx.words.say("freshness.sourceDown.since", { source, when: ctx.words.when(since, zone) }),
  };
}

async function slowedBy(fresh: FreshnessView, ctx: Context): Promise<ReasonView[]> {
  const { view } = fresh;
  const { row, status } = view;
  const source = platformEntry(row.platform)?.name ?? row.platform;
  const found: ReasonView[] = [];
  const say = (code: string, parts: Parameters<typeof reason>[3] = {}): void =>
    void found.push(reason(ctx.words, "freshness", code, { ...parts, values: { source, ...parts.values } }));
  if (status.dataSync === "FETCHING_HISTORICAL_DATA") say("backfill");
  const since = (await ctx.load.outage.load(row.id)) ?? null;
  const wait = waitOf(fresh, since, ctx.now);
  const down = await downReason(view, { wait, since }, ctx);
  if (down !== null) found.push(down);
  const quiet = await quietReason(view, ctx);
  if (quiet !== null && status.dataSync !== "INACTIVE") found.push(quiet);
  const { quotaCeiling: percent, quotaCeilingBy: by, quotaCeilingSince } = row;
  if (percent !== null && status.dataSync !== "INACTIVE")
    say("ceiling", {
      values: { percent, by: await nameOf(by, ctx) },
      by,
      since: quotaCeilingSince,
      until: wait?.because === "ceiling" ? wait.until : null,
    });
  if (wait !== null && wait.because !== "ceiling" && wait.because !== "providerDown")
    say("rateLimit", { until: wait.until });
  const entry = platformEntry(row.platform);
  const settles = connectorFor(row.platform)?.reconcile?.settledAfterHours ?? 0;
  if (settles >= LAG_TOLD_HOURS) say("sourceLag", { values: { hours: settles } });
  if ((entry?.restatedDays ?? 0) > 0) say("restated", { values: { days: entry?.restatedDays ?? 0 } });
  if (status.dataSync === "INACTIVE")
    say(status.dataSyncReason?.code === "credentialsDoNotWork" ? "accessLost" : "stopped");
  return found;
}

const StreamFreshness = builder.objectRef<StreamView>("StreamFreshness").implement({
  description: "How far one stream is complete.",
  ...rule("readDatasources"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Its name in addresses and filters." }),
    title: t.string({
      description: "Its name on screen.",
      resolve: ({ view, name }, _args, ctx) => wordsOfPlatform(view.row.platform, ctx.locale).say(`stream.${name}`),
    }),
    completeThrough: t.field({
      type: "DateTime",
      nullable: true,
      description: "Everything before this instant is in; null before its newest days are.",
      resolve: throughOf,
    }),
  }),
});

const Freshness = builder.objectRef<FreshnessView>("Freshness").implement({
  description: "How fresh a datasource is, against its own rhythm.",
  ...rule("readDatasources"),
  fields: (t) => ({
    lastSuccessAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it was last gone through whole.",
      resolve: ({ view }) => view.row.lastSuccessAt,
    }),
    cadenceSeconds: t.int({
      description: "Distance between two syncs, as it is set.",
      resolve: ({ view }) => Math.round(view.row.cadenceMs / 1000),
    }),
    nextRunAt: t.field({
      type: "DateTime",
      nullable: true,
      description: "When it is next gone through; null where nothing is due.",
      resolve: ({ view }) => nextRunOf(view),
    }),
    normalSeconds: t.int({
      description:
        "What has been normal between two syncs that ended well, as its last runs say; its cadence until then.",
      resolve: ({ normalMs }) => Math.round(normalMs / 1000),
    }),
    ageSeconds: t.int({
      nullable: true,
      description: "Seconds since it was last gone through whole.",
      resolve: (fresh, _args, ctx) => {
        const age = ageOf(fresh, ctx.now);
        return age === null ? null : Math.max(0, Math.round(age / 1000));
      },
    }),
    isLate: t.boolean({
      description: "Older than twice what is normal for it, though it should be running; quiet hours are not counted.",
      resolve: (fresh, _args, ctx) => isLate(fresh, ctx.now),
    }),
    slowedBy: t.field({
      type: [Reason],
      description:
        "What makes it slower than it could be: history, limits, a ceiling, quiet hours, the source's own lag.",
      resolve: (fresh, _args, ctx) => slowedBy(fresh, ctx),
    }),
    streams: t.field({
      type: [StreamFreshness],
      ...costing("readDatasources", 10),
      description: "How far each stream is complete.",
      resolve: ({ streams }) => [...streams],
    }),
  }),
});

builder.objectField(Datasource, "freshness", (t) =>
  t.field({
    type: Freshness,
    description: "How fresh it is, and what slows it.",
    resolve: async (view, _args, ctx) => ({
      view,
      normalMs: normalInterval((await ctx.load.recentRuns.load(view.row.id)) ?? [], view.row.cadenceMs),
      streams: await streamsOf(view, ctx),
    }),
  }),
);
