/** What a datasource of costs pulls by itself, and how that goes. */
import { datasourceId, feedId, isUuid } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { may } from "../access/permissions.ts";
import { agreeToKey, pullNow, removeFeed, saveFeed, withoutQuery } from "../costs/feeds.ts";
import type { SavedFeed } from "../costs/feeds.ts";
import { UploadGone, UploadRefused } from "../costs/problems.ts";
import { PLATFORM } from "../costs/uploads.ts";
import { pageOfPulls } from "../reading/run-attempts.ts";
import { readFeed, readFeeds } from "../reading/uploads.ts";
import type { FeedRow } from "../reading/uploads.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { storedReasonInWords } from "../words/reasons.ts";
import { builder, costing, rule } from "./builder.ts";
import { pageArgsOf, pageOf, readTimeAndId } from "./connection.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { globalId, idIn, isRunId, Node, nodeSource } from "./node.ts";
import { Reason } from "./reason.ts";
import { RunAttemptConnection } from "./run-attempts.ts";
import type { RunAttemptView } from "./run-attempts.ts";
import { Command } from "./run.ts";
import { UploadMode } from "./uploads.ts";

const CostFeedState = builder.enumType("CostFeedState", {
  description: "How pulling goes. REFUSED: the source no longer lets us in. MISSING: no file, three times over.",
  values: {
    UNPROVEN: { value: "unproven" },
    OK: { value: "ok" },
    REFUSED: { value: "refused" },
    MISSING: { value: "missing" },
    FAILING: { value: "failing" },
    INVALID: { value: "invalid" },
  } as const,
});

const text = (object: JsonObject, name: string): string | null =>
  typeof object[name] === "string" ? object[name] : null;

const CostFeed = builder.objectRef<FeedRow>("CostFeed");
builder.objectType(CostFeed, {
  description: "A file that is pulled by itself: over HTTPS, or from an SFTP server.",
  interfaces: [Node],
  ...rule("readDatasources"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("CostFeed", row.id) }),
    name: t.exposeString("name", { description: "Its name here." }),
    kind: t.exposeString("kind", { description: "https or sftp." }),
    url: t.string({
      nullable: true,
      description:
        "Where, over HTTPS. What follows the path, for it often opens the file, is told to whoever may change it alone.",
      resolve: ({ address }, _args, ctx) => {
        const url = text(address, "url");
        return url === null || may(ctx.caller, "manageDatasources") ? url : withoutQuery(url);
      },
    }),
    host: t.string({
      nullable: true,
      description: "Where, over SFTP.",
      resolve: ({ address }) => text(address, "host"),
    }),
    port: t.int({
      nullable: true,
      description: "At which port.",
      resolve: ({ address }) => (typeof address["port"] === "number" ? address["port"] : null),
    }),
    user: t.string({
      nullable: true,
      description: "As whom.",
      resolve: ({ address }) => text(address, "user") ?? (text(address, "name") || null),
    }),
    pattern: t.string({
      nullable: true,
      description: "Which files.",
      resolve: ({ address }) => text(address, "pattern"),
    }),
    auth: t.string({
      description: "none, basic, bearer, header, password or key.",
      resolve: ({ address }) => text(address, "auth") ?? "none",
    }),
    hasSecret: t.boolean({ description: "Whether a secret is kept for it.", resolve: (row) => row.grantId !== null }),
    hostKey: t.exposeString("hostKey", {
      nullable: true,
      description: "SFTP: type and SHA-256 of the server's key that somebody agreed to; any other is refused.",
    }),
    metHostKey: t.exposeString("metKey", {
      nullable: true,
      description:
        "SFTP: of the key that the server showed last. Where it differs from `hostKey`, agree to it or ask why.",
    }),
    everyMinutes: t.exposeInt("everyMinutes", { description: "How often." }),
    mode: t.field({ type: UploadMode, description: "What its files do to what stands.", resolve: (row) => row.mode }),
    state: t.field({ type: CostFeedState, description: "How it goes.", resolve: (row) => row.state }),
    reason: t.field({
      type: Reason,
      nullable: true,
      description: "Why it does not go.",
      resolve: (row, _args, ctx) => storedReasonInWords(wordsOfPlatform(PLATFORM, ctx.locale), "feed", row.reason),
    }),
    since: t.expose("stateSince", { type: "DateTime", description: "Since when." }),
    triedAt: t.expose("triedAt", { type: "DateTime", nullable: true, description: "Last asked." }),
    pulledAt: t.expose("pulledAt", { type: "DateTime", nullable: true, description: "Last file that was new." }),
    dueAt: t.expose("dueAt", { type: "DateTime", nullable: true, description: "Not before then." }),
  }),
});
builder.objectFields(CostFeed, (t) => ({
  pulls: t.field({
    type: RunAttemptConnection,
    description: "How it went, pull by pull, newest first.",
    args: pageArgsOf(t),
    resolve: (row, args, ctx) =>
      pageOf(
        args,
        {
          write: (pull: RunAttemptView) => [pull.startedAt.getTime(), pull.runId, pull.n],
          read: ([time = "", run = "", n = ""]) => {
            const place = readTimeAndId([time, run], isRunId);
            return place !== null && /^\d{1,9}$/.test(n) ? { at: place.at, run, n: Number(n) } : null;
          },
        },
        async (limit, after) =>
          (await pageOfPulls(ctx.db, row.id, { limit, after })).map((pull) => ({ ...pull, platform: PLATFORM })),
      ),
  }),
}));
nodeSource({
  typename: "CostFeed",
  permission: "readDatasources",
  isId: isUuid,
  load: (id, ctx) => readFeed(ctx.db, feedId(id)),
});

