// graph.facebook.com: version in the path, token in a header or a parameter with its proof, then the node or edge.
import { json, type Answer, type Incoming } from "../http.ts";
import type { TwinAnswer } from "../twin.ts";
import { announceGone } from "./callbacks.ts";
import { errorAnswer, GraphError, namedError } from "./graph-error.ts";
import { amountIn, checkSize, readInsights, rowsOf, tellRow, type InsightsQuery } from "./insights.ts";
import { campaignsOf, tellAccount } from "./nodes.ts";
import { paged, type Given, type GraphRequest } from "./paging.ts";
import { findReport, orderReport, statusOf, tellReport, type Report } from "./reports.ts";
import type { DayRow } from "./seed/days.ts";
import { adAccountSeeds, type AdAccountSeed, type PersonSeed } from "./seed/people.ts";
import {
  checkClient,
  endTokens,
  exchangeCode,
  exchangeToken,
  inspect,
  permissionsOf,
  proofOf,
  readToken,
  setPermission,
  type Token,
} from "./tokens.ts";
import { takeCall, usageHeaders } from "./usage.ts";
import type { MetaWorld } from "./world.ts";

interface Told {
  readonly body: unknown;
  readonly operation: string;
  readonly account?: string;
  readonly noteServed?: () => void;
}

const newest = 26;
const oldest = 24;

function readRequest(incoming: Incoming): GraphRequest {
  const [, version = "", rest = ""] = /^\/(?:(v\d+\.\d+)(?:\/|$))?(.*)$/.exec(incoming.path) ?? [];
  const isForm = (incoming.headers["content-type"] ?? "").includes("x-www-form-urlencoded");
  const given = new Map([...incoming.query, ...(isForm ? new URLSearchParams(incoming.body) : [])]);
  const bearer =
    /^(?:Bearer|OAuth) (.+)$/.exec(incoming.headers["authorization"] ?? "")?.[1] ?? given.get("access_token") ?? null;
  return { method: incoming.method, version, path: rest.split("/").filter((each) => each !== ""), given, bearer };
}

function checkVersion({ version }: GraphRequest): void {
  const number = version === "" ? newest - 1 : Number(version.slice(1).split(".")[0]);
  if (number > newest) throw new GraphError(2500, `Unknown path components: /${version}`);
  if (number < oldest) throw namedError("2635");
}

/** The person's token, its proof right, its permission still there. */
function authorized(world: MetaWorld, { bearer, given }: GraphRequest): Token {
  if (bearer === null)
    throw new GraphError(2500, "An active access token must be used to query information about the current user.");
  const token = readToken(world, bearer);
  const proof = given.get("appsecret_proof");
  if (proof === undefined && world.stateOf("requireProof") !== "off")
    throw new GraphError(100, "API calls from the server require an appsecret_proof argument");
  // A token of another app has another secret behind it.
  const isOurs = world.stateOf(`foreign ${bearer}`) === null;
  if (proof !== undefined && (!isOurs || proof !== proofOf(world, bearer)))
    throw new GraphError(100, "Invalid appsecret_proof provided in the API argument");
  return token;
}

const mayRead = (world: MetaWorld, token: Token): boolean =>
  token.scopes.includes("ads_read") &&
  token.dataUntil > world.clock.nowSeconds() &&
  permissionsOf(world, token.person.id).some(
    ({ permission, status }) => permission === "ads_read" && status === "granted",
  );

/** It went to another owner, and with it every role on it. */
function isAnothers(world: MetaWorld, person: PersonSeed, id: string): boolean {
  const owner = world.stateOf(`owner ${id}`);
  return owner !== null && owner !== person.id;
}

function reaches(world: MetaWorld, person: PersonSeed, id: string): boolean {
  if (world.stateOf(`owner ${id}`) !== null) return !isAnothers(world, person, id);
  return person.accounts.includes(id) && world.stateOf(`role ${person.id} ${id}`) !== "none";
}

/** An ad account that this login may read, or Meta's own way of saying that it may not. */
function reached(world: MetaWorld, token: Token, node: string): AdAccountSeed {
  const id = node.slice("act_".length);
  const account = world.account(id);
  if (account === undefined || world.stateOf(`gone ${id}`) !== null) throw namedError("100/33");
  if (!mayRead(world, token)) throw namedError(token.scopes.includes("ads_read") ? "200" : "294");
  if (isAnothers(world, token.person, id)) throw namedError("100/33");
  if (!reaches(world, token.person, id) || !(token.targets?.includes(id) ?? true)) throw namedError("200");
  const refusal = world.stateOf(`refuses ${id}`);
  if (refusal !== null) throw namedError(refusal);
  return account;
}

const mayAnalyze = (token: Token): boolean => token.person.tasks.includes("ANALYZE");

