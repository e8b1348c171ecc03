/** What can be asked of a datasource: thin fields over `server/datasources`. */
import { datasourceId } from "@headwater/db/schema/ids.ts";
import { checkNow } from "../datasources/check-now.ts";
import * as change from "../datasources/change.ts";
import type { Target } from "../datasources/change.ts";
import type { Given } from "../datasources/command.ts";
import { continueConnect, connect, reauthorize } from "../datasources/connect.ts";
import type { Started } from "../datasources/connect.ts";
import { RETURN_PAGES } from "../oauth/start.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { ConnectAttempt } from "./attempt.ts";
import { builder, rule } from "./builder.ts";
import { ConnectFieldInput } from "./connect-field.ts";
import { Datasource } from "./datasource-ref.ts";
import { commandField } from "./mutation-field.ts";
import { COMMAND_PROBLEMS, key, ofDatasource, successOf, successWithSlots } from "./given.ts";
import { idIn } from "./node.ts";
import {
  AlreadyConnected,
  InvalidInput,
  KeyReused,
  NotAllowed,
  PlatformUnavailable,
  PrerequisiteMissing,
  SlotLimitReached,
} from "../words/problems.ts";

export const targetOf = (input: { datasource: string; idempotencyKey: string }): Target => {
  const id = idIn("Datasource", input.datasource);
  return { datasource: id === null ? null : datasourceId(id), idempotencyKey: input.idempotencyKey };
};

const DatasourceCommandInput = builder.inputType("DatasourceCommandInput", {
  description: "A command that needs no more than its datasource.",
  fields: (t) => ({ datasource: t.id(ofDatasource), idempotencyKey: t.string(key) }),
});
export const ReturnTo = builder.enumType("ReturnTo", {
  description: "The page that the small window leads back to when it was opened in the tab itself.",
  values: RETURN_PAGES,
});

const SyncNowSuccess = successOf("SyncNow");
builder.objectField(SyncNowSuccess, "isQueued", (t) =>
  t.boolean({
    description: "True: a run is under way and it comes after.",
    resolve: async ({ view }, _args, ctx) => (await ctx.load.unfinishedRun.load(view.row.id)) !== undefined,
  }),
);

interface Chosen extends Given {
  readonly views: readonly DatasourceView[];
}
const ChooseAccountSuccess = successOf<Chosen>("ChooseAccount");
builder.objectField(ChooseAccountSuccess, "datasources", (t) =>
  t.field({
    type: [Datasource],
    description: "All of them, the further ones newly made.",
    resolve: ({ views }) => [...views],
  }),
);

function startedSuccess(name: string) {
  return builder.objectRef<Started>(`${name}Success`).implement({
    description: "Open authorizeUrl in a window that the click opened; watch the attempt through the datasource.",
    ...rule("readDatasources"),
    fields: (t) => ({
      datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
      attempt: t.field({
        type: ConnectAttempt,
        description: "The trip to the consent screen.",
        resolve: (started) => started.attempt,
      }),
      authorizeUrl: t.exposeString("authorizeUrl", {
        description: "Where the person consents. For this browser alone, once, for ten minutes.",
      }),
    }),
  });
}

