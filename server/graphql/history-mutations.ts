/** A history's order and reach, and one datasource in the place of another: what can be asked, and what it would mean. */
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { BUDGET } from "@headwater/workflows/lifecycle/budget.ts";
import { FAILURE_RULES } from "@headwater/workflows/lifecycle/facts.ts";
import type { FailureRule, Hold } from "@headwater/workflows/lifecycle/facts.ts";
import { mayBeReadToSwitch } from "@headwater/workflows/lifecycle/phases.ts";
import { bringForward, earliestPossible, extendHistory } from "../datasources/history.ts";
import type { WantedDays } from "../datasources/history.ts";
import { replace, replacementOf, setSwitchDay } from "../datasources/replace.ts";
import type { Replacing } from "../datasources/replace.ts";
import { switchedAt } from "../reading/counting.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { etaOf, etaOfDays } from "../reading/eta.ts";
import type { ForwardEta } from "../reading/eta.ts";
import { dataSyncReasonInWords } from "../words/reasons.ts";
import { ConnectAttempt } from "./attempt.ts";
import { builder, rule } from "./builder.ts";
import { ConnectFieldInput } from "./connect-field.ts";
import type { Context } from "./context.ts";
import { ReturnTo, targetOf } from "./datasource-mutations.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key, ofDatasource, successOf } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { AlreadyConnected, PlatformUnavailable, PrerequisiteMissing } from "../words/problems.ts";
import { Reason } from "./reason.ts";
import { settingOf } from "./reason-setting.ts";
import { Command } from "./run.ts";
import { Backfill, historyUnderWay, isUnderWay, rangeInWords } from "./backfill.ts";

const BringForwardInput = builder.inputType("BringForwardInput", {
  description: "Days of the history that are wanted first.",
  fields: (t) => ({
    datasource: t.id(ofDatasource),
    from: t.field({ type: "Date", required: true, description: "First day." }),
    to: t.field({ type: "Date", required: true, description: "Last day, counted." }),
    stream: t.string({ description: "Of one stream alone; every stream where it is left out." }),
    idempotencyKey: t.string(key),
  }),
});
commandField({
  name: "bringForward",
  type: "BringForward",
  does: "Reads some days of the history before the others.",
  permission: "syncNow",
  input: BringForwardInput,
  success: successOf("BringForward"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: (typeof BringForwardInput)["$inferInput"]) => bringForward(ctx, targetOf(input), input),
});

const ExtendHistoryInput = builder.inputType("ExtendHistoryInput", {
  description: "How far back the history is to reach.",
  fields: (t) => ({
    datasource: t.id(ofDatasource),
    from: t.field({ type: "Date", required: true, description: "The new first day." }),
    idempotencyKey: t.string(key),
  }),
});
commandField({
  name: "extendHistory",
  type: "ExtendHistory",
  does: "Reads history further back; what is in stays, and goes on being synced.",
  permission: "manageDatasources",
  input: ExtendHistoryInput,
  success: successOf("ExtendHistory"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: (typeof ExtendHistoryInput)["$inferInput"]) => extendHistory(ctx, targetOf(input), input.from),
});

const ReplaceDatasourceInput = builder.inputType("ReplaceDatasourceInput", {
  description: "What takes its place.",
  fields: (t) => ({
    datasource: t.id(ofDatasource),
    platform: t.string({ required: true, description: "Platform of the new one; may be the same." }),
    fields: t.field({
      type: [ConnectFieldInput],
      required: true,
      description: "Values of its connectFields, by name.",
    }),
    returnTo: t.field({ type: ReturnTo, description: "Where the small page leads after consent." }),
    idempotencyKey: t.string(key),
  }),
});
const ReplaceDatasourceSuccess = builder.objectRef<Replacing>("ReplaceDatasourceSuccess").implement({
  description: "The old one goes on until the new one is proven; then the slot moves to it.",
  ...rule("readDatasources"),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, description: "The new one.", resolve: ({ view }) => view }),
    replaced: t.field({ type: Datasource, description: "The old one.", resolve: ({ replaced }) => replaced }),
    command: t.field({ type: Command, description: "What was asked.", resolve: ({ command }) => command }),
    attempt: t.field({
      type: ConnectAttempt,
      description: "The trip to the consent screen.",
      resolve: ({ attempt }) => attempt,
    }),
    authorizeUrl: t.exposeString("authorizeUrl", {
      nullable: true,
      description: "Where the person consents: for this browser alone, once, for ten minutes.",
    }),
  }),
});
commandField({
  name: "replaceDatasource",
  type: "ReplaceDatasource",
  does: "Connects another account or platform in the place of this one; its slot is borrowed meanwhile.",
  permission: "consent",
  input: ReplaceDatasourceInput,
  success: ReplaceDatasourceSuccess,
  problems: [...COMMAND_PROBLEMS, PlatformUnavailable, PrerequisiteMissing, AlreadyConnected],
  work: (ctx, input: (typeof ReplaceDatasourceInput)["$inferInput"]) => replace(ctx, targetOf(input), input),
});

