// An asynchronous report: ordered once, looked at with growing patience, read when Meta says both that it is completed and
// that a hundred percent are done. A hundred alone is not the end, and rows read early are half, without a word.
import { SourceFailure } from "../../failure.ts";
import { numberIn } from "../../json.ts";
import { wordsOf, type Fields } from "../../read-fields.ts";
import type { DayText } from "../../records.ts";
import type { SourceSession } from "../../session.ts";
import { saidBy } from "../../outbound/redact.ts";
import { NOT_THERE, TIMED_OUT, TOO_MUCH_DATA } from "../errors.ts";
import { fieldsIn, tryGraph, tryRows } from "../graph.ts";
import type { Usage } from "../usage.ts";
import { paramsOf, ROWS_A_PAGE, tryInsights, type Level } from "./request.ts";

export type Range = {
  readonly account: string;
  readonly level: Level;
  readonly since: DayText;
  readonly until: DayText;
};

/** The report's id, or the refusal that smaller pieces cure. */
export async function orderReport(
  session: SourceSession,
  { account, level, since, until }: Range,
): Promise<string | SourceFailure> {
  const answer = await tryInsights(
    session,
    {
      method: "POST",
      path: `act_${account}/insights`,
      params: paramsOf(level, since, until),
      purpose: `report.${level}`,
      once: true,
    },
    [TOO_MUCH_DATA, TIMED_OUT],
  );
  if (answer instanceof SourceFailure) return answer;
  // Documented as a number, seen as text: kept as text either way.
  const id = wordsOf(fieldsIn(answer.body), "report_run_id");
  if (/^[\w-]{1,60}$/.test(id)) return id;
  throw new SourceFailure({ class: "transient", code: "meta-ads.trouble", said: "a report without an id" });
}

export type ReportState =
  | { readonly kind: "running"; readonly percent: number; readonly usage: Usage | null }
  | { readonly kind: "ready" }
  /** Nothing will come of it: skipped and gone after thirty days too. */
  | { readonly kind: "failed"; readonly said: string };

export async function lookAtReport(session: SourceSession, report: string): Promise<ReportState> {
  const answer = await tryGraph(session, { path: report, purpose: "report.poll" }, [NOT_THERE]);
  if (answer instanceof SourceFailure) return { kind: "failed", said: answer.failure.said };
  const fields = fieldsIn(answer.body);
  const status = wordsOf(fields, "async_status").toLowerCase();
  const isCompleted = status === "job completed";
  const percent = numberIn(fields["async_percent_completion"] ?? (isCompleted ? 100 : 0));
  if (isCompleted && percent === 100) return { kind: "ready" };
  if (status === "job skipped") return { kind: "failed", said: "Job Skipped" };
  if (status === "job failed") return { kind: "failed", said: failureIn(fields) };
  return { kind: "running", percent: Number.isFinite(percent) ? percent : 0, usage: answer.usage };
}

const failureIn = (fields: Fields): string =>
  saidBy(
    [fields["error_code"], fields["error_subcode"], fields["error_message"], fields["error_user_msg"]]
      .flatMap((part) => (typeof part === "string" || typeof part === "number" ? [String(part)] : []))
      .join(" "),
  );

/** Its rows; the failure where the report is gone: a reading that was laid aside for a month finds none. */
export const readReport = (session: SourceSession, report: string, params: Readonly<Record<string, string>>) =>
  tryRows(session, { path: `${report}/insights`, params, purpose: "report.rows" }, ROWS_A_PAGE, [NOT_THERE]);