builder.objectFields(Datasource, (t) => ({
  feeds: t.field({
    type: [CostFeed],
    ...costing("readDatasources", 5),
    description: "Files of costs that are pulled.",
    resolve: async ({ row }, _args, ctx) => (await readFeeds(ctx.db, [row.id])).get(row.id) ?? [],
  }),
}));

const SaveFeedInput = builder.inputType("SaveFeedInput", {
  description: "A new feed, or another address, secret or rhythm of one.",
  fields: (t) => ({
    datasource: t.id({ required: true, description: "Whose." }),
    feed: t.id({ description: "Which; none: a new one." }),
    name: t.string({ required: true, description: "1 to 120 characters." }),
    url: t.string({ description: "HTTPS: where. A published link of a spreadsheet as CSV will do." }),
    host: t.string({ description: "SFTP: where." }),
    port: t.int({ description: "SFTP: 22, or 1024 to 65535." }),
    user: t.string({ description: "SFTP, or basic sign-in: as whom. With auth header: the header's name." }),
    pattern: t.string({ description: "SFTP: folder and file name, * and ? in the name." }),
    auth: t.string({ required: true, description: "none, basic, bearer, header, password or key." }),
    secret: t.string({ description: "Password, token, header value or private key. Kept as it is where not given." }),
    passphrase: t.string({ description: "Of the private key." }),
    everyMinutes: t.int({ required: true, description: "15 to 10080." }),
    mode: t.field({ type: UploadMode, description: "UPSERT where not said; never REPLACE_ALL." }),
    idempotencyKey: t.string(key),
  }),
});
type SaveInput = (typeof SaveFeedInput)["$inferInput"];

function addressIn(input: SaveInput): JsonObject {
  if (input.host == null) return { kind: "https", url: input.url ?? "", auth: input.auth, name: input.user ?? "" };
  return {
    kind: "sftp",
    host: input.host,
    port: input.port ?? 22,
    user: input.user ?? "",
    pattern: input.pattern ?? "",
    auth: input.auth,
  };
}

