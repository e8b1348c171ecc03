// Faults in Klaviyo's own shape: what is refused, and pages that lie.
import type { FaultRule } from "../faults/rule.ts";
import type { Answer, Incoming } from "../http.ts";
import { answerApi, asAnswer, throttled, type Api } from "./api.ts";
import { badParameter, encodeCursor, Refusal } from "./documents.ts";

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

export interface Broken {
  answer(rule: FaultRule, incoming: Incoming): Answer | null;
}

export function openBroken(api: Api): Broken {
  /** The page before of each endpoint, for the fault that serves it once more. */
  const before = new Map<string, string>();
  return {
    answer(rule, incoming) {
      if (incoming.host !== "a.klaviyo.com") return null;
      const refusal = refusals[rule.kind]?.(rule);
      if (refusal !== undefined) return asAnswer(refusal, incoming);
      if (!lies.has(rule.kind)) return null;
      const real = answerApi(api, incoming);
      if (real.status !== 200 || !Buffer.isBuffer(real.body)) return real;
      const text = real.body.toString("utf8");
      const bent =
        rule.kind === "duplicatePage"
          ? withRecordsOf(text, before.get(incoming.path))
          : lied(api, rule, text, incoming);
      before.set(incoming.path, text);
      real.noteServed?.();
      return { ...real, body: Buffer.from(bent) };
    },
  };
}

const lies = new Set<FaultRule["kind"]>([
  "lastPageForever",
  "duplicatePage",
  "unordered",
  "repeatRecords",
  "poison",
  "emptyPage",
]);

const refusals: Partial<Record<FaultRule["kind"], (rule: FaultRule) => Refusal>> = {
  throttled: ({ retryAfter }) => throttled(retryAfter === null ? 12 : Number(retryAfter)),
  tooMany: ({ retryAfter }) =>
    new Refusal(429, "throttled", "Request was throttled.", {
      headers: retryAfter === null ? {} : { "retry-after": retryAfter },
    }),
  unauthorized: () => new Refusal(401, "authentication_failed", "Incorrect authentication credentials."),
  denyScope: ({ text }) =>
    new Refusal(403, "permission_denied", `This key is missing a required scope: ${text ?? "metrics:read"}`),
  staleCursor: () => badParameter("page[cursor]", "Invalid page cursor."),
  internalError: () => new Refusal(500, "error", "A server error occurred."),
  providerError: ({ text }) => {
    const [status = "400", code = "invalid"] = text?.split(" ") ?? [];
    return new Refusal(Number(status), code, "The fault desk says so.");
  },
};

/** Rows of an aggregate or objects of a list. */
function rowsIn(document: Json): { rows: unknown[]; put: (rows: unknown[]) => void } | null {
  const { data } = document;
  if (Array.isArray(data)) return { rows: data, put: (rows) => void (document["data"] = rows) };
  const attributes = isObject(data) ? data["attributes"] : null;
  if (!isObject(attributes) || !Array.isArray(attributes["data"])) return null;
  return { rows: attributes["data"], put: (rows) => void (attributes["data"] = rows) };
}

/** Digits stay as they are: numbers that a double would write otherwise go through as they stood. */
const parsed = (text: string): unknown =>
  JSON.parse(text, (_key, value: unknown, context?: { source?: string }) =>
    typeof value === "number" && context?.source !== undefined ? JSON.rawJSON(context.source) : value,
  );

function lied(api: Api, rule: FaultRule, text: string, incoming: Incoming): string {
  const document = parsed(text);
  if (!isObject(document)) return text;
  const found = rowsIn(document);
  if (found !== null && rule.kind === "unordered") found.put(found.rows.toReversed());
  if (found !== null && rule.kind === "repeatRecords") found.put([...found.rows, ...found.rows.slice(0, 3)]);
  if (found !== null && rule.kind === "poison") {
    const chosen = found.rows[Math.floor(found.rows.length / 2)];
    if (isObject(chosen)) chosen[rule.field ?? "dimensions"] = rule.text ?? "not a value";
  }
  if (rule.kind === "emptyPage") found?.put([]);
  if (rule.kind === "lastPageForever" || rule.kind === "emptyPage") loop(api, document, incoming);
  return JSON.stringify(document);
}

/** A cursor to where an answer begins. */
function firstPage({ data }: Json, { world }: Api): string {
  const at = world.accounts[0]?.countedAt() ?? 0;
  return encodeCursor({ start: 0, at, of: isObject(data) ? data["id"] : "" });
}

/** A next page that is this one again. */
function loop(api: Api, document: Json, incoming: Incoming): void {
  const links = isObject(document["links"]) ? document["links"] : {};
  const cursor = /"page_cursor":"([^"]+)"/.exec(incoming.body)?.[1] ?? incoming.query.get("page[cursor]");
  const self = new URL(`https://a.klaviyo.com${incoming.path}`);
  for (const [name, value] of incoming.query) self.searchParams.set(name, value);
  if (incoming.method === "POST") self.searchParams.set("page_cursor", cursor ?? firstPage(document, api));
  document["links"] = { ...links, next: self.href };
}

function withRecordsOf(text: string, before: string | undefined): string {
  const document = parsed(text);
  const old = before === undefined ? null : parsed(before);
  if (!isObject(document) || !isObject(old)) return text;
  const rows = rowsIn(old)?.rows;
  if (rows !== undefined) rowsIn(document)?.put(rows);
  return JSON.stringify(document);
}
