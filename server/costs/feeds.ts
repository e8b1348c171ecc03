/** What a datasource of costs pulls by itself: saved here with its secret sealed, proven and pulled by workers. */
import { createHash, randomUUID } from "node:crypto";
import { and, eq } from "drizzle-orm";
import { credentialId, feedId, grantId, seal } from "@headwater/db";
import {
  addressRefusedBy,
  hostOf,
  hostRefusedBy,
  readFeedAddress,
  secretPlace,
  serverOf,
} from "@headwater/connectors/custom-costs/feed-address.ts";
import type { FeedAddress, FeedSecret } from "@headwater/connectors/custom-costs/feed-address.ts";
import { shapeOfKey } from "@headwater/connectors/custom-costs/private-key.ts";
import { costFeeds, credentials, grants } from "@headwater/db/schema/tables.ts";
import type { FeedId, GrantId } from "@headwater/db/schema/ids.ts";
import type { JsonObject } from "@headwater/db/schema/values.ts";
import { commandId as idFor } from "@headwater/workflows/client.ts";
import { giveCommand, viewOf } from "../datasources/command.ts";
import type { Given } from "../datasources/command.ts";
import type { Target } from "../datasources/change.ts";
import type { Context } from "../graphql/context.ts";
import type { Values } from "../words/catalog.ts";
import { tidied, wrongWithName } from "../words/names.ts";
import { InvalidInput } from "../words/problems.ts";
import { readFeed, readFeeds } from "../reading/uploads.ts";
import type { FeedRow } from "../reading/uploads.ts";
import { PLATFORM } from "./uploads.ts";
import { UploadGone, UploadRefused } from "./problems.ts";

const NAME_LONGEST = 120;
const MINUTES_LEAST = 15;
const MINUTES_MOST = 7 * 24 * 60;

export interface FeedInput {
  readonly feed: FeedId | null;
  readonly name: string;
  readonly address: JsonObject;
  readonly secret: FeedSecret | null;
  readonly everyMinutes: number;
  readonly mode: "upsert" | "replace_range";
}

export interface SavedFeed extends Given {
  readonly feed: FeedRow;
}

/** A changed address or secret has to prove itself again; until then what it brought stays. */
export async function saveFeed(ctx: Context, target: Target, input: FeedInput): Promise<SavedFeed> {
  const before = input.feed === null ? null : await mustRead(ctx, input.feed);
  const read = checkedInput(ctx, input, before);
  const isOpen = read.kind === "https" && read.auth === "none";
  const id = input.feed ?? feedId(idFor(String(target.datasource), `feed ${target.idempotencyKey}`));
  const { everyMinutes, mode, address } = input;
  const name = tidied(input.name);
  const args: JsonObject = {
    feed: id,
    name,
    address: toldOf(address),
    everyMinutes,
    mode,
    hasSecret: input.secret !== null,
  };
  const asked = { ...target, action: "CHANGE_FEEDS", kind: await howToPull(ctx, target), args } as const;
  const given = await giveCommand(ctx, asked, () => ({
    also: async (organisation) => {
      const kept = isOpen ? null : (before?.grantId ?? null);
      const grant =
        input.secret === null ? kept : await sealSecret(ctx, organisation, id, { ...input.secret, host: hostOf(read) });
      const saved = { name, address, grantId: grant, everyMinutes, mode, askedAt: ctx.now };
      const createdBy = ctx.caller.kind === "person" ? ctx.caller.userId : null;
      const datasource = target.datasource;
      if (datasource === null) throw new UploadGone();
      if (before === null)
        await ctx.db
          .insert(costFeeds)
          .values({ organisationId: organisation, id, datasourceId: datasource, kind: read.kind, createdBy, ...saved });
      else
        await ctx.db
          .update(costFeeds)
          .set({ ...saved, ...keyAfter(before, read) })
          .where(eq(costFeeds.id, id));
    },
  }));
  return { ...given, feed: await mustRead(ctx, id) };
}

interface Wrong {
  readonly path: string;
  readonly code: string;
  readonly values?: Values;
}
const at = (path: string, code = "input.feed", values?: Values): Wrong[] => [
  { path, code, ...(values === undefined ? {} : { values }) },
];