const SetSwitchDayInput = builder.inputType("SetSwitchDayInput", {
  description: "The day from which the new one counts.",
  fields: (t) => ({
    datasource: t.id({ required: true, description: "The new one." }),
    day: t.field({
      type: "Date",
      required: true,
      description: "Days before it count from the account that it replaced.",
    }),
    idempotencyKey: t.string(key),
  }),
});
const SetSwitchDaySuccess = builder.objectRef<{ view: DatasourceView }>("SetSwitchDaySuccess").implement({
  description: "Numbers are counted by the new day from now on.",
  ...rule("readDatasources"),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
  }),
});
commandField({
  name: "setSwitchDay",
  type: "SetSwitchDay",
  does: "Puts right on which day a replacement began to count.",
  permission: "manageDatasources",
  input: SetSwitchDayInput,
  success: SetSwitchDaySuccess,
  problems: COMMAND_PROBLEMS,
  work: async (ctx, input: (typeof SetSwitchDayInput)["$inferInput"]) => ({
    view: await setSwitchDay(ctx, targetOf(input), input.day),
  }),
});

const ForwardRehearsal = builder.objectRef<ForwardEta>("ForwardRehearsal").implement({
  description: "What it would mean to read some days before the others.",
  ...rule("readDatasources"),
  fields: (t) => ({
    readyMinSeconds: t.exposeInt("minSeconds", { description: "They would be in at the earliest, seconds from now." }),
    readyMaxSeconds: t.exposeInt("maxSeconds", { description: "They would be in at the latest, seconds from now." }),
    laterSeconds: t.exposeInt("laterSeconds", {
      description: "By so much, at most, what was to come first comes later.",
    }),
    message: t.string({
      description: "The same in words.",
      resolve: (eta, _args, ctx) => ctx.words.say("forward.ready", { left: rangeInWords(eta, ctx) }),
    }),
  }),
});

async function rehearse(view: DatasourceView, wanted: WantedDays, ctx: Context): Promise<ForwardEta | null> {
  if (!isUnderWay(view)) return null;
  const { pieces, elapsed, share } = await historyUnderWay(view, ctx);
  const { carriedBy } = connectorFor(view.row.platform)?.streams.find(({ name }) => name === wanted.stream) ?? {};
  const stream = carriedBy ?? wanted.stream;
  return etaOfDays(pieces, { ...wanted, stream }, etaOf(share, null, elapsed));
}

const isPause = (hold: Hold): hold is Hold & { rule: FailureRule } =>
  hold.reason === "repeatedFailures" && hold.rule !== undefined;

interface PauseView {
  readonly view: DatasourceView;
  readonly hold: Hold & { rule: FailureRule };
}
const FailureCounter = builder
  .objectRef<{ name: FailureRule; count: number; limit: number }>("FailureCounter")
  .implement({
    description: "One thing that is counted, and where its rule fires.",
    ...rule("readDatasources"),
    fields: (t) => ({
      name: t.exposeString("name", { description: "inARow, inAll or withProgress." }),
      count: t.exposeInt("count", { description: "Counted by then." }),
      limit: t.exposeInt("limit", { description: "The rule fires here." }),
    }),
  });
const PlatformPause = builder.objectRef<PauseView>("PlatformPause").implement({
  description: "Headwater paused the sync itself, after repeated failures; the data is kept.",
  ...rule("readDatasources"),
  fields: (t) => ({
    reason: t.field({
      type: Reason,
      description: "What happened, what it means, what to do.",
      resolve: async ({ view, hold: { reason, scope, since, until, said } }, _args, ctx) =>
        dataSyncReasonInWords(
          { code: "held", hold: reason, scope, since, until, by: null, said: said ?? null },
          await settingOf(view, ctx),
        ),
    }),
    rule: t.string({
      description: "The rule that fired, in words.",
      resolve: ({ hold }, _args, ctx) =>
        ctx.words.say(`pauseRule.${hold.rule}`, { count: ctx.words.count(BUDGET[hold.rule]) }),
    }),
    counters: t.field({
      type: [FailureCounter],
      description: "What had been counted.",
      resolve: ({ hold }) =>
        FAILURE_RULES.map((name) => ({ name, count: hold.counters?.[name] ?? 0, limit: BUDGET[name] })),
    }),
    since: t.field({ type: "DateTime", description: "Since when.", resolve: ({ hold }) => new Date(hold.since) }),
    until: t.field({
      type: "DateTime",
      nullable: true,
      description: "Null: until somebody resumes.",
      resolve: ({ hold }) => (hold.until === null ? null : new Date(hold.until)),
    }),
  }),
});

