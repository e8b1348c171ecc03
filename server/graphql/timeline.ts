/** The timeline of a datasource: people, system and source in one list. */
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import { readTimelineEntry } from "../reading/timeline.ts";
import type { TimelineRow } from "../reading/timeline.ts";
import { platformEntry } from "../reading/catalog.ts";
import { storedReasonInWords, uploadOutcomeInWords } from "../words/reasons.ts";
import { noticesInWords } from "../words/notices.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { toldByConsent } from "./attempt.ts";
import { builder, rule } from "./builder.ts";
import { connectionOf } from "./connection.ts";
import type { Context } from "./context.ts";
import { isObject } from "./json-fields.ts";
import { globalId, isRunId, Node, nodeSource } from "./node.ts";
import { organisationNow } from "./organisation.ts";
import { Actor, nameOf } from "./reason.ts";
import { Run } from "./run.ts";

/** What changed, as values that a sentence can hold; codes and ids alone were ever written down. */
const valuesOf = ({ after }: TimelineRow, ctx: Context, zone: string): Record<string, string> =>
  !isObject(after)
    ? {}
    : Object.fromEntries(
        Object.entries(after).flatMap(([key, value]) => {
          if (key === "cadenceSeconds" && typeof value === "number") return [["cadence", spanOf(value, ctx)] as const];
          if (typeof value === "number") return [[key, ctx.words.count(value)] as const];
          if (typeof value !== "string") return [];
          if (key === "day") return [[key, ctx.words.day(value)] as const];
          return [[key, isInstant(value) ? ctx.words.moment(new Date(value), zone) : value] as const];
        }),
      );

const HOUR = 3600;
const spanOf = (seconds: number, { words }: Context): string =>
  seconds % HOUR === 0
    ? words.say("span.hours", { count: words.count(seconds / HOUR) })
    : words.say("span.minutes", { count: words.count(Math.round(seconds / 60)) });

/** As rows hold it; what somebody typed may begin as one. */
const INSTANT = /^\d{4}-\d\d-\d\dT\d\d:\d\d[\d:.]*(?:Z|[+-]\d\d:\d\d)$/u;
const isInstant = (text: string): boolean => INSTANT.test(text) && !Number.isNaN(Date.parse(text));

/** The values that a verb is worded by, where it has words for each of them. */
const TELLING = ["phase", "auth", "outcome", "reason", "kind", "asked"];

/** Of what the source had told nothing is left. */
const saysNoMore = ({ after }: TimelineRow): boolean =>
  isObject(after) && Array.isArray(after["notices"]) && after["notices"].length === 0;

interface Named {
  readonly zone: string;
  readonly source: string;
}

/** Why it came to nothing, where the entry says by which code: a file, or a consent. */
function whyOf({ verb, after, at, platform }: TimelineRow, ctx: Context, { zone, source }: Named): string | null {
  if (!isObject(after)) return null;
  const own = wordsOfPlatform(platform, ctx.locale);
  if (verb.startsWith("upload.")) return uploadOutcomeInWords(ctx.words, own, after)?.message ?? null;
  if (verb !== "datasource.consentRefused") return null;
  const { problem } = after;
  if (isObject(problem)) return toldByConsent(problem, own, source)?.message ?? null;
  const when = ctx.words.when(at, zone);
  return storedReasonInWords(ctx.words, "connection", after, { values: { source, when } })?.message ?? null;
}

async function messageOf(row: TimelineRow, ctx: Context): Promise<string> {
  const { zone } = await organisationNow(ctx);
  const source = platformEntry(row.platform)?.name ?? row.platform;
  const values = valuesOf(row, ctx, zone);
  const why = whyOf(row, ctx, { zone, source });
  const keys = [
    ...(saysNoMore(row) ? [`${row.verb}.over`] : []),
    ...(values["note"] === undefined ? [] : [`${row.verb}.noted`]),
    ...TELLING.flatMap((name) => {
      const told = values[name] === undefined ? null : `${row.verb}.${values[name]}`;
      return told === null ? [] : [`${told}.${row.actor.kind}`, told];
    }),
    row.verb,
  ];
  const words = wordsOfPlatform(row.platform, ctx.locale);
  const key =
    keys
      .flatMap((one) => (why === null ? [one] : [`${one}.why`, one]))
      .map((one) => `timeline.${one}`)
      .find((one) => words.has(one)) ?? "timeline.other";
  const file = values["file"] ?? ctx.words.say("timeline.aFile");
  const notices = noticesInWords(row.after, row.platform, source, ctx.locale).map(({ message }) => message);
  const by = await nameOf(row.actor, ctx);
  return words.say(key, { ...values, by, source, file, why, notices: notices.join(" "), verb: row.verb });
}

const TimelineEntry = builder.objectRef<TimelineRow>("TimelineEntry").implement({
  description: "One thing that a person, the system or the source did.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({
      description: "Opaque id.",
      resolve: (row) => globalId("TimelineEntry", `${row.datasourceId}:${row.key}`),
    }),
    at: t.expose("at", { type: "DateTime", description: "When." }),
    actor: t.field({ type: Actor, description: "Who.", resolve: (row) => row.actor }),
    verb: t.exposeString("verb", { description: 'Stable verb: "datasource.pause".' }),
    message: t.string({ description: "What, in words.", resolve: (row, _args, ctx) => messageOf(row, ctx) }),
    run: t.field({
      type: Run,
      nullable: true,
      description: "The run it speaks of.",
      resolve: async (row, _args, ctx) => (row.runId === null ? null : ((await ctx.load.run.load(row.runId)) ?? null)),
    }),
  }),
});

export const TimelineEntryConnection = connectionOf(TimelineEntry, {
  name: "TimelineEntry",
  permission: "readDatasources",
});

/** Entries are counted by organisation, so one is known by its datasource and its place there. */
function placeIn(id: string): { datasource: string; key: string } | null {
  const [datasource = "", kind = "", ...rest] = id.split(":");
  const place = rest.join(":");
  const isPlace = kind === "a" ? /^\d{12}$/.test(place) : kind === "n" ? isUuid(place) : kind === "r" && isRunId(place);
  return isUuid(datasource) && isPlace ? { datasource, key: `${kind}:${place}` } : null;
}

nodeSource({
  typename: "TimelineEntry",
  permission: "readDatasources",
  isId: (id) => placeIn(id) !== null,
  load: async (id, ctx) => {
    const place = placeIn(id);
    const view = place === null ? undefined : await ctx.load.datasource.load(datasourceId(place.datasource));
    return place === null || view === undefined ? null : readTimelineEntry(ctx.db, view.row, place.key);
  },
});
