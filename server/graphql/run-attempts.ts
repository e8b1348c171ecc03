/** A run, attempt by attempt: how each ended, in our words and in the source's, and what came next. */
import type { RunAttemptRow } from "../reading/run-attempts.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import { connectionOf } from "./connection.ts";
import type { Context } from "./context.ts";
import { globalId } from "./node.ts";
import { Failure, Run } from "./run.ts";
import { Upload } from "./uploads.ts";

export interface RunAttemptView extends RunAttemptRow {
  readonly platform: string;
}

const AttemptNextKind = builder.enumType("AttemptNextKind", {
  description: "What came of a failed attempt.",
  values: {
    WAITS: { value: "waits", description: "It waits as long as the source asked." },
    TRIED_AGAIN: { value: "again", description: "It is tried again by itself, and counts against nothing." },
    NEXT_SYNC: { value: "nextSync", description: "That stream is read with the next sync; the others went on." },
    COUNTED: { value: "counted", description: "It is tried again, and counts toward a pause." },
    PAUSED: { value: "paused", description: "It was one too many: the sync is paused until somebody resumes it." },
    ASKS: { value: "asks", description: "It waits for somebody to sign in, or to grant what is missing." },
    HELD: { value: "held", description: "No sign-in cures it: it is looked at again every day." },
    LOOKS_AGAIN: { value: "looksAgain", description: "It is looked at a second time before it is believed gone." },
    SET_ASIDE: { value: "setAside", description: "These days of that stream are given up; the others went on." },
  } as const,
});

const AttemptNext = builder.objectRef<RunAttemptView>("AttemptNext").implement({
  description: "What came of a failed attempt.",
  ...rule("readDatasources"),
  fields: (t) => ({
    kind: t.field({ type: AttemptNextKind, description: "Which.", resolve: ({ next }) => next ?? "again" }),
    message: t.string({ description: "In words.", resolve: nextInWords }),
    until: t.expose("nextAt", {
      type: "DateTime",
      nullable: true,
      description: "When it goes on by itself; null where it does not, or not at a time that is known.",
    }),
  }),
});

function nextInWords({ next, budget, feedId }: RunAttemptView, _args: object, ctx: Context): string {
  const { words } = ctx;
  const family = feedId === null ? "attemptNext" : "pullNext";
  if (budget === null) return words.say(`${family}.${next ?? "again"}`);
  const values = { count: words.count(budget.count), most: words.count(budget.most) };
  return words.say(`${family}.${next ?? "again"}.${budget.rule}`, values);
}

/** As the connector words its code; else by what the class of the failure means. */
function inWords({ platform, ended, code }: RunAttemptView, _args: object, ctx: Context): string {
  const theirs = wordsOfPlatform(platform, ctx.locale);
  if (ended === "well")
    return code !== null && theirs.has(`feed.${code}`) ? theirs.say(`feed.${code}`) : ctx.words.say("runAttempt.well");
  const own = code !== null && theirs.has(`failure.${code}`) ? theirs.say(`failure.${code}`) : null;
  // A sentence that wants a value is for the place that knows the value.
  return own === null || own.includes("{") ? ctx.words.say(`failureClass.${ended}`) : own;
}

const RunAttempt = builder.objectRef<RunAttemptView>("RunAttempt").implement({
  description:
    "An attempt of a run that met trouble, or the one that ended well after that. Of feeds, every pull is one.",
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({
      description: "Tells it from every other; no node.",
      resolve: ({ runId, n }) => `${runId}:${n}`,
    }),
    n: t.exposeInt("n", { description: "Its place among those of its run, counted from the first." }),
    stream: t.exposeString("stream", {
      nullable: true,
      description: "Name of the stream; null where it was the run as a whole.",
    }),
    title: t.string({
      nullable: true,
      description: "The stream's name on screen, or the feed's.",
      resolve: ({ stream, platform, feedName }, _args, ctx) =>
        stream === null ? feedName : wordsOfPlatform(platform, ctx.locale).say(`stream.${stream}`),
    }),
    feed: t.id({
      nullable: true,
      description: "The feed that was pulled; null where it was no pull.",
      resolve: ({ feedId }) => (feedId === null ? null : globalId("CostFeed", feedId)),
    }),
    times: t.exposeInt("times", {
      description:
        "How many pulls in a row went just so: the first began at `startedAt`, the last ended at `finishedAt`.",
    }),
    uploads: t.field({
      type: [Upload],
      ...costing("readDatasources", 5),
      description: "The files that a pull brought, oldest first.",
      resolve: async ({ runId, feedId }, _args, ctx) =>
        feedId === null
          ? []
          : ((await ctx.load.pulledFiles.load(runId)) ?? []).filter((file) => file.feedId === feedId),
    }),
    startedAt: t.expose("startedAt", { type: "DateTime", description: "When it began." }),
    finishedAt: t.expose("finishedAt", { type: "DateTime", description: "When it ended." }),
    message: t.string({ description: "How it ended, in our words.", resolve: inWords }),
    failure: t.field({
      type: Failure,
      nullable: true,
      description: "What the source said, and what can be done; null where it ended well.",
      resolve: ({ ended, said, requestId, finishedAt }) =>
        ended === "well" ? null : { class: ended, said, requestId, at: finishedAt.toISOString() },
    }),
    code: t.exposeString("code", { nullable: true, description: "A stable code of what went wrong." }),
    read: t.expose("read", { type: "BigInt", description: "Records that it had read until then." }),
    next: t.field({
      type: AttemptNext,
      nullable: true,
      description: "What came next; null where it ended well.",
      resolve: (row) => (row.next === null ? null : row),
    }),
  }),
});

export const RunAttemptConnection = connectionOf(RunAttempt, { name: "RunAttempt", permission: "readDatasources" });

builder.objectFields(Run, (t) => ({
  attemptLog: t.field({
    type: [RunAttempt],
    ...costing("readDatasources", 10),
    description:
      "Its attempts that met trouble, and those that ended well after that, and every pull of a feed, first one first: the newest 50. None where nothing happened.",
    resolve: async (run, _args, ctx) => {
      const rows = (await ctx.load.runAttempts.load(run.id)) ?? [];
      const view = rows.length === 0 ? undefined : await ctx.load.datasource.load(run.datasourceId);
      return rows.map((row) => ({ ...row, platform: view?.row.platform ?? "" }));
    },
  }),
  attemptsForgotten: t.int({
    description: "How many attempts before those of `attemptLog` were written down and are not kept any more.",
    resolve: async (run, _args, ctx) => {
      if (run.noted === 0) return 0;
      return run.noted - ((await ctx.load.runAttempts.load(run.id))?.length ?? 0);
    },
  }),
}));
