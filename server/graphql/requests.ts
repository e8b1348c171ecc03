/** Asking those who may for what one may not, and being told once a platform can be connected. */
import { datasourceId, isUuid, noticeId } from "@headwater/db/schema/ids.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { organisationOf } from "../access/caller.ts";
import { isAbout } from "../organisations/abouts.ts";
import { putRequestAside, sendRequest } from "../organisations/requests.ts";
import { setWish } from "../organisations/wishes.ts";
import { platformEntry } from "../reading/catalog.ts";
import { readOwnRequests } from "../reading/inbox.ts";
import type { NoticeRow, RequestRow } from "../reading/inbox.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed } from "../words/problems.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { key } from "./given.ts";
import { text } from "./json-fields.ts";
import { Notice, RequestAbout } from "./inbox.ts";
import { commandField } from "./mutation-field.ts";
import { idIn } from "./node.ts";
import { Organisation } from "./organisation.ts";
import { Platform } from "./platform.ts";

const StandingRequest = builder.objectRef<RequestRow>("StandingRequest").implement({
  description: "What somebody asked of those who may, and what is neither done nor put aside.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    about: t.field({
      type: RequestAbout,
      nullable: true,
      description: "What is asked for.",
      resolve: ({ notice }) => (isAbout(notice.detail["about"]) ? notice.detail["about"] : null),
    }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "Which datasource it is of.",
      resolve: async ({ notice }, _args, ctx) =>
        notice.datasourceId === null ? null : ((await ctx.load.datasource.load(notice.datasourceId)) ?? null),
    }),
    platform: t.field({
      type: Platform,
      nullable: true,
      description: "Which platform is to be connected; null: whichever.",
      resolve: ({ notice }) => platformEntry(text(notice.detail, "platform") ?? ""),
    }),
    askedAt: t.field({
      type: "DateTime",
      description: "When it was asked.",
      resolve: ({ request }) => request.askedAt,
    }),
  }),
});

builder.objectField(Organisation, "ownRequests", (t) =>
  t.field({
    type: [StandingRequest],
    extensions: { rule: "readOrganisation", isPersonal: true },
    description: "What who asks has asked of those who may, and what still stands, newest first.",
    resolve: (_row, _args, { caller, db }) => (caller.kind === "person" ? readOwnRequests(db, caller.userId) : []),
  }),
);

const SendRequestInput = builder.inputType("SendRequestInput", {
  description: "What somebody asks of those who may.",
  fields: (t) => ({
    about: t.field({ type: RequestAbout, required: true, description: "What is asked for." }),
    datasource: t.id({ description: "Of which datasource: with RECONNECT and REPAIR." }),
    platform: t.id({ description: "Which platform: with CONNECT, where it is about one." }),
    idempotencyKey: t.string(key),
  }),
});
const SendRequestSuccess = builder.objectRef<RequestRow>("SendRequestSuccess").implement({
  description: "Asked. What is asked again while it stands is told with when it was asked first.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    request: t.field({ type: StandingRequest, description: "As it stands.", resolve: (row) => row }),
  }),
});
const idOf = (type: string, given: string | null | undefined): string | null =>
  given === null || given === undefined ? null : idIn(type, given);

commandField({
  name: "sendRequest",
  type: "SendRequest",
  does: "Asks those who may for what one may not do oneself: they are told in the app, and by mail of what needs somebody.",
  permission: "askOthers",
  input: SendRequestInput,
  success: SendRequestSuccess,
  problems: [InvalidInput, NotAllowed, KeyReused, DatasourceGone],
  work: (ctx, { about, datasource, platform, idempotencyKey }: (typeof SendRequestInput)["$inferInput"]) => {
    const id = idOf("Datasource", datasource);
    return sendRequest(ctx, {
      about,
      datasource: id !== null && isUuid(id) ? datasourceId(id) : null,
      platform: platform === null || platform === undefined ? null : (idOf("Platform", platform) ?? ""),
      idempotencyKey,
    });
  },
});

const PutRequestAsideInput = builder.inputType("PutRequestAsideInput", {
  description: "A request that is not to be granted, or was granted in another way.",
  fields: (t) => ({ notice: t.id({ required: true, description: "The id of its notice." }) }),
});
const PutRequestAsideSuccess = builder
  .objectRef<{ readonly row: NoticeRow | null }>("PutRequestAsideSuccess")
  .implement({
    description: "Put aside, for everybody.",
    ...rule("readDatasources"),
    fields: (t) => ({
      notice: t.field({
        type: Notice,
        nullable: true,
        description: "As it now stands; null for what is foreign or gone.",
        resolve: ({ row }) => row,
      }),
    }),
  });
commandField({
  name: "putRequestAside",
  type: "PutRequestAside",
  does: "Puts aside what somebody asks, for all who may do it.",
  permission: "ownInbox",
  input: PutRequestAsideInput,
  success: PutRequestAsideSuccess,
  problems: [NotAllowed],
  work: async (ctx, { notice }: (typeof PutRequestAsideInput)["$inferInput"]) => {
    if (organisationOf(ctx.caller) === null) throw new NotAllowed();
    const id = idIn("Notice", notice);
    return { row: await putRequestAside(ctx, id !== null && isUuid(id) ? noticeId(id) : null) };
  },
});

builder.objectField(Platform, "isWished", (t) =>
  t.boolean({
    extensions: { rule: "readCatalog", isPersonal: true },
    description: "Whether who asks wants to be told once it can be connected.",
    resolve: async ({ platform }: CatalogEntry, _args: object, { caller, load }: Context) =>
      caller.kind === "person" && ((await load.wishes.load(caller.userId)) ?? []).includes(platform),
  }),
);

const SetWishInput = builder.inputType("SetWishInput", {
  description: "Whether one wants to be told once a platform can be connected.",
  fields: (t) => ({
    platform: t.id({ required: true, description: "Its id." }),
    isWished: t.boolean({ required: true, description: "False takes it back." }),
  }),
});
const SetWishSuccess = builder.objectRef<{ readonly entry: CatalogEntry }>("SetWishSuccess").implement({
  description: "Kept, or taken back.",
  ...rule("readCatalog"),
  fields: (t) => ({
    platform: t.field({ type: Platform, description: "As it now stands.", resolve: ({ entry }) => entry }),
  }),
});
commandField({
  name: "setWish",
  type: "SetWish",
  does: "Keeps or takes back the wish to be told, once, in the app and by mail, that a platform can be connected.",
  permission: "askOthers",
  input: SetWishInput,
  success: SetWishSuccess,
  problems: [InvalidInput, NotAllowed],
  work: async (ctx, { platform, isWished }: (typeof SetWishInput)["$inferInput"]) => ({
    entry: await setWish(ctx, idIn("Platform", platform), isWished),
  }),
});
