/** A run, stream by stream. */
import type { RunStreamRow } from "../reading/run-streams.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, costing, rule } from "./builder.ts";
import { Failure, Run, RunCounts } from "./run.ts";

interface RunStreamView extends RunStreamRow {
  readonly platform: string;
}

const RunStreamState = builder.enumType("RunStreamState", {
  description: "How far a run is in a stream.",
  values: ["QUEUED", "RUNNING", "DONE", "FAILED"] as const,
});

function stateOf({ slices, done, failed, running }: RunStreamRow) {
  if (done === slices) return "DONE" as const;
  if (running > 0) return "RUNNING" as const;
  if (failed > 0 && done + failed === slices) return "FAILED" as const;
  return done + failed > 0 ? ("RUNNING" as const) : ("QUEUED" as const);
}

const RunStreamOutcome = builder.objectRef<RunStreamView>("RunStreamOutcome").implement({
  description: "What a run did in one stream: read = merged + unchanged + deduplicated + rejected.",
  ...rule("readDatasources"),
  fields: (t) => ({
    stream: t.exposeString("stream", { description: "Name of the stream." }),
    title: t.string({
      description: "Its name on screen.",
      resolve: ({ stream, platform }, _args, ctx) => wordsOfPlatform(platform, ctx.locale).say(`stream.${stream}`),
    }),
    state: t.field({ type: RunStreamState, description: "How far it is.", resolve: stateOf }),
    slices: t.exposeInt("slices", { description: "Pieces that the run cut it into." }),
    slicesDone: t.exposeInt("done", { description: "Of those, whole." }),
    slicesFailed: t.exposeInt("failed", { description: "Of those, given up." }),
    attempts: t.exposeInt("attempts", { description: "Attempts at its slices, together." }),
    failure: t.expose("failure", {
      type: Failure,
      nullable: true,
      description: "Why its last slice that failed did; null where none did.",
    }),
  }),
});

/** A run as a whole and each of its streams are counted alike. */
for (const ref of [RunCounts, RunStreamOutcome])
  builder.objectFields(ref, (t) => ({
    read: t.field({ type: "BigInt", description: "Records that the source gave.", resolve: (row) => row.read }),
    merged: t.field({ type: "BigInt", description: "New or newer: taken in.", resolve: (row) => row.merged }),
    unchanged: t.field({
      type: "BigInt",
      description: "Held already in that version.",
      resolve: (row) => row.unchanged,
    }),
    deduplicated: t.field({
      type: "BigInt",
      description: "Given more than once in one batch.",
      resolve: (row) => row.deduplicated,
    }),
    rejected: t.field({
      type: "BigInt",
      description: "Could not be mapped; kept aside with the reason.",
      resolve: (row) => row.rejected,
    }),
    written: t.field({
      type: "BigInt",
      description: "Rows written, children included.",
      resolve: (row) => row.written,
    }),
    announced: t.field({
      type: "BigInt",
      nullable: true,
      description: "How many the source said it would give; null where it does not say.",
      resolve: (row) => row.announced,
    }),
  }));

builder.objectField(Run, "streams", (t) =>
  t.field({
    type: [RunStreamOutcome],
    ...costing("readDatasources", 10),
    description: "What it did, stream by stream. A run without slices of its own has none.",
    resolve: async (run, _args, ctx) => {
      const rows = (await ctx.load.runStreams.load(run.id)) ?? [];
      const view = rows.length === 0 ? undefined : await ctx.load.datasource.load(run.datasourceId);
      return rows.map((row) => ({ ...row, platform: view?.row.platform ?? "" }));
    },
  }),
);
