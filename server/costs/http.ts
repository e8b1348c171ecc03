/** `/v1`: files of costs for programs. Announce, PUT the bytes once, commit, ask how it goes; reports and templates. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { datasourceId, isUuid } from "@headwater/db/schema/ids.ts";
import type { UploadId } from "@headwater/db/schema/ids.ts";
import { uploadModes } from "@headwater/db/schema/values.ts";
import * as v from "valibot";
import { followCommit } from "../after-commit.ts";
import type { Following } from "../after-commit.ts";
import { hashOf } from "../datasources/command.ts";
import { may } from "../access/permissions.ts";
import type { Permission } from "../access/permissions.ts";
import { idIn } from "../graphql/node.ts";
import { contextFor, inTransaction } from "../graphql/operation.ts";
import type { Asking } from "../graphql/operation.ts";
import type { Context, Services } from "../graphql/context.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed, NotPossibleNow, Problem } from "../words/problems.ts";
import { again } from "../http/again.ts";
import { BodyTooLarge, header, readBody, send, sendJson } from "../http/exchange.ts";
import { readDatasources } from "../reading/datasources.ts";
import { comparedOf } from "../reading/upload-totals.ts";
import { hintInWords } from "./finding-words.ts";
import { pageOfFindings, readUpload, standingOf, stopOf } from "../reading/uploads.ts";
import type { UploadRow } from "../reading/uploads.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { UploadGone, UploadRefused } from "./problems.ts";
import type { UploadTrouble } from "./problems.ts";
import { receiveFile } from "./receive-file.ts";
import { sendReport } from "./report.ts";
import { COST_TEMPLATES, templateText } from "./templates.ts";
import { announceUpload, confirmUpload, PLATFORM, uploadIdIn } from "./uploads.ts";

const BODY_MOST = 10_000;
const INLINE_MOST = 1_000;
const PAGE = 100;

interface Exchange {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
}

export interface Costs {
  readonly services: Services;
  readonly asking: () => Promise<Asking>;
  /** A session may only be used by the app's own pages. */
  readonly isOurs: boolean;
}

export async function answerCosts(
  costs: Costs,
  request: IncomingMessage,
  response: ServerResponse,
  path: string,
): Promise<void> {
  const exchange = { request, response };
  const [, , first, name = "", last, ...rest] = path.split("/");
  const method = request.method ?? "GET";
  const isRoute = rest.length === 0;
  if (isRoute && first === "templates" && last === undefined) return sendTemplate(response, name);
  const only = (allowed: "GET" | "POST", permission: Permission | null, work: (asking: Asking) => Promise<void>) =>
    method === allowed
      ? guarded(costs, exchange, permission, work)
      : send(response, { status: 405, headers: { allow: allowed } });
  if (isRoute && first === "datasources" && last === "uploads")
    return only("POST", "uploadCosts", (asking) => announce(costs, asking, exchange, name));
  const upload = first === "uploads" ? uploadIdIn(name) : null;
  if (!isRoute || upload === null) return send(response, { status: 404 });
  switch (last) {
    case undefined:
      return only("GET", null, (asking) => tell(costs, asking, response, upload));
    case "file":
      return receiveFile(costs.services, request, response, upload);
    case "commit":
      return only("POST", "uploadCosts", (asking) => commit(costs, asking, exchange, upload));
    case "report.csv":
      return only("GET", null, (asking) => sendReport(costs.services, asking, response, upload));
    default:
      return send(response, { status: 404 });
  }
}

/** Who may upload may ask how it goes; whoever may read datasources may as well. */
const mayAsk = (asking: Asking, permission: Permission | null): boolean =>
  permission === null
    ? may(asking.caller, "uploadCosts") || may(asking.caller, "readDatasources")
    : may(asking.caller, permission);

