// Asynchronous reports: ordered with POST, looked at until they say Job Completed and 100, then read by pages. Read early
// they give half, without a word; they fail, are skipped, get stuck, and are gone after thirty days.
import { randomInt } from "node:crypto";
import { namedError } from "./graph-error.ts";
import type { InsightsQuery } from "./insights.ts";
import type { AdAccountSeed } from "./seed/people.ts";
import type { MetaWorld } from "./world.ts";

export interface Report {
  readonly id: string;
  readonly account: AdAccountSeed;
  readonly query: InsightsQuery;
  readonly madeMs: number;
  readonly asOfMs: number;
  readonly fate: string | null;
  readonly fateText: string | null;
  readonly extraMs: number;
}

const lifeMs = 30 * 86_400_000;

export function orderReport(world: MetaWorld, account: AdAccountSeed, query: InsightsQuery): string {
  const id = `60${Date.now()}${randomInt(100, 999)}`;
  const words = `act_${account.id} level=${query.level} since=${query.since} until=${query.until}`;
  const fault = world.services.faultFor(["reportFailed", "reportStuck"], words);
  world.store.run(
    "insert into meta_reports (id, account, params, made_ms, as_of_ms, fate, fate_text, extra_ms) values (?, ?, ?, ?, ?, ?, ?, ?)",
    id,
    account.id,
    JSON.stringify(query),
    world.clock.nowMs(),
    world.asOfMs(),
    fault?.kind === "reportFailed" ? "failed" : null,
    fault?.text ?? null,
    fault?.kind === "reportStuck" ? fault.ms : 0,
  );
  return id;
}

export function findReport(world: MetaWorld, id: string): Report | null {
  const row = world.store.first("select * from meta_reports where id = ?", id);
  const account = row === undefined ? undefined : world.account(String(row["account"]));
  if (row === undefined || account === undefined) return null;
  if (world.clock.nowMs() - Number(row["made_ms"]) > lifeMs) throw namedError("100/33");
  // The column holds what orderReport wrote.
  const query: InsightsQuery = JSON.parse(String(row["params"]));
  return {
    id,
    account,
    query,
    madeMs: Number(row["made_ms"]),
    asOfMs: Number(row["as_of_ms"]),
    fate: row["fate"] === null ? null : String(row["fate"]),
    fateText: row["fate_text"] === null ? null : String(row["fate_text"]),
    extraMs: Number(row["extra_ms"]),
  };
}

export interface ReportStatus {
  readonly status: string;
  readonly percent: number;
  readonly isDone: boolean;
}

export function statusOf(world: MetaWorld, report: Report): ReportStatus {
  const { startMs, runMs } = world.tempo;
  const ran = world.clock.nowMs() - report.madeMs - startMs;
  const whole = runMs + report.extraMs;
  if (ran < 0) return { status: "Job Not Started", percent: 0, isDone: false };
  if (ran < whole * 0.2) return { status: "Job Started", percent: 0, isDone: false };
  if (ran < whole * 0.8) return { status: "Job Running", percent: Math.floor((ran * 100) / whole), isDone: false };
  // A hundred percent is not the end.
  if (ran < whole) return { status: "Job Running", percent: 100, isDone: false };
  if (report.fate === "failed") return { status: report.fateText ?? "Job Failed", percent: 0, isDone: false };
  return { status: "Job Completed", percent: 100, isDone: true };
}

export function tellReport(world: MetaWorld, report: Report): object {
  const { status, percent, isDone } = statusOf(world, report);
  const failed = {
    error_code: -2,
    error_subcode: 2_490_547,
    error_message: "Report run failed",
    error_user_title: "Report failed",
    error_user_msg: "The report could not be made.",
  };
  return {
    id: report.id,
    account_id: report.account.id,
    time_ref: Math.floor(report.madeMs / 1000),
    ...(isDone ? { time_completed: Math.floor(world.clock.nowMs() / 1000) } : {}),
    async_status: status,
    async_percent_completion: percent,
    date_start: report.query.since,
    date_stop: report.query.until,
    ...(status === "Job Failed" ? failed : {}),
  };
}
