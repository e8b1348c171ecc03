/* oxlint-disable typescript/no-unsafe-type-assertion -- answers of GraphQL and of SQL are of any shape; each expectation checks what it reads */
/** For tests: somebody with a browser, or a tool with a token. */
import type { Role } from "@headwater/db/schema/values.ts";
import { mailBinding, open } from "@headwater/db";
import { mails, memberships, organisations } from "@headwater/db/schema/tables.ts";
import { organisationId, userId } from "@headwater/db/schema/ids.ts";
import type { OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import { eq } from "drizzle-orm";
import { PASSWORD } from "./api.ts";
import type { TestApi } from "./api.ts";

export interface GraphqlAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Of whatever shape was asked for; each expectation checks what it reads. */
  readonly data: ReturnType<typeof JSON.parse>;
  readonly errors: readonly { message: string; extensions: Record<string, unknown>; path?: unknown[] }[] | undefined;
  readonly extensions: Record<string, unknown> | undefined;
}

export interface Visitor {
  readonly cookie: string;
  readonly userId: UserId;
  readonly organisationId: OrganisationId;
  readonly slug: string;
  ask(query: string, variables?: Record<string, unknown>, headers?: Record<string, string>): Promise<GraphqlAnswer>;
}

export async function ask(
  api: TestApi,
  headers: Record<string, string>,
  query: string,
  variables: Record<string, unknown> = {},
): Promise<GraphqlAnswer> {
  const response = await fetch(`${api.url}/graphql`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify({ query, variables }),
  });
  const body: unknown = await response.json();
  const { data, errors, extensions } = body as GraphqlAnswer; // what GraphQL over HTTP says an answer is
  return { status: response.status, headers: response.headers, data, errors, extensions };
}

export const post = (
  api: TestApi,
  path: string,
  body: unknown,
  headers: Record<string, string> = {},
): Promise<Response> =>
  fetch(`${api.url}${path}`, {
    method: "POST",
    headers: { "content-type": "application/json", ...headers },
    body: JSON.stringify(body),
    redirect: "manual",
  });

export const cookieIn = (response: Response): string =>
  response.headers
    .getSetCookie()
    .map((cookie) => cookie.split(";")[0])
    .join("; ");

let made = 0;

/** Signs up over HTTP, as people do. */
export async function signUp(api: TestApi, organisation = `Brand ${(made += 1)}`): Promise<Visitor> {
  made += 1;
  const email = `person${made}@example.com`;
  return visitor(
    api,
    await signUpAs(api, {
      name: `Person ${made}`,
      email,
      password: PASSWORD,
      organisation,
      zone: "Asia/Kolkata",
      currency: "INR",
    }),
  );
}

/** Asks, reads the mail, follows its link: the cookie of whoever is now signed in. */
export async function signUpAs(
  api: TestApi,
  input: Readonly<Record<string, string>> & { readonly email: string },
  headers: Record<string, string> = {},
): Promise<string> {
  const asked = await post(api, "/api/auth/sign-up/email", input, headers);
  if (asked.status !== 200) throw new Error(`sign-up answered ${asked.status}: ${await asked.text()}`);
  const own = { ...headers, cookie: cookieIn(asked) };
  const confirmed = await confirm(api, (await mailsTo(api, input.email)).at(-1)?.link, own);
  if (confirmed.status !== 200) throw new Error(`confirming answered ${confirmed.status}: ${await confirmed.text()}`);
  return cookieIn(confirmed);
}

export const confirm = (api: TestApi, link: string | undefined, headers: Record<string, string> = {}) =>
  post(api, "/api/auth/sign-up/confirm", { token: link?.split("#")[1] ?? "" }, headers);

export interface WrittenMail {
  readonly kind: string;
  readonly locale: string;
  readonly details: object;
  readonly link: string;
}

/** As the worker that sends them would read them, oldest first. */
export async function mailsTo(api: TestApi, address: string): Promise<WrittenMail[]> {
  const rows = await api.owner.drizzle
    .select()
    .from(mails)
    .where(eq(mails.toAddress, address))
    .orderBy(mails.createdAt);
  return rows.map(({ id, kind, locale, details, sealed, wrappedKey, keyId }) => ({
    kind,
    locale,
    details,
    link:
      sealed === null || wrappedKey === null || keyId === null
        ? ""
        : (open(api.privateKey, mailBinding(id), { sealed, wrappedKey, keyId })["link"]?.reveal() ?? ""),
  }));
}

export async function visitor(api: TestApi, cookie: string, slug?: string): Promise<Visitor> {
  const named: Record<string, string> = slug === undefined ? { cookie } : { cookie, "x-organisation": slug };
  const first = await ask(api, named, "{ me { id email } organisation { id slug } }");
  const raw = (id: string) => Buffer.from(id, "base64url").toString().split(":")[1] ?? "";
  const own = first.data.organisation.slug as string;
  return {
    cookie,
    userId: userId(raw(first.data.me.id)),
    organisationId: organisationId(raw(first.data.organisation.id)),
    slug: own,
    ask: (query, variables, headers) => ask(api, { cookie, "x-organisation": own, ...headers }, query, variables),
  };
}

/** Another person, as a member of somebody's organisation. */
export async function joinAs(api: TestApi, host: Visitor, role: Role): Promise<Visitor> {
  const guest = await signUp(api);
  await api.owner.drizzle
    .insert(memberships)
    .values({ organisationId: host.organisationId, userId: guest.userId, role });
  return visitor(api, guest.cookie, host.slug);
}

export async function setPlan(
  api: TestApi,
  host: Visitor,
  plan: "free" | "growth" | "scale" | "custom",
): Promise<void> {
  await api.owner.drizzle.update(organisations).set({ plan }).where(eq(organisations.id, host.organisationId));
}

export async function makeToken(
  host: Visitor,
  scopes: readonly ("READ" | "MANAGE" | "COSTS_UPLOAD")[],
  name = "tool",
): Promise<{ secret: string; id: string }> {
  const { data, errors } = await host.ask(
    `mutation ($input: CreateApiTokenInput!) { createApiToken(input: $input) { is: __typename ... on CreateApiTokenSuccess { secret token { id } } ... on UserError { message } } }`,
    { input: { name, scopes, idempotencyKey: crypto.randomUUID() } },
  );
  if (data?.createApiToken.is !== "CreateApiTokenSuccess") throw new Error(JSON.stringify({ data, errors }));
  return { secret: data.createApiToken.secret, id: data.createApiToken.token.id };
}

export const withToken = (api: TestApi, secret: string) => (query: string, variables?: Record<string, unknown>) =>
  ask(api, { authorization: `Bearer ${secret}` }, query, variables);