async function guarded(
  costs: Costs,
  { request, response }: Exchange,
  permission: Permission | null,
  work: (asking: Asking) => Promise<void>,
): Promise<void> {
  const asking = await costs.asking();
  if (asking.caller.kind === "nobody")
    return refuse(response, { status: 401, code: "UNAUTHENTICATED", message: "Send an API token or sign in." });
  if (asking.caller.kind === "person" && request.method !== "GET" && !costs.isOurs)
    return refuse(response, { status: 403, code: "FORBIDDEN", message: "This must come from the app itself." });
  if (!mayAsk(asking, permission))
    return refuse(response, {
      status: 403,
      code: "FORBIDDEN",
      message: "This needs the scope costs:upload, or a role that may upload.",
    });
  try {
    await work(asking);
  } catch (error) {
    if (error instanceof Problem) return tellProblem(response, error, asking);
    if (error instanceof NotJson)
      return refuse(response, { status: 415, code: "UNSUPPORTED_MEDIA_TYPE", message: "Send application/json." });
    if (error instanceof BodyTooLarge)
      return refuse(response, { status: 413, code: "TOO_LARGE", message: "Too large." });
    throw error;
  }
}

interface Refusal {
  readonly status: number;
  readonly code: string;
  readonly message: string;
}

const refuse = (response: ServerResponse, { status, ...told }: Refusal, headers: Record<string, string> = {}): void =>
  sendJson(response, status, told, headers);

function tellProblem(response: ServerResponse, problem: Problem, { locale }: Asking): void {
  const words = wordsOfPlatform(PLATFORM, locale);
  const message =
    problem.telling.reason?.message ?? words.say(`problem.${problem.telling.code}`, problem.telling.values);
  if (problem instanceof UploadRefused) {
    const wait = problem.retryAfterSeconds;
    const headers = wait === null ? {} : { "retry-after": String(wait) };
    const code = CODE_OF[problem.trouble] ?? problem.trouble;
    return refuse(
      response,
      { status: problem.status, code, message: words.say(`trouble.${problem.trouble}`) },
      headers,
    );
  }
  if (problem instanceof InvalidInput)
    return sendJson(response, 400, { code: "INVALID_INPUT", message, fields: problem.fields });
  return refuse(response, { status: statusOf(problem), code: problem.telling.code, message });
}

/** As the file itself would be refused for it. */
const CODE_OF: Partial<Record<UploadTrouble, string>> = { tooLarge: "E_TOO_LARGE" };

function statusOf(problem: Problem): number {
  if (problem instanceof NotAllowed) return 403;
  if (problem instanceof DatasourceGone || problem instanceof UploadGone) return 404;
  return problem instanceof KeyReused || problem instanceof NotPossibleNow ? 409 : 400;
}

/** One transaction, as a mutation has it; what must follow the commit waits for it. */
async function inContext<Result>(
  services: Services,
  asking: Asking,
  work: (ctx: Context) => Promise<Result>,
): Promise<Result> {
  let after: Following[] = [];
  const result = await again(() => {
    after = [];
    return inTransaction(services, asking.caller, false, (db) =>
      work(contextFor(services, asking, { db, afterCommit: (follow) => after.push(follow) })),
    );
  });
  followCommit(services, after);
  return result;
}

const announcement = v.object({
  filename: v.pipe(v.string(), v.maxLength(1_000)),
  size: v.number(),
  sha256: v.string(),
  mode: v.optional(v.picklist(uploadModes), "upsert"),
  dry_run: v.optional(v.boolean(), false),
  expected_totals: v.optional(v.array(v.object({ currency: v.string(), amount: v.string() })), []),
});

const keyOf = (request: IncomingMessage, otherwise: string): string => header(request, "idempotency-key") ?? otherwise;

class NotJson extends Error {}

async function readJson(request: IncomingMessage): Promise<unknown> {
  const body = await readBody(request, BODY_MOST);
  if (body.length === 0) return {};
  if (!/^application\/json\s*(;|$)/i.test(header(request, "content-type") ?? "")) throw new NotJson();
  try {
    return JSON.parse(body.toString("utf8"));
  } catch {
    throw new InvalidInput([{ path: "", message: "A JSON object." }]);
  }
}