/** Throws `InvalidInput` with all that is wrong, each beside its field. */
function checkedInput(ctx: Context, input: FeedInput, before: FeedRow | null): FeedAddress {
  const read = readFeedAddress(input.address);
  const isOpen = input.address["auth"] === "none";
  const wrong = [
    ...(read.ok ? [] : at(`address.${read.field}`, codeFor(read.field, input.address))),
    ...(read.ok && before !== null && before.kind !== read.address.kind ? at("address.kind") : []),
    ...(input.everyMinutes >= MINUTES_LEAST && input.everyMinutes <= MINUTES_MOST
      ? []
      : at("everyMinutes", "input.between", { least: MINUTES_LEAST, most: MINUTES_MOST })),
    ...(input.secret !== null || isOpen || keepsSecret(before, input.address) ? [] : at("secret", "input.empty")),
    ...(input.secret !== null && input.address["auth"] === "key" ? wrongWithKey(input.secret) : []),
  ];
  const wrongName = wrongWithName(tidied(input.name), NAME_LONGEST, ctx.words);
  if (wrong.length > 0 || wrongName !== null || !read.ok)
    throw new InvalidInput([
      ...wrong.map(({ path, code, values }) => ({ path, message: ctx.words.say(code, values) })),
      ...(wrongName === null ? [] : [{ path: "name", message: wrongName }]),
    ]);
  return read.address;
}

const RULES: Readonly<Record<string, string>> = {
  "outbound.privateAddress": "input.addressPrivate",
  "outbound.bareName": "input.addressPrivate",
  "outbound.notHttps": "input.addressHttps",
  "outbound.userinfo": "input.addressUserinfo",
  "outbound.port": "input.addressPort",
};

/** By the rule that refused it. */
function codeFor(field: string, { url, host }: JsonObject): string {
  if (field === "port") return "input.feedPort";
  const refused =
    field === "url" && typeof url === "string"
      ? addressRefusedBy(url)
      : field === "host" && typeof host === "string"
        ? hostRefusedBy(host)
        : null;
  return refused === null ? "input.feed" : (RULES[refused] ?? "input.addressUnreadable");
}

/** Looked at and never opened here: only a worker does that, once the server has shown its key. */
function wrongWithKey({ secret, passphrase }: FeedSecret): Wrong[] {
  const shape = shapeOfKey(secret);
  if (shape === "public") return [{ path: "secret", code: "input.publicKey" }];
  if (shape === "unreadable") return [{ path: "secret", code: "input.privateKey" }];
  return shape === "sealed" && passphrase === undefined ? [{ path: "passphrase", code: "input.passphrase" }] : [];
}

/** A key was agreed to for one server; another one has to show its own. */
function keyAfter(before: FeedRow, address: FeedAddress): { hostKey?: null; metKey?: null } {
  const was = readFeedAddress(before.address);
  return was.ok && serverOf(was.address) === serverOf(address) ? {} : { hostKey: null, metKey: null };
}

/** Where nothing came in any more by feeds, it is proven again before anything is pulled; else it is pulled at once. */
async function howToPull(
  ctx: Context,
  { datasource }: Pick<Target, "datasource">,
): Promise<"reauthorized" | "syncNow"> {
  if (datasource === null) return "syncNow";
  const view = await viewOf(ctx, datasource);
  return view.row.auth === "ok" ? "syncNow" : "reauthorized";
}

/** A secret goes nowhere but where it was given for: another host, or another way to show it, asks for it again. */
function keepsSecret(before: FeedRow | null, address: JsonObject): boolean {
  if (before === null || before.grantId === null) return false;
  const [was, is] = [readFeedAddress(before.address), readFeedAddress(address)];
  return was.ok && is.ok && secretPlace(was.address) === secretPlace(is.address);
}

/** For commands and the log: an address is often signed in its query, which only its hash stands for. */
function toldOf(address: JsonObject): JsonObject {
  const { url, ...rest } = address;
  if (typeof url !== "string") return address;
  return { ...rest, url: withoutQuery(url), mark: createHash("sha256").update(url).digest("hex").slice(0, 16) };
}

export function withoutQuery(url: string): string {
  const read = URL.parse(url);
  return read === null ? "" : `${read.origin}${read.pathname}${read.search === "" ? "" : "?…"}`;
}

