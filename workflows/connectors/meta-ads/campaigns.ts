// Campaigns as they stand: archived and deleted ones too, which Meta hides unless they are asked for.
import type { Cursor, Page, SliceSpec } from "../contract.ts";
import { documentOf, instantOf, mapped, textOf, textOrNull, type Fields } from "../read-fields.ts";
import type { CampaignRecord, RejectedRecord } from "../records.ts";
import { laterBy } from "../protocol/later.ts";
import { makePageGuard } from "../protocol/page-guard.ts";
import type { SourceSession } from "../session.ts";
import { callRows, nextIn, rowsIn } from "./graph.ts";
import { limitNotice, waitOf } from "./usage.ts";

const FIELDS =
  "id,name,status,effective_status,objective,buying_type,start_time,stop_time,created_time,updated_time,daily_budget,lifetime_budget";
const STATUSES = JSON.stringify(["ACTIVE", "PAUSED", "ARCHIVED", "DELETED", "IN_PROCESS", "WITH_ISSUES"]);
const PAGE = 500;
const none = new Set<string>();

export async function* campaignPages(
  session: SourceSession,
  slice: SliceSpec,
  from: Cursor | null,
): AsyncGenerator<Page> {
  const account = session.account?.externalId ?? "";
  const startedAt = session.clock.now();
  const guard = makePageGuard({ isFiltered: true });
  let after = typeof from?.["after"] === "string" ? from["after"] : null;
  for (;;) {
    const params = {
      fields: FIELDS,
      effective_status: STATUSES,
      ...changedSince(slice),
      ...(after === null ? {} : { after }),
    };
    const call = { path: `act_${account}/campaigns`, params, purpose: "campaigns" };
    const { body, usage } = await callRows(session, call, PAGE);
    const rows = rowsIn(body);
    const next = nextIn(body);
    if (guard({ ids: rows.map((row) => String(textOrNull(row, "id"))), next }) === "again") continue;
    after = next;
    const cursor = { after };
    const through = slice.to < startedAt ? slice.to : startedAt;
    yield {
      kind: "records",
      ...mapCampaigns(rows),
      cursor,
      ...(next === null ? { through } : {}),
      done: next === null,
    };
    if (next === null) return;
    const waitMs = waitOf(usage);
    const until = laterBy(session.clock.now(), waitMs ?? 0);
    if (waitMs !== null) yield { kind: "waiting", until, because: limitNotice(waitMs), isLimit: true, cursor };
  }
}

function changedSince({ mode, from }: SliceSpec): Record<string, string> {
  if (mode === "history" || from === null) return {};
  const value = Math.floor(from.getTime() / 1000) - 1;
  return { filtering: JSON.stringify([{ field: "updated_time", operator: "GREATER_THAN", value }]) };
}

function mapCampaigns(rows: readonly Fields[]) {
  const records: CampaignRecord[] = [];
  const rejected: RejectedRecord[] = [];
  for (const row of rows) {
    const result = mapped("campaign", row, campaignOf);
    if ("record" in result) records.push(result.record);
    else rejected.push(result.rejected);
  }
  return { records, rejected };
}

function campaignOf(fields: Fields): CampaignRecord {
  return {
    kind: "campaign",
    id: textOf(fields, "id"),
    versionAt: timeOf(fields, "updated_time") ?? timeOf(fields, "created_time") ?? instantOf(fields, "updated_time"),
    document: documentOf(fields, none),
    level: "campaign",
    parentId: null,
    name: textOf(fields, "name"),
    status: textOrNull(fields, "effective_status") ?? textOrNull(fields, "status"),
    objective: textOrNull(fields, "objective"),
    channel: null,
    startedAt: timeOf(fields, "start_time"),
    endedAt: timeOf(fields, "stop_time"),
    sentAt: null,
  };
}

/** Meta writes `+0530`, the standard wants `+05:30`. */
function timeOf(fields: Fields, name: string): string | null {
  const value = textOrNull(fields, name);
  if (value === null || value === "") return null;
  return instantOf({ [name]: value.replace(/([+-]\d\d)(\d\d)$/, "$1:$2") }, name);
}