async function announce(
  { services }: Costs,
  asking: Asking,
  { request, response }: Exchange,
  name: string,
): Promise<void> {
  const read = v.safeParse(announcement, await readJson(request));
  if (!read.success)
    throw new InvalidInput(read.issues.map((issue) => ({ path: v.getDotPath(issue) ?? "", message: issue.message })));
  const id = isUuid(name) ? name : idIn("Datasource", name);
  const { filename, size, sha256, mode, dry_run: dryRun, expected_totals: expected } = read.output;
  const key = keyOf(request, `v1 ${sha256.slice(0, 64)} ${Date.now()} ${Math.random()}`);
  const announced = await inContext(services, asking, (ctx) =>
    announceUpload(ctx, {
      datasource: id === null ? null : datasourceId(id),
      filename,
      size,
      sha256,
      mode,
      dryRun,
      expected,
      how: "api",
      idempotencyKey: key,
    }),
  );
  sendJson(response, 201, {
    upload_id: announced.upload.id,
    put_url: announced.putUrl,
    expires_at: announced.expiresAt.toISOString(),
    max_bytes: services.costFileBytes,
    headers: { "content-type": "application/octet-stream", "content-length": String(announced.upload.size) },
  });
}

/** A token has nobody who looks: what a feed may not bring in by itself, it may not either. */
async function commit(
  { services }: Costs,
  asking: Asking,
  { request, response }: Exchange,
  upload: UploadId,
): Promise<void> {
  const body = await readJson(request);
  const said: object = typeof body === "object" && body !== null ? body : {};
  const confirmText = "confirm" in said ? String(said.confirm) : null;
  const otherTotal = "accept_difference" in said && said.accept_difference === true;
  const key = keyOf(request, `v1 commit ${upload} ${hashOf({ confirmText, otherTotal })}`);
  const isPerson = asking.caller.kind === "person";
  const asked = await inContext(services, asking, (ctx) =>
    confirmUpload(
      ctx,
      { upload, idempotencyKey: key },
      { goodRowsOnly: isPerson, unattended: !isPerson, text: confirmText, otherTotal },
    ),
  );
  sendJson(response, 202, await resource(services, asking, asked.upload));
}

async function tell({ services }: Costs, asking: Asking, response: ServerResponse, id: UploadId): Promise<void> {
  const upload = await inTransaction(services, asking.caller, true, (db) => readUpload(db, id));
  if (upload === null) throw new UploadGone();
  sendJson(response, 200, await resource(services, asking, upload));
}

/** All of them from the first: a program adds up what it is told. */
const NO_COUNTS = { rows: 0, ok: 0, errors: 0, empty: 0, warnings: 0, inserted: 0, updated: 0, deleted: 0, ignored: 0 };

async function resource(services: Services, asking: Asking, upload: UploadRow): Promise<object> {
  const words = wordsOfPlatform(PLATFORM, asking.locale);
  const { findings, stop } = await inTransaction(services, asking.caller, true, async (db) => {
    const [view] = upload.asked === null ? [] : await readDatasources(db, new Date(), [upload.datasourceId]);
    const found = [];
    let after = null;
    while (found.length < INLINE_MOST) {
      const page = await pageOfFindings(db, upload.id, null, { limit: PAGE, after });
      found.push(...page);
      const last = page.at(-1);
      if (last === undefined || page.length < PAGE) break;
      after = { line: last.line, n: last.n };
    }
    return { findings: found, stop: stopOf(upload, view) };
  });
  const { state, reason } = standingOf(upload);
  const { adSpend: _, ...counts } = upload.counts;
  return {
    id: upload.id,
    state,
    reason: stop?.code ?? reason?.code ?? null,
    counts: { ...NO_COUNTS, ...counts },
    totals: upload.totals.map(asTotal),
    expected_totals: comparedOf(upload),
    errors: findings.map(({ line, columnName, code, severity, value }) => ({
      line,
      column: columnName,
      code,
      severity,
      value,
      message: words.say(`finding.${code}`, { value }),
      hint: hintInWords(words, upload, { code, columnName, value }),
    })),
    report_url: `/v1/uploads/${upload.id}/report.csv`,
  };
}

const totalShape = v.object({ costType: v.string(), currency: v.string(), amount: v.string() });
function asTotal(stored: unknown): object {
  const read = v.safeParse(totalShape, stored);
  if (!read.success) return {};
  const { costType, currency, amount } = read.output;
  return { cost_type: costType, currency, amount };
}

function sendTemplate(response: ServerResponse, name: string): void {
  const template = COST_TEMPLATES.find((one) => `${one.name}.csv` === name);
  if (template === undefined) return send(response, { status: 404 });
  send(response, {
    status: 200,
    type: "text/csv; charset=utf-8",
    headers: { "content-disposition": `attachment; filename="${name}"` },
    body: templateText(template),
  });
}