builder.objectFields(Datasource, (t) => ({
  forwardRehearsal: t.field({
    type: ForwardRehearsal,
    nullable: true,
    description: "Null where nothing of these days is left to read, or nothing can be said yet.",
    args: {
      from: t.arg({ type: "Date", required: true, description: "First day." }),
      to: t.arg({ type: "Date", required: true, description: "Last day, counted." }),
      stream: t.arg.string({ description: "Of one stream alone." }),
    },
    resolve: rehearse,
  }),
  replaces: t.field({
    type: Datasource,
    nullable: true,
    description: "The one whose slot it borrows until it is proven, and whose place it then has.",
    resolve: async ({ row }, _args, ctx) =>
      row.replaces === null ? null : ((await ctx.load.datasource.load(row.replaces)) ?? null),
  }),
  replacedBy: t.field({
    type: Datasource,
    nullable: true,
    description: "The one that took its place, or is on its way to.",
    resolve: (view, _args, ctx) => replacementOf(ctx, view),
  }),
  countsFrom: t.field({
    type: "Date",
    nullable: true,
    description: "Days before this one count from the account that it replaced.",
    resolve: ({ row }) => row.countsFrom,
  }),
  countsUntil: t.field({
    type: "Date",
    nullable: true,
    description: "Days from this one on count from the account that replaced it.",
    resolve: ({ row }) => row.countsUntil,
  }),
  replacedAt: t.field({
    type: "DateTime",
    nullable: true,
    description:
      "When another took its place. It is complete through this instant if it was read up to it; without disconnectedAt, that is under way.",
    resolve: ({ row }) => switchedAt(row),
  }),
  readsToSwitch: t.boolean({
    description: "Replaced now, it would be read once more, up to that moment, before it is disconnected.",
    resolve: ({ facts, row }, _args, ctx) =>
      row.replacedAt === null && row.disconnectedAt === null && mayBeReadToSwitch(facts, ctx.now.getTime()),
  }),
  pausedByPlatform: t.field({
    type: PlatformPause,
    nullable: true,
    description: "Null unless Headwater paused it itself.",
    resolve: (view) => {
      const hold = view.facts.holds.find(isPause);
      return hold === undefined ? null : { view, hold };
    },
  }),
}));

builder.objectField(Backfill, "earliestPossible", (t) =>
  t.field({
    type: "Date",
    nullable: true,
    description:
      "How far back history can reach: by the grant or by the platform; null: to the account's own beginning.",
    resolve: (view, _args, ctx) => earliestPossible(view, ctx.now),
  }),
);

interface ForwardDays {
  readonly from: string;
  readonly to: string;
  readonly stream: string | null;
  readonly askedAt: Date;
}
const ForwardDays = builder.objectRef<ForwardDays>("ForwardDays").implement({
  description: "Days of the history that are read before the others.",
  ...rule("readDatasources"),
  fields: (t) => ({
    from: t.expose("from", { type: "Date", description: "First day." }),
    to: t.expose("to", { type: "Date", description: "Last day, counted." }),
    stream: t.exposeString("stream", { nullable: true, description: "Of one stream alone." }),
    askedAt: t.expose("askedAt", { type: "DateTime", description: "When somebody asked for it." }),
  }),
});

const textOf = (value: unknown): string | null => (typeof value === "string" ? value : null);

builder.objectField(Backfill, "broughtForward", (t) =>
  t.field({
    type: [ForwardDays],
    description: "What was wanted before the rest of it, newest wish first; empty once it does not run any more.",
    resolve: async (view, _args, ctx) => {
      if (view.row.backfill !== "running") return [];
      const given = (await ctx.load.forward.load(view.row.id)) ?? [];
      return given.flatMap(({ args, createdAt }) => {
        const [from, to] = [textOf(args["from"]), textOf(args["to"])];
        return from === null || to === null ? [] : [{ from, to, stream: textOf(args["stream"]), askedAt: createdAt }];
      });
    },
  }),
);
