// Ids that cannot be swapped. Only the functions below make one, and each checks what it is given.

declare const brand: unique symbol;
type Brand<Base, Name extends string> = Base & { readonly [brand]: Name };

export type OrganisationId = Brand<string, "OrganisationId">;
export type UserId = Brand<string, "UserId">;
export type DatasourceId = Brand<string, "DatasourceId">;
export type GrantId = Brand<string, "GrantId">;
export type CredentialId = Brand<string, "CredentialId">;
export type AccountId = Brand<string, "AccountId">;
export type SliceId = Brand<string, "SliceId">;
export type CommandId = Brand<string, "CommandId">;
export type HoldId = Brand<string, "HoldId">;
export type ApiTokenId = Brand<string, "ApiTokenId">;
export type ConnectAttemptId = Brand<string, "ConnectAttemptId">;
/** `{datasourceId}:{kind}:{n}` */
export type RunId = Brand<string, "RunId">;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (value: unknown): value is string => typeof value === "string" && uuidPattern.test(value);

function checked(value: string, name: string): string {
  if (!isUuid(value)) throw new TypeError(`not a ${name}: expected a uuid`);
  return value.toLowerCase();
}

// Each `as` below follows the check on the same line.
export const organisationId = (value: string) => checked(value, "organisation id") as OrganisationId;
export const userId = (value: string) => checked(value, "user id") as UserId;
export const datasourceId = (value: string) => checked(value, "datasource id") as DatasourceId;
export const grantId = (value: string) => checked(value, "grant id") as GrantId;
export const credentialId = (value: string) => checked(value, "credential id") as CredentialId;
export const accountId = (value: string) => checked(value, "account id") as AccountId;
export const sliceId = (value: string) => checked(value, "slice id") as SliceId;
export const commandId = (value: string) => checked(value, "command id") as CommandId;
export const holdId = (value: string) => checked(value, "hold id") as HoldId;
export const apiTokenId = (value: string) => checked(value, "API token id") as ApiTokenId;
export const connectAttemptId = (value: string) => checked(value, "connect attempt id") as ConnectAttemptId;

/** The organisation of holds that are platform-wide; readable by every organisation, written by none. */
export const everyOrganisation = organisationId("00000000-0000-0000-0000-000000000000");

export function runId(datasource: DatasourceId, kind: string, n: number): RunId {
  if (!/^[a-zA-Z]+$/.test(kind) || !Number.isSafeInteger(n) || n < 0) throw new TypeError("not a run id");
  return `${checked(datasource, "datasource id")}:${kind}:${n}` as RunId; // its three parts are checked above
}
