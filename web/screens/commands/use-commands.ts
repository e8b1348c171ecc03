import { useLingui } from "@lingui/react/macro";
import type { TypedDocumentNode } from "urql";
import { type AnyVariables, type Client, useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import type { ActionName, LiveDatasource } from "../../live/live.documents.ts";
import { announce } from "../../parts/announcer.tsx";
import {
  CancelConnectMutation,
  CheckNowMutation,
  DeleteDataMutation,
  DisconnectMutation,
  PauseMutation,
  type Problem,
  RenameMutation,
  ResumeMutation,
  ResyncMutation,
  SetCadenceMutation,
  SyncNowMutation,
  UndoDisconnectMutation,
} from "./commands.documents.ts";
import { waitedUntil } from "./waited.ts";
import { clearPending, setPending } from "./pending.ts";
import { tellProblem, type Told } from "./problems.tsx";

interface AnyResult {
  __typename: string;
  command?: { id: string };
  message?: string;
  fields?: readonly { path: string; message: string }[];
}

export type Outcome<R> =
  | { ok: true; result: R }
  | { ok: false; problem: Told; fields: readonly { path: string; message: string }[] };

/** Sends one mutation and tells success from a problem by what came back, never by its name. */
export async function send<R extends AnyResult, V extends AnyVariables>(
  client: Client,
  document: TypedDocumentNode<{ result: R }, V>,
  variables: V,
): Promise<Outcome<R>> {
  const { data } = await client.mutation(document, variables).toPromise();
  const result = data?.result;
  if (!result) return { ok: false, problem: { code: "UNREACHABLE" }, fields: [] };
  if (isProblem(result)) return { ok: false, problem: result, fields: result.fields ?? [] };
  return { ok: true, result };
}

function isProblem(result: AnyResult): result is AnyResult & Problem {
  return typeof result.message === "string" && "code" in result;
}

export interface Commands {
  may(action: ActionName): boolean;
  whyNot(action: ActionName): string | null;
  pause(note: string, until: string | null): Promise<boolean>;
  resume(): Promise<boolean>;
  syncNow(): Promise<boolean>;
  checkNow(): Promise<boolean>;
  resync(what: { stream: string | null; from: string | null; to: string | null }): Promise<boolean>;
  setCadence(seconds: number): Promise<boolean>;
  disconnect(input: { deleteData: boolean; confirmName: string | null }): Promise<Outcome<AnyResult>>;
  undoDisconnect(): Promise<Outcome<AnyResult>>;
  deleteData(confirmName: string): Promise<Outcome<AnyResult>>;
  cancelConnect(): Promise<boolean>;
  rename(name: string): Promise<Outcome<AnyResult>>;
}

export interface Giving {
  /** Sends a command; it shows as accepted from the click and is told to whoever cannot see it. */
  give<R extends AnyResult, V extends AnyVariables>(
    action: ActionName,
    document: TypedDocumentNode<{ result: R }, V>,
    input: V,
    saying?: string,
  ): Promise<Outcome<R>>;
  /** Shows what went wrong where the page has no better place for it. */
  told: (outcome: Promise<Outcome<AnyResult>>) => Promise<boolean>;
  base: () => { datasource: string; idempotencyKey: string };
}

/** How a command is given, whichever it is. */
export function useGiving({ id, currentRun, dataSync }: LiveDatasource): Giving {
  const client = useClient();
  const { t } = useLingui();
  return {
    give: async (action, document, input, saying = t`Accepted.`) => {
      tellProblem(null);
      const before = { runBefore: currentRun?.id ?? null, waitBefore: waitedUntil(dataSync) };
      setPending(id, action, { commandId: null, ...before });
      const outcome = await send(client, document, input);
      const commandId = outcome.ok ? outcome.result.command?.id : null;
      if (commandId) setPending(id, action, { commandId, ...before });
      else clearPending(id, action);
      if (outcome.ok) announce(saying);
      return outcome;
    },
    told: async (outcome) => {
      const settled = await outcome;
      if (!settled.ok) tellProblem(settled.problem);
      return settled.ok;
    },
    base: () => ({ datasource: id, idempotencyKey: newIdempotencyKey() }),
  };
}

/** Everything a person may ask of one datasource. */
export function useCommands(datasource: LiveDatasource): Commands {
  const { t } = useLingui();
  const format = useFormat();
  const giving = useGiving(datasource);
  const { told, base } = giving;
  const { viewerCan, completeThrough, dataSync, platform } = datasource;
  const saying = (action: ActionName): string | undefined => {
    if (action === "PAUSE") return t`Stopped. Credentials kept.`;
    if (action === "SYNC_NOW") return datasource.currentRun ? t`Queued behind the running sync` : t`Sync starts.`;
    if (action === "DELETE_DATA") return t`Its data is being deleted.`;
    if (action === "CHECK_NOW") return t`The source is asked for its own numbers again.`;
    if (action !== "RESUME") return undefined;
    if (dataSync?.reason?.remedy?.kind === "AT_SOURCE") return t`Asking ${platform.title} again.`;
    if (!completeThrough) return t`Resumed.`;
    return t`Filling ${format.durationInTwo((Date.now() - Date.parse(completeThrough)) / 1000)}, newest first`;
  };
  const state = (action: ActionName) => viewerCan.find((entry) => entry.action === action);
  const give = <R extends AnyResult, V extends AnyVariables>(
    action: ActionName,
    document: TypedDocumentNode<{ result: R }, V>,
    input: V,
  ): Promise<Outcome<R>> => giving.give(action, document, input, saying(action));
  return {
    may: (action) => state(action)?.isAllowed ?? false,
    whyNot: (action) => state(action)?.reason?.message ?? null,
    pause: (note, until) => told(give("PAUSE", PauseMutation, { input: { ...base(), note: note || null, until } })),
    resume: () => told(give("RESUME", ResumeMutation, { input: base() })),
    syncNow: () => told(give("SYNC_NOW", SyncNowMutation, { input: base() })),
    checkNow: () => told(give("CHECK_NOW", CheckNowMutation, { input: base() })),
    resync: (what) => told(give("RESYNC", ResyncMutation, { input: { ...base(), ...what } })),
    setCadence: (cadenceSeconds) =>
      told(give("SET_CADENCE", SetCadenceMutation, { input: { ...base(), cadenceSeconds } })),
    disconnect: (choice) => give("DISCONNECT", DisconnectMutation, { input: { ...base(), ...choice } }),
    undoDisconnect: () => give("UNDO_DISCONNECT", UndoDisconnectMutation, { input: base() }),
    deleteData: (confirmName) => give("DELETE_DATA", DeleteDataMutation, { input: { ...base(), confirmName } }),
    cancelConnect: () => told(give("CANCEL_CONNECT", CancelConnectMutation, { input: base() })),
    rename: (name) => give("RENAME", RenameMutation, { input: { ...base(), name } }),
  };
}