/** A grant of its own: each feed may have another secret, and each may be refused alone. */
async function sealSecret(
  ctx: Context,
  organisation: Parameters<typeof seal>[1]["organisationId"],
  feed: FeedId,
  secret: FeedSecret,
): Promise<GrantId> {
  const grant = grantId(randomUUID());
  const credential = credentialId(randomUUID());
  const createdBy = ctx.caller.kind === "person" ? ctx.caller.userId : null;
  await ctx.db
    .insert(grants)
    .values({ organisationId: organisation, id: grant, platform: PLATFORM, loginKey: feed, createdBy });
  const { passphrase, host = "" } = secret;
  const fields = { secret: secret.secret, host, ...(passphrase === undefined ? {} : { passphrase }) };
  const binding = { organisationId: organisation, grantId: grant, credentialId: credential };
  await ctx.db.insert(credentials).values({
    organisationId: organisation,
    id: credential,
    grantId: grant,
    version: 1,
    lastFour: null,
    ...seal(ctx.services.vaultPublicKey, binding, fields),
  });
  await ctx.db.update(grants).set({ candidateCredentialId: credential }).where(eq(grants.id, grant));
  return grant;
}

async function mustRead(ctx: Context, id: FeedId | null): Promise<FeedRow> {
  const row = id === null ? null : await readFeed(ctx.db, id);
  if (row === null) throw new UploadGone();
  return row;
}

/** What it brought stays; nothing is pulled any more, and a worker erases its secret. */
export async function removeFeed(ctx: Context, id: FeedId | null, idempotencyKey: string): Promise<SavedFeed> {
  const feed = await mustRead(ctx, id);
  const target = { datasource: feed.datasourceId, idempotencyKey };
  const args: JsonObject = { feed: feed.id, removed: true };
  const others = ((await readFeeds(ctx.db, [feed.datasourceId])).get(feed.datasourceId) ?? []).length - 1;
  const given = await giveCommand(ctx, { ...target, action: "CHANGE_FEEDS", kind: "reauthorized", args }, () => ({
    // Nothing is pulled any more: there is no next time to be late for.
    ...(others > 0 ? {} : { facts: { nextRunAt: null } }),
    also: async () => {
      await ctx.db.update(costFeeds).set({ removedAt: ctx.now }).where(eq(costFeeds.id, feed.id));
    },
  }));
  return { ...given, feed };
}

/** The key that the server has shown is its own, says a person who asked. It is pinned, and pulled with at once. */
export async function agreeToKey(
  ctx: Context,
  id: FeedId | null,
  fingerprint: string,
  idempotencyKey: string,
): Promise<SavedFeed> {
  const feed = await mustRead(ctx, id);
  const target = { datasource: feed.datasourceId, idempotencyKey };
  const args: JsonObject = { feed: feed.id, agreedTo: fingerprint, before: feed.hostKey };
  const kind = await howToPull(ctx, target);
  const given = await giveCommand(ctx, { ...target, action: "CHANGE_FEEDS", kind, args }, () => {
    // It may have shown yet another one since the person looked.
    if (feed.metKey === null || feed.metKey !== fingerprint) throw new UploadRefused("otherKey");
    return {
      also: async () => {
        await ctx.db
          .update(costFeeds)
          .set({ hostKey: feed.metKey, askedAt: ctx.now })
          .where(and(eq(costFeeds.id, feed.id), eq(costFeeds.metKey, fingerprint)));
      },
    };
  });
  return { ...given, feed: await mustRead(ctx, feed.id) };
}

/** Now, whatever its rhythm says. */
export async function pullNow(ctx: Context, id: FeedId | null, idempotencyKey: string): Promise<SavedFeed> {
  const feed = await mustRead(ctx, id);
  const target = { datasource: feed.datasourceId, idempotencyKey };
  const args: JsonObject = { feed: feed.id, pull: true };
  const given = await giveCommand(ctx, { ...target, action: "UPLOAD", kind: "syncNow", args }, () => ({
    also: async () => {
      await ctx.db.update(costFeeds).set({ askedAt: ctx.now }).where(eq(costFeeds.id, feed.id));
    },
  }));
  return { ...given, feed: await mustRead(ctx, feed.id) };
}
