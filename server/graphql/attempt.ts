/** A trip to a consent screen as a person sees it: where it is now, and what went wrong. Never its state or its keys. */
import { connectAttemptId, isUuid } from "@headwater/db/schema/ids.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import { authReason } from "@headwater/workflows/lifecycle/rows.ts";
import type { AttemptRow } from "../reading/commands.ts";
import { knownPlatform, platformEntry } from "../reading/catalog.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { connectionReasonInWords, reason, remedy, storedReasonInWords } from "../words/reasons.ts";
import { oauthOf } from "../oauth/oauth-of.ts";
import { typedOf } from "../oauth/start.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import type { ReasonView } from "../words/reasons.ts";
import type { Words } from "../words/words.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { isObject } from "./json-fields.ts";
import { globalId, idIn, Node, nodeSource } from "./node.ts";
import { Platform } from "./platform.ts";
import { Reason } from "./reason.ts";
import { settingOf } from "./reason-setting.ts";

const STATES = [
  "WAITING_FOR_CONSENT",
  "RETURNED",
  "CHOOSING_ACCOUNT",
  "VERIFYING",
  "CONNECTED",
  "REFUSED",
  "CANCELLED",
  "EXPIRED",
  "FAILED",
] as const;
export type AttemptState = (typeof STATES)[number];

const ConnectAttemptState = builder.enumType("ConnectAttemptState", {
  description: "Where an attempt is.",
  values: STATES,
});
const ConnectPurpose = builder.enumType("ConnectPurpose", {
  description: "What the consent is asked for.",
  values: {
    CONNECT: { value: "connect" },
    REAUTHORIZE: { value: "reauthorize" },
    REPLACE: { value: "replace" },
  } as const,
});

const outcomeOf = (row: AttemptRow): string | null => {
  const kind = row.outcome?.["kind"];
  return typeof kind === "string" ? kind : null;
};

/** The same connecting was finished in another window: this one goes on with what stands, whatever became of its own trip. */
function isConnectedMeanwhile(row: AttemptRow, view: DatasourceView | undefined): boolean {
  if (row.purpose !== "connect" || view?.facts.auth !== "ok" || view.row.connectedAt === null) return false;
  const problem = row.outcome?.["problem"];
  const isLate = isObject(problem) && problem["code"] === "late";
  return (row.consumedAt === null || isLate) && view.row.connectedAt > row.createdAt;
}

/** From the attempt's own row and the facts of its datasource: nothing here is stored twice. */
function stateOfAttempt(row: AttemptRow, view: DatasourceView | undefined, now: Date): AttemptState {
  const outcome = outcomeOf(row);
  if (isConnectedMeanwhile(row, view)) return "CONNECTED";
  if (outcome === "declined") return "REFUSED";
  if (outcome === "failed") return "FAILED";
  if (row.consumedAt === null) {
    if (view === undefined) return row.expiresAt > now ? "CANCELLED" : "EXPIRED";
    const ended =
      view.row.authorizingUntil !== null && view.row.phase === "AUTHORIZING" && view.row.authorizingUntil <= now;
    if (ended) return row.expiresAt > now ? "CANCELLED" : "EXPIRED";
    return row.expiresAt > now ? "WAITING_FOR_CONSENT" : "EXPIRED";
  }
  if (view === undefined) return row.wasCancelled === true ? "CANCELLED" : "EXPIRED";
  return row.outcome === null ? whileExchanged(row.consumedAt, now) : stateAfterReturn(row, view);
}

/** Longer than the source is given to answer: what has no outcome then was cut off, and will have none. */
const EXCHANGED_WITHIN_MS = 60_000;

/** Home, and what it brought is not yet known: a login that works all the while says nothing of it. */
const whileExchanged = (consumedAt: Date, now: Date): AttemptState =>
  now.getTime() - consumedAt.getTime() < EXCHANGED_WITHIN_MS ? "RETURNED" : "FAILED";

function stateAfterReturn(row: AttemptRow, view: DatasourceView): AttemptState {
  const { facts, row: source } = view;
  if (facts.accountsListed && !facts.accountChosen) return "CHOOSING_ACCOUNT";
  // The worker lays what it refused aside before it says so.
  if (facts.candidate || row.isUnanswered === true) return source.phase === "VERIFYING" ? "VERIFYING" : "RETURNED";
  // Of several accounts on one login another one may have been answered for all, and this one not looked at.
  if (row.refusal != null) return "FAILED";
  if (facts.auth === "ok") return "CONNECTED";
  if (facts.auth === "none")
    return source.phase === "AUTHORIZING" || source.phase === "VERIFYING" ? "VERIFYING" : "FAILED";
  // Judged and found wanting: the reason stands with the datasource's connection. Found wanting once more it has been so since
  // the first time, yet the attempt at it is new.
  const judgedAt = Math.max(source.authSince?.getTime() ?? 0, source.lastAttemptAt?.getTime() ?? 0);
  return row.consumedAt !== null && judgedAt < row.consumedAt.getTime() ? "VERIFYING" : "FAILED";
}