const inputs = {
  Connect: builder.inputType("ConnectDatasourceInput", {
    description: "What is connected.",
    fields: (t) => ({
      platform: t.string({ required: true, description: 'Platform name: "shopify".' }),
      fields: t.field({
        type: [ConnectFieldInput],
        required: true,
        description: "Values of the platform's connectFields, by name (Shopify: shop).",
      }),
      returnTo: t.field({
        type: ReturnTo,
        description: "Where the small page leads after consent when it was opened in this tab.",
      }),
      idempotencyKey: t.string(key),
    }),
  }),
  Continue: tripInput("ContinueConnectInput", "A connect attempt to go on with."),
  Reauthorize: tripInput("ReauthorizeDatasourceInput", "A datasource to authorize again."),
  Choose: builder.inputType("ChooseAccountInput", {
    description: "Which accounts behind the login.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      accounts: t.stringList({
        required: true,
        description:
          "The source's own ids; the first is this datasource's, each other one a new datasource with a slot of its own.",
      }),
      idempotencyKey: t.string(key),
    }),
  }),
  Pause: builder.inputType("PauseDatasourceInput", {
    description: "Stop data sync.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      note: t.string({ description: "Why, for the others." }),
      until: t.field({ type: "DateTime", description: "It resumes by itself then." }),
      idempotencyKey: t.string(key),
    }),
  }),
  Resync: builder.inputType("ResyncDatasourceInput", {
    description: "No stream: every stream. No days: the whole history.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      stream: t.string({ description: "Name of one stream." }),
      from: t.field({ type: "Date", description: "First day." }),
      to: t.field({ type: "Date", description: "Last day, counted." }),
      idempotencyKey: t.string(key),
    }),
  }),
  SetCadence: builder.inputType("SetCadenceInput", {
    description: "How often it is gone through.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      cadenceSeconds: t.int({ required: true, description: "900 to 86400." }),
      idempotencyKey: t.string(key),
    }),
  }),
  Disconnect: builder.inputType("DisconnectDatasourceInput", {
    description: "End the connection; stop, disconnect and delete are three different things.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      deleteData: t.boolean({ required: true, description: "Delete what was read; begins when the undo has lapsed." }),
      confirmName: t.string({ description: "The account's name, typed; needed to delete data." }),
      idempotencyKey: t.string(key),
    }),
  }),
  DeleteData: builder.inputType("DeleteDatasourceDataInput", {
    description: "Delete what a disconnect kept.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      confirmName: t.string({ required: true, description: "The account's name, typed." }),
      idempotencyKey: t.string(key),
    }),
  }),
  Rename: builder.inputType("RenameDatasourceInput", {
    description: "A name of the organisation's own.",
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      name: t.string({ required: true, description: "1 to 120 characters." }),
      idempotencyKey: t.string(key),
    }),
  }),
};

function tripInput(name: string, description: string) {
  return builder.inputType(name, {
    description,
    fields: (t) => ({
      datasource: t.id(ofDatasource),
      returnTo: t.field({
        type: ReturnTo,
        description: "Where the small page leads after consent when it was opened in this tab.",
      }),
      idempotencyKey: t.string(key),
    }),
  });
}

type InputOf<Name extends keyof typeof inputs> = (typeof inputs)[Name]["$inferInput"];
type CommandInput = (typeof DatasourceCommandInput)["$inferInput"];

