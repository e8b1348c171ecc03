// Faults that lie rather than break: the answer is well formed, and wrong.
import { gzipSync } from "node:zlib";
import type { Answer } from "../http.ts";
import type { FaultRule } from "./rule.ts";

type Json = Record<string, unknown>;
const isObject = (value: unknown): value is Json =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** The connections right below the root; where `data` is itself a list, the body is the page. */
function pages(body: Json): Json[] {
  if (Array.isArray(body["data"])) return [body];
  return Object.values(isObject(body["data"]) ? body["data"] : {}).filter(
    (each): each is Json => isObject(each) && isObject(each["pageInfo"]),
  );
}

const itemsKey = (page: Json): "nodes" | "edges" | "data" =>
  Array.isArray(page["data"]) ? "data" : Array.isArray(page["nodes"]) ? "nodes" : "edges";
const items = (page: Json): unknown[] => {
  const list = page[itemsKey(page)];
  return Array.isArray(list) ? list : [];
};
const record = (item: unknown): Json | null => (!isObject(item) ? null : isObject(item["node"]) ? item["node"] : item);

function everywhere(value: unknown, change: (object: Json) => void): void {
  if (Array.isArray(value)) value.forEach((each) => everywhere(each, change));
  else if (isObject(value)) {
    change(value);
    Object.values(value).forEach((each) => everywhere(each, change));
  }
}

/** The record in the middle, or with `to: "all"` every one. */
function poison(page: Json, rule: FaultRule): void {
  const list = items(page);
  const chosen = rule.to === "all" ? list : [list[Math.floor(list.length / 2)]];
  for (const item of chosen) {
    const found = record(item);
    if (found) found[rule.field ?? "createdAt"] = rule.text ?? "not a value";
  }
}

const changes: Partial<Record<FaultRule["kind"], (body: Json, rule: FaultRule) => void>> = {
  unordered: (body) =>
    pages(body).forEach((page) => {
      page[itemsKey(page)] = items(page).toReversed();
    }),
  repeatRecords: (body) => pages(body).forEach((page) => items(page).push(...items(page).slice(0, 3))),
  emptyPage: (body) =>
    pages(body).forEach((page) => {
      page[itemsKey(page)] = [];
      page["pageInfo"] = { ...(isObject(page["pageInfo"]) ? page["pageInfo"] : {}), hasNextPage: true };
    }),
  poison: (body, rule) => pages(body).forEach((page) => poison(page, rule)),
  remove: (body, rule) =>
    everywhere(body["data"], (object) => {
      if (rule.field !== null) delete object[rule.field];
    }),
  rename: (body, rule) =>
    everywhere(body["data"], (object) => {
      if (rule.field === null || !Object.hasOwn(object, rule.field)) return;
      object[rule.to ?? `${rule.field}2`] = object[rule.field];
      delete object[rule.field];
    }),
  partial: (body, rule) => {
    const field = rule.field ?? "customer";
    everywhere(body["data"], (object) => {
      if (Object.hasOwn(object, field)) object[field] = null;
    });
    body["errors"] = [
      {
        message: `This app is not approved to access the ${field} field.`,
        path: [field],
        extensions: { code: "ACCESS_DENIED" },
      },
    ];
  },
};

/** Pages that lead back to themselves, by the cursor the request came with. */
function loop(body: Json, requestBody: string): void {
  const after = /"(?:after|cursor|c)"\s*:\s*"([^"]+)"/.exec(requestBody)?.[1] ?? null;
  for (const page of pages(body)) {
    const info = isObject(page["pageInfo"]) ? page["pageInfo"] : {};
    page["pageInfo"] = { ...info, hasNextPage: true, endCursor: after ?? info["endCursor"] };
  }
}

export function bendJson(answer: Answer, rule: FaultRule, requestBody: string): Answer {
  if (!Buffer.isBuffer(answer.body)) return answer;
  let body: unknown;
  try {
    body = JSON.parse(answer.body.toString("utf8"));
  } catch {
    // Not JSON (a download, a page): nothing to lie about.
    return answer;
  }
  if (!isObject(body)) return answer;
  if (rule.kind === "lastPageForever") loop(body, requestBody);
  else changes[rule.kind]?.(body, rule);
  return { ...answer, body: Buffer.from(JSON.stringify(body)) };
}

/** The records of an earlier page under the cursor of this one. */
export function withRecordsOf(answer: Answer, pageBefore: Buffer): Answer {
  if (!Buffer.isBuffer(answer.body)) return answer;
  const body: unknown = JSON.parse(answer.body.toString("utf8"));
  const before: unknown = JSON.parse(pageBefore.toString("utf8"));
  if (!isObject(body) || !isObject(before)) return answer;
  const source = pages(before)[0];
  for (const page of pages(body))
    if (source && itemsKey(source) === itemsKey(page)) page[itemsKey(page)] = items(source);
  return { ...answer, body: Buffer.from(JSON.stringify(body)) };
}

export function bendBytes(answer: Answer, rule: FaultRule): Answer {
  if (!Buffer.isBuffer(answer.body)) return answer;
  const half = answer.body.subarray(0, Math.floor(answer.body.length / 2));
  if (rule.kind === "truncatedJson") return { ...answer, body: half };
  if (rule.kind === "byteOrderMark")
    return { ...answer, body: Buffer.concat([Buffer.from([0xef, 0xbb, 0xbf]), answer.body]) };
  const packed = gzipSync(answer.body);
  return {
    ...answer,
    headers: { ...answer.headers, "content-encoding": "gzip" },
    body: packed.subarray(0, Math.floor(packed.length / 2)),
  };
}
