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
export type NoticeId = Brand<string, "NoticeId">;
export type ApiTokenId = Brand<string, "ApiTokenId">;
export type ConnectAttemptId = Brand<string, "ConnectAttemptId">;
export type UploadId = Brand<string, "UploadId">;
export type FeedId = Brand<string, "FeedId">;
export type RequestId = Brand<string, "RequestId">;
export type MailId = Brand<string, "MailId">;
export type ReauthorizeLinkId = Brand<string, "ReauthorizeLinkId">;
export type AccessReviewId = Brand<string, "AccessReviewId">;
/** `{datasourceId}:{kind}:{n}` */
export type RunId = Brand<string, "RunId">;

const uuidPattern = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

export const isUuid = (value: unknown): value is string => typeof value === "string" && uuidPattern.test(value);

/** Makes the one function that brands a text, after checking it. */
// oxlint-disable-next-line typescript/no-unnecessary-type-parameters -- the caller names the brand of the result
function idNamed<Id extends string>(name: string): (value: string) => Id {
  const isId = (value: string): value is Id => isUuid(value);
  return (value) => {
    const lower = value.toLowerCase();
    if (!isId(lower)) throw new TypeError(`not a ${name} id: expected a uuid`);
    return lower;
  };
}

export const organisationId = idNamed<OrganisationId>("organisation");
export const userId = idNamed<UserId>("user");
export const datasourceId = idNamed<DatasourceId>("datasource");
export const grantId = idNamed<GrantId>("grant");
export const credentialId = idNamed<CredentialId>("credential");
export const accountId = idNamed<AccountId>("account");
export const sliceId = idNamed<SliceId>("slice");
export const commandId = idNamed<CommandId>("command");
export const apiTokenId = idNamed<ApiTokenId>("API token");
export const connectAttemptId = idNamed<ConnectAttemptId>("connect attempt");
export const uploadId = idNamed<UploadId>("upload");
export const feedId = idNamed<FeedId>("feed");
export const noticeId = idNamed<NoticeId>("notice");
export const requestId = idNamed<RequestId>("request");
export const mailId = idNamed<MailId>("mail");
export const reauthorizeLinkId = idNamed<ReauthorizeLinkId>("reauthorize link");
export const accessReviewId = idNamed<AccessReviewId>("access review");

/** The organisation of holds that are platform-wide; readable by every organisation, written by none. */
export const everyOrganisation = organisationId("00000000-0000-0000-0000-000000000000");

export const isRunId = (value: string): value is RunId => /^[0-9a-f-]{36}:[a-zA-Z]+:\d{1,15}$/.test(value);

export function runId(datasource: DatasourceId, kind: string, n: number): RunId {
  const text = `${datasourceId(datasource)}:${kind}:${n}`;
  if (!isRunId(text)) throw new TypeError(`not a run id: ${text}`);
  return text;
}