commandField({
  name: "connectDatasource",
  type: "ConnectDatasource",
  does: "Begins to connect: reserves the slot and gives the address of the consent screen.",
  permission: "consent",
  input: inputs.Connect,
  success: startedSuccess("ConnectDatasource"),
  problems: [
    InvalidInput,
    NotAllowed,
    KeyReused,
    SlotLimitReached,
    PlatformUnavailable,
    PrerequisiteMissing,
    AlreadyConnected,
  ],
  work: (ctx, input: InputOf<"Connect">) => connect(ctx, input),
});
commandField({
  name: "continueConnect",
  type: "ContinueConnect",
  does: "Opens the consent screen again for a datasource that is still being connected.",
  permission: "consent",
  input: inputs.Continue,
  success: startedSuccess("ContinueConnect"),
  problems: [...COMMAND_PROBLEMS, PlatformUnavailable],
  work: (ctx, input: InputOf<"Continue">) => continueConnect(ctx, { ...targetOf(input), returnTo: input.returnTo }),
});
commandField({
  name: "reauthorizeDatasource",
  type: "ReauthorizeDatasource",
  does: "Asks for consent anew. The same account must come back; until then everything stays as it is.",
  permission: "consent",
  input: inputs.Reauthorize,
  success: startedSuccess("ReauthorizeDatasource"),
  problems: [...COMMAND_PROBLEMS, PlatformUnavailable],
  work: (ctx, input: InputOf<"Reauthorize">) => reauthorize(ctx, { ...targetOf(input), returnTo: input.returnTo }),
});
commandField({
  name: "cancelConnect",
  type: "CancelConnect",
  does: "Gives up a connect attempt; its slot is free again.",
  permission: "manageDatasources",
  input: DatasourceCommandInput,
  success: successOf("CancelConnect"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: CommandInput) => change.cancelConnect(ctx, targetOf(input)),
});
commandField({
  name: "chooseAccount",
  type: "ChooseAccount",
  does: "Chooses among the accounts that a login reaches.",
  permission: "manageDatasources",
  input: inputs.Choose,
  success: ChooseAccountSuccess,
  problems: [...COMMAND_PROBLEMS, SlotLimitReached, AlreadyConnected],
  work: (ctx, input: InputOf<"Choose">) => change.chooseAccount(ctx, targetOf(input), input.accounts),
});
commandField({
  name: "pauseDatasource",
  type: "PauseDatasource",
  does: "Stop data sync: credentials are kept, nothing more is read.",
  permission: "manageDatasources",
  input: inputs.Pause,
  success: successOf("PauseDatasource"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: InputOf<"Pause">) => change.pause(ctx, targetOf(input), input),
});
commandField({
  name: "resumeDatasource",
  type: "ResumeDatasource",
  does: "Goes on, and fills the gap, newest first.",
  permission: "manageDatasources",
  input: DatasourceCommandInput,
  success: successOf("ResumeDatasource"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: CommandInput) => change.resume(ctx, targetOf(input)),
});
commandField({
  name: "syncNow",
  type: "SyncNow",
  does: "Goes through it now; the schedule does not move.",
  permission: "syncNow",
  input: DatasourceCommandInput,
  success: SyncNowSuccess,
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: CommandInput) => change.syncNow(ctx, targetOf(input)),
});
commandField({
  name: "resyncDatasource",
  type: "ResyncDatasource",
  does: "Reads a stream or a range again; what is there stays visible until the swap.",
  permission: "manageDatasources",
  input: inputs.Resync,
  success: successOf("ResyncDatasource"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: InputOf<"Resync">) => change.resync(ctx, targetOf(input), input),
});
commandField({
  name: "checkNow",
  type: "CheckNow",
  does: "Holds our numbers of the last days against the source's own now, without a sync; days that did not agree are asked for again.",
  permission: "manageDatasources",
  input: DatasourceCommandInput,
  success: successOf("CheckNow"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: CommandInput) => checkNow(ctx, targetOf(input)),
});
commandField({
  name: "setCadence",
  type: "SetCadence",
  does: "Changes how often it is gone through.",
  permission: "manageDatasources",
  input: inputs.SetCadence,
  success: successOf("SetCadence"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: InputOf<"SetCadence">) => change.setCadence(ctx, targetOf(input), input.cadenceSeconds),
});
commandField({
  name: "disconnectDatasource",
  type: "DisconnectDatasource",
  does: "Ends the connection: the slot is free at once, access is revoked unless others use it, no further row is written.",
  permission: "manageDatasources",
  input: inputs.Disconnect,
  success: successWithSlots("DisconnectDatasource"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: InputOf<"Disconnect">) => change.disconnect(ctx, targetOf(input), input),
});
commandField({
  name: "undoDisconnect",
  type: "UndoDisconnect",
  does: "Within ten minutes: brings back data, settings and the slot if one is free; asks to sign in again where access was ended.",
  permission: "manageDatasources",
  input: DatasourceCommandInput,
  success: successWithSlots("UndoDisconnect"),
  problems: [...COMMAND_PROBLEMS, SlotLimitReached, AlreadyConnected],
  work: (ctx, input: CommandInput) => change.undoDisconnect(ctx, targetOf(input)),
});
commandField({
  name: "deleteDatasourceData",
  type: "DeleteDatasourceData",
  does: "Deletes what a disconnect kept, at once and for good; the rows go in the background.",
  permission: "manageDatasources",
  input: inputs.DeleteData,
  success: successOf("DeleteDatasourceData"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: InputOf<"DeleteData">) => change.deleteData(ctx, targetOf(input), input.confirmName),
});

const RenameDatasourceSuccess = builder.objectRef<{ view: DatasourceView }>("RenameDatasourceSuccess").implement({
  description: "Renamed.",
  ...rule("readDatasources"),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
  }),
});
commandField({
  name: "renameDatasource",
  type: "RenameDatasource",
  does: "Gives it a name of the organisation's own.",
  permission: "manageDatasources",
  input: inputs.Rename,
  success: RenameDatasourceSuccess,
  problems: COMMAND_PROBLEMS,
  work: (ctx, input: InputOf<"Rename">) => change.rename(ctx, targetOf(input), input.name),
});