/** The first thing that the platform asks for is what its account is known by; a secret is never among them. */
function askedFor({ platform, params }: AttemptRow): string | null {
  const [ask] = oauthOf(platform)?.asks ?? [];
  return ask === undefined ? null : (typedOf(params)[ask.name] ?? null);
}

const viewOf = (row: AttemptRow, ctx: Context) =>
  row.datasourceId === null ? Promise.resolve(undefined) : ctx.load.datasource.load(row.datasourceId);

/** A consent has ten minutes; the choice that may follow it has its own time. */
const endOf = (row: AttemptRow, view: DatasourceView | undefined, now: Date): Date =>
  (stateOfAttempt(row, view, now) === "CHOOSING_ACCOUNT" ? view?.row.authorizingUntil : null) ?? row.expiresAt;

/** `setting`: what it is worded with, where nobody is signed in to tell it by. */
export async function problemOf(row: AttemptRow, ctx: Context, setting = settingOf): Promise<ReasonView | null> {
  const source = platformEntry(row.platform)?.name ?? row.platform;
  const view = await viewOf(row, ctx);
  const state = stateOfAttempt(row, view, ctx.now);
  const own = (code: string) => reason(ctx.words, "attempt", code, { values: { source }, remedy: "START_AGAIN" });
  if (state === "EXPIRED") return own(row.consumedAt === null ? "expired" : "lapsed");
  if (state !== "REFUSED" && state !== "FAILED") return null;
  const judged = wasJudged(row) && view !== undefined ? await judgedInWords(row, view, { ctx, setting }) : null;
  if (judged !== null && view !== undefined)
    return isOtherLogin(row, view, judged) ? { ...judged, remedy: remedy(ctx.words, "SWITCH_ACCOUNT") } : judged;
  const told = toldBySource(row, source, ctx) ?? own(state.toLowerCase());
  const stillWorks = row.purpose === "reauthorize" && view?.facts.auth === "ok";
  return stillWorks ? { ...told, meaning: ctx.words.say("connection.stillWorks.meaning") } : told;
}

/** What ended as it came home was never judged: why the access before it ended is no answer to that. */
const wasJudged = (row: AttemptRow): boolean => outcomeOf(row) !== "failed" && outcomeOf(row) !== "declined";

/** What this consent was refused for; `isTold` where somebody wrote it down. */
function refusalOf(row: AttemptRow, { status }: DatasourceView) {
  const { code } = row.refusal ?? {};
  const why = authReason({ code: typeof code === "string" ? code : "", values: row.refusal ?? {} });
  return { why, isTold: row.refusal != null && (status.connectionReason === null || why !== null) };
}

interface Wording {
  readonly ctx: Context;
  readonly setting: typeof settingOf;
}

/** Where it was not written down, why the access does not work. */
async function judgedInWords(row: AttemptRow, view: DatasourceView, wording: Wording): Promise<ReasonView | null> {
  const { connectionReason } = view.status;
  const { why, isTold } = refusalOf(row, view);
  if (isTold) return refusalInWords({ why, since: row.consumedAt?.getTime() ?? null }, view, wording);
  const { ctx, setting } = wording;
  return connectionReason === null ? null : connectionReasonInWords(connectionReason, await setting(view, ctx));
}

/** Scopes or roles at the source without which the consent could not be used. */
async function lacksOf(row: AttemptRow, ctx: Context): Promise<string[]> {
  const view = await viewOf(row, ctx);
  if (view === undefined || !wasJudged(row) || stateOfAttempt(row, view, ctx.now) !== "FAILED") return [];
  const { why, isTold } = refusalOf(row, view);
  const { connectionReason: standing } = view.status;
  const judged = isTold ? why : standing !== null && standing.code !== "expiringSoon" ? standing : null;
  return [...(judged?.lacks ?? [])];
}