const saved = (name: string) =>
  builder.objectRef<SavedFeed>(`${name}Success`).implement({
    description: "Done; how it goes follows by the feed's state.",
    ...rule("readDatasources"),
    fields: (t) => ({
      feed: t.field({ type: CostFeed, description: "As it now stands.", resolve: ({ feed }) => feed }),
      datasource: t.field({ type: Datasource, description: "Whose.", resolve: ({ view }) => view }),
      command: t.field({ type: Command, description: "What was asked.", resolve: ({ command }) => command }),
    }),
  });
const PROBLEMS = [...COMMAND_PROBLEMS, UploadGone, UploadRefused] as const;

const FeedCommandInput = builder.inputType("FeedCommandInput", {
  description: "A command that needs no more than its feed.",
  fields: (t) => ({ feed: t.id({ required: true, description: "The feed's id." }), idempotencyKey: t.string(key) }),
});
type CommandInput = (typeof FeedCommandInput)["$inferInput"];
const feedIn = (id: string | null | undefined) => {
  const read = id == null ? null : idIn("CostFeed", id);
  return read === null ? null : feedId(read);
};

commandField({
  name: "saveFeed",
  type: "SaveFeed",
  does: "Saves what is pulled, and from where. A worker tries it at once and shows the first file.",
  permission: "manageDatasources",
  input: SaveFeedInput,
  success: saved("SaveFeed"),
  problems: PROBLEMS,
  work: (ctx, input: SaveInput) => {
    const id = idIn("Datasource", input.datasource);
    const feed = feedIn(input.feed);
    if (input.feed != null && feed === null) throw new UploadGone();
    const secret = input.secret == null || input.secret === "" ? null : input.secret;
    return saveFeed(
      ctx,
      { datasource: id === null ? null : datasourceId(id), idempotencyKey: input.idempotencyKey },
      {
        feed,
        name: input.name,
        address: addressIn(input),
        secret: secret === null ? null : { secret, ...(input.passphrase ? { passphrase: input.passphrase } : {}) },
        everyMinutes: input.everyMinutes,
        mode: input.mode === "replace_range" ? "replace_range" : "upsert",
      },
    );
  },
});
const AgreeToHostKeyInput = builder.inputType("AgreeToHostKeyInput", {
  description: "The key that an SFTP server has shown is its own.",
  fields: (t) => ({
    feed: t.id({ required: true, description: "The feed's id." }),
    hostKey: t.string({ required: true, description: "As `metHostKey` says it: type and SHA-256." }),
    idempotencyKey: t.string(key),
  }),
});

commandField({
  name: "agreeToHostKey",
  type: "AgreeToHostKey",
  does: "Pins the key that an SFTP server has shown, and pulls at once. Before that nothing else is sent to the server.",
  permission: "manageDatasources",
  input: AgreeToHostKeyInput,
  success: saved("AgreeToHostKey"),
  problems: PROBLEMS,
  work: (ctx, input: (typeof AgreeToHostKeyInput)["$inferInput"]) =>
    agreeToKey(ctx, feedIn(input.feed), input.hostKey, input.idempotencyKey),
});
commandField({
  name: "removeFeed",
  type: "RemoveFeed",
  does: "Pulls it no more and erases its secret. What it brought stays.",
  permission: "manageDatasources",
  input: FeedCommandInput,
  success: saved("RemoveFeed"),
  problems: PROBLEMS,
  work: (ctx, input: CommandInput) => removeFeed(ctx, feedIn(input.feed), input.idempotencyKey),
});
commandField({
  name: "pullNow",
  type: "PullNow",
  does: "Pulls now, whatever the rhythm says: also how a feed is tried.",
  permission: "uploadCosts",
  input: FeedCommandInput,
  success: saved("PullNow"),
  problems: PROBLEMS,
  work: (ctx, input: CommandInput) => pullNow(ctx, feedIn(input.feed), input.idempotencyKey),
});