const fieldsIn = (given: Given, otherwise: string): string[] =>
  (given.get("fields") ?? otherwise)
    .replaceAll(/\{[^}]*\}/g, "")
    .split(",")
    .filter((each) => each !== "");

function noteRows(world: MetaWorld, account: AdAccountSeed, rows: readonly DayRow[], asOfMs: number): void {
  world.store.transaction(() => {
    for (const row of rows)
      world.store.run(
        "insert into meta_served (account, level, entity, day, as_of_ms, spend, impressions, clicks, purchases, value) values (?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
        account.id,
        row.level,
        row.entity,
        row.day,
        asOfMs,
        amountIn(row.spend, account.currency),
        row.impressions,
        row.clicks,
        row.purchases,
        amountIn(row.value, account.currency),
      );
  });
}

interface Insights {
  readonly account: AdAccountSeed;
  readonly query: InsightsQuery;
  readonly rows: readonly DayRow[];
  readonly asOfMs: number;
  readonly operation: string;
}

function tellRows(
  world: MetaWorld,
  request: GraphRequest,
  { account, query, rows, asOfMs, operation }: Insights,
): Told {
  const { data, paging } = paged(request, rows);
  return {
    body: { data: data.map((row) => tellRow(account, row, query)), paging },
    operation: `${operation} ${query.level}`,
    account: account.id,
    ...(query.isByDay ? { noteServed: () => noteRows(world, account, data, asOfMs) } : {}),
  };
}

function insights(world: MetaWorld, request: GraphRequest, token: Token, node: string): Told {
  const account = reached(world, token, node);
  if (!mayAnalyze(token)) throw namedError("200");
  takeCall(world, account.id);
  const query = readInsights(world, account, request.given);
  const isReport = request.method === "POST";
  checkSize(world, account, query, isReport ? "report" : "sync");
  if (isReport)
    return {
      body: { report_run_id: orderReport(world, account, query) },
      operation: `report ${query.level} ${query.since} to ${query.until}`,
      account: account.id,
    };
  const asOfMs = world.asOfMs();
  return tellRows(world, request, {
    account,
    query,
    rows: rowsOf(world, account, query, asOfMs),
    asOfMs,
    operation: "insights",
  });
}

function reportNode(world: MetaWorld, request: GraphRequest, token: Token, report: Report): Told {
  const account = reached(world, token, `act_${report.account.id}`);
  if (request.path.length === 1)
    return { body: tellReport(world, report), operation: "report status", account: account.id };
  takeCall(world, account.id);
  const { isDone } = statusOf(world, report);
  const rows = rowsOf(world, account, report.query, report.asOfMs);
  // Read before it is done, it gives what there is, and says nothing.
  const given = isDone ? rows : rows.slice(0, Math.floor(rows.length / 2));
  return tellRows(world, request, {
    account,
    query: report.query,
    rows: given,
    asOfMs: report.asOfMs,
    operation: "report rows",
  });
}

function revoke(world: MetaWorld, token: Token): Told {
  for (const { permission } of permissionsOf(world, token.person.id))
    setPermission(world, token.person.id, permission, "expired");
  endTokens(world, token.person.id, 458);
  announceGone(world, token.person.id);
  return { body: { success: true }, operation: "revoke" };
}

function ofPerson(world: MetaWorld, request: GraphRequest, token: Token): Told {
  const [, edge] = request.path;
  const { person } = token;
  if (edge === undefined) return { body: { id: person.id, name: person.name }, operation: "me" };
  if (edge === "permissions")
    return request.method === "DELETE"
      ? revoke(world, token)
      : { body: { data: permissionsOf(world, person.id) }, operation: "permissions" };
  if (edge !== "adaccounts") throw namedError("100/33");
  if (!mayRead(world, token)) throw namedError("294");
  const fields = fieldsIn(request.given, "account_id");
  const own = adAccountSeeds.filter(
    ({ id }) =>
      (token.targets?.includes(id) ?? true) && reaches(world, person, id) && world.stateOf(`gone ${id}`) === null,
  );
  return {
    body: paged(
      request,
      own.map((account) => tellAccount(world, account, token, fields)),
      200,
    ),
    operation: "ad accounts",
  };
}

function nodeOf(world: MetaWorld, request: GraphRequest): Told {
  const token = authorized(world, request);
  const [first = "", edge] = request.path;
  if (first === "me" || first === token.person.id) return ofPerson(world, request, token);
  if (/^act_\d+$/.test(first)) {
    if (edge === "insights") return insights(world, request, token, first);
    if (edge === "campaigns") {
      const account = reached(world, token, first);
      takeCall(world, account.id);
      return {
        body: paged(request, campaignsOf(world, account, request.given)),
        operation: "campaigns",
        account: account.id,
      };
    }
    if (edge === undefined) {
      const account = reached(world, token, first);
      return {
        body: tellAccount(world, account, token, fieldsIn(request.given, "account_id")),
        operation: "ad account",
        account: account.id,
      };
    }
  }
  const report = findReport(world, first);
  if (report === null || (edge !== undefined && edge !== "insights")) throw namedError("100/33");
  return reportNode(world, request, token, report);
}

