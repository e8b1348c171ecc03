// Campaigns and flows. Klaviyo gives campaigns of one channel at a time, and archived ones only when asked: so a list is
// several passes. Its next page is the link it gives, as it is.
import type { Cursor, Page, SliceSpec, Stream } from "../../contract.ts";
import { makePageGuard } from "../../protocol/page-guard.ts";
import { documentOf, instantOf, instantOrNull, mapped, textOf, textOrNull, type Fields } from "../../read-fields.ts";
import type { CampaignRecord, RejectedRecord } from "../../records.ts";
import type { SourceSession } from "../../session.ts";
import { apiUrl, attributesOf, callerOf, dataOf, nextOf } from "../api.ts";
import type { Endpoint } from "../rates.ts";
import { channelOf } from "./messages-by-day.ts";

/** Clocks differ, and a list is written a little after what it lists. */
const OVERLAP_MS = 10 * 60_000;

type Pass = { readonly channel: string | null; readonly filters: readonly string[] };

interface List {
  readonly name: "campaigns" | "flows";
  readonly endpoint: Endpoint;
  readonly scope: string;
  readonly touched: string;
  readonly query: Readonly<Record<string, string>>;
  readonly passes: readonly Pass[];
  /** `read`: when the list began to be read, which is the version of what tells none. */
  readonly map: (object: Fields, of: { pass: Pass; read: string }) => CampaignRecord;
}

const campaigns: List = {
  name: "campaigns",
  endpoint: "campaigns",
  scope: "campaigns:read",
  touched: "updated_at",
  query: { sort: "updated_at" },
  passes: ["email", "sms", "mobile_push"].flatMap((channel) =>
    [false, true].map((isArchived) => ({
      channel,
      filters: [`equals(messages.channel,'${channel}')`, ...(isArchived ? ["equals(archived,true)"] : [])],
    })),
  ),
  map: (object, { pass: { channel } }) => {
    const attributes = attributesOf(object);
    return {
      kind: "campaign",
      id: textOf(object, "id"),
      versionAt: instantOf(attributes, "updated_at"),
      document: documentOf(object, NOTHING),
      level: "campaign",
      parentId: null,
      name: textOrNull(attributes, "name") ?? "",
      status: stateOf(attributes),
      objective: null,
      channel: channel === null ? null : channelOf(channel),
      startedAt: instantOrNull(attributes, "scheduled_at"),
      endedAt: null,
      sentAt: instantOrNull(attributes, "send_time"),
    };
  },
};

const flows: List = {
  name: "flows",
  endpoint: "flows",
  scope: "flows:read",
  touched: "updated",
  query: { "page[size]": "50" },
  passes: [{ channel: null, filters: [] }],
  map: (object, { read }) => {
    const attributes = attributesOf(object);
    return {
      kind: "campaign",
      id: textOf(object, "id"),
      versionAt: instantOrNull(attributes, "updated") ?? read,
      document: documentOf(object, NOTHING),
      level: "flow",
      parentId: null,
      name: textOrNull(attributes, "name") ?? "",
      status: stateOf(attributes),
      objective: textOrNull(attributes, "trigger_type"),
      channel: null,
      startedAt: instantOrNull(attributes, "created"),
      endedAt: null,
      sentAt: null,
    };
  },
};

const NOTHING: ReadonlySet<string> = new Set();

const stateOf = (attributes: Fields): string | null =>
  attributes["archived"] === true ? "archived" : (textOrNull(attributes, "status")?.toLowerCase() ?? null);

const streamOf = (list: List): Stream => ({
  name: list.name,
  kinds: ["campaign"],
  needs: [list.scope],
  optional: true,
  window: { history: "snapshot", overlapMs: OVERLAP_MS, restatedDays: 0, longestMs: null },
  pages: (session, slice, from) => readList(session, list, slice, from),
});

export const listStreams: readonly Stream[] = [campaigns, flows].map(streamOf);

type Place = { readonly pass: number; readonly url: string | null; readonly begun: string };

async function* readList(
  session: SourceSession,
  list: List,
  slice: SliceSpec,
  from: Cursor | null,
): AsyncGenerator<Page> {
  let place = readPlace(from) ?? { pass: 0, url: null, begun: session.clock.now().toISOString() };
  const since = slice.mode === "changes" ? slice.from : null;
  for (let pass = list.passes[place.pass]; pass !== undefined; pass = list.passes[place.pass]) {
    const guard = makePageGuard({ isFiltered: true });
    for (let url: string | null = place.url ?? firstPage(list, pass, since); url !== null;) {
      const call = { url, endpoint: list.endpoint, scope: list.scope, purpose: list.name };
      const document: Fields = await callerOf(session)(call);
      const objects = dataOf(document);
      const next = nextOf(document, url);
      if (guard({ ids: objects.map((object) => textOrNull(object, "id") ?? ""), next, asked: url }) === "again")
        continue;
      url = next;
      place = next === null ? { ...place, pass: place.pass + 1, url: null } : { ...place, url: next };
      const done = place.pass >= list.passes.length;
      yield {
        kind: "records",
        ...mappedAll(objects, list, { pass, read: place.begun }),
        cursor: { ...place },
        done,
        ...(done ? { through: new Date(place.begun) } : {}),
      };
    }
  }
}

function firstPage(list: List, { filters }: Pass, since: Date | null): string {
  const touched = since === null ? [] : [`greater-or-equal(${list.touched},${since.toISOString()})`];
  const all = [...filters, ...touched];
  const filter = all.length > 1 ? `and(${all.join(",")})` : (all[0] ?? "");
  return apiUrl(list.endpoint, { ...(filter === "" ? {} : { filter }), ...list.query });
}

function mappedAll(
  objects: readonly Fields[],
  list: List,
  of: { pass: Pass; read: string },
): { records: CampaignRecord[]; rejected: RejectedRecord[] } {
  const records: CampaignRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const object of objects) {
    const result = mapped("campaign", object, (fields) => list.map(fields, of));
    if ("record" in result) records.push(result.record);
    else rejected.push(result.rejected);
  }
  return { records, rejected };
}

function readPlace(cursor: Cursor | null): Place | null {
  const pass = cursor?.["pass"];
  const url = cursor?.["url"];
  const begun = cursor?.["begun"];
  if (typeof pass !== "number" || typeof begun !== "string") return null;
  return { pass, url: typeof url === "string" ? url : null, begun };
}
