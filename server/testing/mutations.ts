/** For tests: every mutation of a datasource as a document, with the least that its input needs, and the states that forbid it. */
import { expect } from "vitest";
import type { TestApi } from "./api.ts";
import type { Visitor } from "./visitor.ts";

const SEEN = `
  id name
  connection { status isDead reason { code } }
  dataSync { status reason { code message by { kind name } } }
  viewerCan { action isAllowed reason { code } }`;

/** What some unions hold besides the problems of all. */
const EXTRA: Readonly<Record<string, string>> = {
  slots: "... on SlotLimitReached { limit used ways { kind } leastUsed { id } }",
  taken: "... on AlreadyConnected { standing: datasource { id } }",
};

const document = (field: string, type: string, success: string, extra: readonly (keyof typeof EXTRA)[] = []) =>
  `mutation ($input: ${type}!) { result: ${field}(input: $input) { is: __typename ${success} ... on UserError { code message meaning remedy { kind label } }
     ... on InvalidInput { fields { path message } } ... on NotAllowed { ask } ${type === "ConnectDatasourceInput" ? "" : "... on NotPossibleNow { reason { code } }"} ${extra.map((name) => EXTRA[name]).join(" ")} } }`;

const withCommand = (name: string) => `... on ${name}Success { datasource { ${SEEN} } command { id kind state } }`;
const started = (name: string) =>
  `... on ${name}Success { authorizeUrl attempt { id state expiresAt } datasource { id attempt { id state } connection { status } } }`;

export const MUTATIONS = {
  connect: document("connectDatasource", "ConnectDatasourceInput", started("ConnectDatasource"), ["slots", "taken"]),
  continueConnect: document("continueConnect", "ContinueConnectInput", started("ContinueConnect")),
  reauthorize: document("reauthorizeDatasource", "ReauthorizeDatasourceInput", started("ReauthorizeDatasource")),
  cancelConnect: document("cancelConnect", "DatasourceCommandInput", withCommand("CancelConnect")),
  chooseAccount: document(
    "chooseAccount",
    "ChooseAccountInput",
    `... on ChooseAccountSuccess { datasource { id } datasources { id name } command { id state } }`,
    ["slots", "taken"],
  ),
  pause: document("pauseDatasource", "PauseDatasourceInput", withCommand("PauseDatasource")),
  resume: document("resumeDatasource", "DatasourceCommandInput", withCommand("ResumeDatasource")),
  syncNow: document("syncNow", "DatasourceCommandInput", withCommand("SyncNow")),
  resync: document("resyncDatasource", "ResyncDatasourceInput", withCommand("ResyncDatasource")),
  checkNow: document("checkNow", "DatasourceCommandInput", withCommand("CheckNow")),
  bringForward: document("bringForward", "BringForwardInput", withCommand("BringForward")),
  extendHistory: document("extendHistory", "ExtendHistoryInput", withCommand("ExtendHistory")),
  replace: document(
    "replaceDatasource",
    "ReplaceDatasourceInput",
    "... on ReplaceDatasourceSuccess { authorizeUrl datasource { id } replaced { id } command { id kind state } }",
    ["taken"],
  ),
  setCadence: document("setCadence", "SetCadenceInput", withCommand("SetCadence")),
  setQuietHours: document("setQuietHours", "SetQuietHoursInput", withCommand("SetQuietHours")),
  setQuotaCeiling: document("setQuotaCeiling", "SetQuotaCeilingInput", withCommand("SetQuotaCeiling")),
  disconnect: document("disconnectDatasource", "DisconnectDatasourceInput", withCommand("DisconnectDatasource")),
  undoDisconnect: document("undoDisconnect", "DatasourceCommandInput", withCommand("UndoDisconnect"), [
    "slots",
    "taken",
  ]),
  deleteData: document("deleteDatasourceData", "DeleteDatasourceDataInput", withCommand("DeleteDatasourceData")),
  rename: document(
    "renameDatasource",
    "RenameDatasourceInput",
    `... on RenameDatasourceSuccess { datasource { id name } }`,
  ),
} as const;

export type MutationName = keyof typeof MUTATIONS;

/** Input beside datasource and key. */
const LEAST: Readonly<Record<MutationName, Readonly<Record<string, unknown>>>> = {
  connect: { platform: "shopify", fields: [{ name: "shop", value: "monsoon-and-moss" }] },
  continueConnect: {},
  reauthorize: {},
  cancelConnect: {},
  chooseAccount: { accounts: ["one"] },
  pause: {},
  resume: {},
  syncNow: {},
  resync: {},
  checkNow: {},
  bringForward: { from: "2026-01-01", to: "2026-01-31" },
  extendHistory: { from: "2001-01-01" },
  replace: { platform: "shopify", fields: [{ name: "shop", value: "another-shop" }] },
  setCadence: { cadenceSeconds: 7200 },
  setQuietHours: { from: "22:00", to: "06:00" },
  setQuotaCeiling: { percent: 25 },
  disconnect: { deleteData: false },
  undoDisconnect: {},
  deleteData: { confirmName: "" },
  rename: { name: "Renamed" },
};

export const key = () => crypto.randomUUID();

export async function give(
  who: Pick<Visitor, "ask">,
  name: MutationName,
  datasource: string | null,
  input: Record<string, unknown> = {},
) {
  const answer = await who.ask(MUTATIONS[name], {
    input: { ...LEAST[name], ...(datasource === null ? {} : { datasource }), idempotencyKey: key(), ...input },
  });
  expect(answer.errors, `${name}: ${JSON.stringify(answer.errors)}`).toBeUndefined();
  return answer.data.result;
}

export const paused = { userPausedAt: new Date(), userPausedBy: { kind: "system" as const, name: "test" } };
export const disconnected = (undoMs: number) => ({
  disconnectedAt: new Date(),
  undoUntil: new Date(Date.now() + undoMs),
  phase: "DISCONNECTING" as const,
});
export const authorizing = {
  phase: "AUTHORIZING" as const,
  auth: "none" as const,
  accountId: null,
  grantId: null,
  lastSuccessAt: null,
  firstNumbersAt: null,
  authorizingUntil: new Date(Date.now() + 600_000),
};
export const revoked = { auth: "revoked" as const, authReason: { code: "revokedAtSource" }, authSince: new Date() };
export const nothingYet = { lastSuccessAt: null, firstNumbersAt: null, backfill: "queued" as const };

/** A person's files of costs, as a worker leaves them once they are connected. */
export async function connectCosts(api: TestApi, owner: Visitor): Promise<string> {
  const { data } = await owner.ask(
    `mutation { connectNative(input: { platform: "custom-costs", idempotencyKey: "n" }) { ... on ConnectNativeSuccess { datasource { id } } } }`,
  );
  await api.owner.sql`update datasources set phase = 'LIVE', auth = 'ok', authorizing_until = null, connected_at = now()
    where organisation_id = ${owner.organisationId}`;
  return data.connectNative.datasource.id;
}