/** One of several accounts that does not reach the one that stands: it may be meant to take its place. */
const isOtherLogin = (row: AttemptRow, view: DatasourceView, { code }: ReasonView): boolean =>
  row.purpose === "reauthorize" &&
  view.account !== null &&
  code === "roleMissing" &&
  connectorFor(row.platform)?.account.reaches === "many";

/** What the new consent brought was thrown away; where the access before it goes on, both are said. */
async function refusalInWords(
  { why, since }: { why: ReturnType<typeof authReason>; since: number | null },
  view: DatasourceView,
  { ctx, setting }: Wording,
): Promise<ReasonView> {
  const found = {
    code: "revoked",
    since,
    cause: why?.code ?? null,
    lacks: why?.lacks ?? [],
    found: why?.found ?? null,
    said: why?.said ?? null,
  } as const;
  const worded = connectionReasonInWords(found, await setting(view, ctx));
  return view.facts.auth === "ok" ? { ...worded, meaning: ctx.words.say("connection.stillWorks.meaning") } : worded;
}

function toldBySource(row: AttemptRow, source: string, ctx: Context): ReasonView | null {
  const stored = row.outcome?.["problem"];
  if (!isObject(stored)) return null;
  const told = toldByConsent(stored, wordsOfPlatform(row.platform, ctx.locale), source);
  // No cure for this datasource, but it may be meant to take its place.
  const isOtherAccount = row.purpose === "reauthorize" && told?.code === "otherPlace";
  return told && { ...told, remedy: remedy(ctx.words, isOtherAccount ? "SWITCH_ACCOUNT" : "START_AGAIN") };
}

/** What went wrong as a consent came home: in the connector's own words, or ours. */
export function toldByConsent(
  problem: Readonly<Record<string, unknown>>,
  words: Words,
  source: string,
): ReasonView | null {
  const family = ["notice", "failure", "attempt"].find((one) => words.has(`${one}.${String(problem["code"])}`));
  return family === undefined ? null : storedReasonInWords(words, family, problem, { values: { source } });
}

export const ConnectAttempt = builder.objectRef<AttemptRow>("ConnectAttempt").implement({
  description: "One trip to a consent screen: one use, ten minutes.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("ConnectAttempt", row.id) }),
    platform: t.field({
      type: Platform,
      description: "The platform it goes to.",
      resolve: (row) => knownPlatform(row.platform),
    }),
    purpose: t.field({
      type: ConnectPurpose,
      description: "What the consent is asked for.",
      // A replacement is connected like any other: that it takes another's place stands in its datasource.
      resolve: async (row, _args, ctx) =>
        row.purpose === "connect" && (await viewOf(row, ctx))?.row.replaces != null ? "replace" : row.purpose,
    }),
    state: t.field({
      type: ConnectAttemptState,
      description: "Where it is now.",
      resolve: async (row, _args, ctx) => stateOfAttempt(row, await viewOf(row, ctx), ctx.now),
    }),
    problem: t.field({
      type: Reason,
      nullable: true,
      description: "What went wrong, where it did.",
      resolve: (row, _args, ctx) => problemOf(row, ctx),
    }),
    lacks: t.stringList({
      description: "Scopes or roles, by their names at the source, without which the consent could not be used.",
      resolve: (row, _args, ctx) => lacksOf(row, ctx),
    }),
    createdAt: t.expose("createdAt", { type: "DateTime", description: "When it was begun." }),
    expiresAt: t.field({
      type: "DateTime",
      description: "After this it must be started again.",
      resolve: async (row, _args, ctx) => endOf(row, await viewOf(row, ctx), ctx.now),
    }),
    askedFor: t.string({
      nullable: true,
      description: "What was typed to name the account, such as a shop's address; null where nothing is asked.",
      resolve: askedFor,
    }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "What it is for; null once it was released.",
      resolve: (row, _args, ctx) => viewOf(row, ctx),
    }),
  }),
});

const load = (id: string, ctx: Context) => ctx.load.attempt.load(connectAttemptId(id));
nodeSource({ typename: "ConnectAttempt", permission: "readDatasources", isId: isUuid, load });

builder.queryField("connectAttempt", (t) =>
  t.field({
    type: ConnectAttempt,
    nullable: true,
    description: "A connect attempt by its id. Null for what is foreign, absent or forbidden.",
    ...rule("readDatasources"),
    args: { id: t.arg.id({ required: true, description: "Its global id." }) },
    resolve: (_root, args, ctx) => {
      const id = idIn("ConnectAttempt", args.id);
      return id === null ? null : load(id, ctx);
    },
  }),
);