function accessToken(world: MetaWorld, { given }: GraphRequest): Told {
  checkClient(world, given);
  const isLong = given.get("grant_type") === "fb_exchange_token";
  const token = isLong ? exchangeToken(world, given.get("fb_exchange_token") ?? "") : exchangeCode(world, given);
  const left = token.expiresAt === null ? {} : { expires_in: token.expiresAt - world.clock.nowSeconds() };
  return {
    body: { access_token: token.token, token_type: "bearer", ...left },
    operation: isLong ? "token long" : "token code",
  };
}

function debugToken(world: MetaWorld, { given, bearer }: GraphRequest): Told {
  const isApp = bearer !== null && bearer === `${world.client?.clientId ?? ""}|${world.client?.clientSecret ?? ""}`;
  if (!isApp && bearer !== given.get("input_token"))
    throw new GraphError(190, "Invalid OAuth access token.", { status: 401 });
  return { body: { data: inspect(world, given.get("input_token") ?? "") }, operation: "debug token" };
}

function answerOne(world: MetaWorld, request: GraphRequest): Told {
  checkVersion(request);
  const path = request.path.join("/");
  if (path === "oauth/access_token" && (request.method === "GET" || request.method === "POST"))
    return accessToken(world, request);
  if (path === "debug_token" && request.method === "GET") return debugToken(world, request);
  if (path === "" && request.method === "POST") return batch(world, request);
  return nodeOf(world, request);
}

/** Up to fifty requests in one, each with an answer of its own; the token of the whole is theirs too. */
function batch(world: MetaWorld, request: GraphRequest): Told {
  const parts: { method?: string; relative_url?: string }[] = JSON.parse(request.given.get("batch") ?? "[]");
  if (parts.length === 0 || parts.length > 50) throw new GraphError(100, "(#100) A batch holds 1 to 50 requests");
  const body = parts.map(({ method = "GET", relative_url: relative = "" }) => {
    const url = new URL(relative.replace(/^\//, ""), "https://graph.facebook.com/");
    const [, version = request.version, rest = ""] = /^\/(?:(v\d+\.\d+)\/)?(.*)$/.exec(url.pathname) ?? [];
    const given = new Map(url.searchParams);
    const proof = request.given.get("appsecret_proof");
    if (proof !== undefined) given.set("appsecret_proof", proof);
    const one: GraphRequest = {
      method,
      version,
      path: rest.split("/").filter((each) => each !== ""),
      given,
      bearer: given.get("access_token") ?? request.bearer,
    };
    const answer = safely(world, one);
    return { code: answer.status, headers: [], body: Buffer.isBuffer(answer.body) ? answer.body.toString() : "" };
  });
  return { body, operation: "batch" };
}

function safely(world: MetaWorld, request: GraphRequest): TwinAnswer {
  const account = /^act_(\d+)$/.exec(request.path[0] ?? "")?.[1] ?? null;
  const dated = { date: new Date(world.clock.nowMs()).toUTCString(), "facebook-api-version": request.version };
  const headers = (of: string | null): Record<string, string> => ({
    ...dated,
    ...(of === null ? {} : usageHeaders(world, of)),
  });
  try {
    const told = answerOne(world, request);
    const of = told.account ?? account;
    return {
      ...json(200, told.body, { "cache-control": "no-store", ...headers(of) }),
      operation: told.operation,
      account: of,
      ...(told.noteServed ? { noteServed: told.noteServed } : {}),
    };
  } catch (error) {
    if (!(error instanceof GraphError)) throw error;
    return { ...errorAnswer(error, headers(account)), operation: `refused ${error.code}`, account };
  }
}

export const answerGraph = (world: MetaWorld, incoming: Incoming): TwinAnswer => safely(world, readRequest(incoming));

/** A refusal that the desk has asked for, with the headers that an ad account's answers have. */
export function refusalAnswer(world: MetaWorld, incoming: Incoming, { error, minutes }: Refusal): Answer {
  const account = /\/act_(\d+)/.exec(incoming.path)?.[1] ?? null;
  const dated = { date: new Date(world.clock.nowMs()).toUTCString() };
  return errorAnswer(error, { ...dated, ...(account === null ? {} : usageHeaders(world, account, minutes)) });
}

interface Refusal {
  readonly error: GraphError;
  readonly minutes: number;
}
