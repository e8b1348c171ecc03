import type { RunAttempt } from "../detail/detail.documents.ts";

/** What whoever is asked for help needs of a run, in lines that read alike in every language; null where nothing failed. */
export function forSupport(run: string, attempts: readonly RunAttempt[]): string | null {
  const lines = attempts.flatMap(({ startedAt, stream, failure, code, times }) =>
    failure === null
      ? []
      : [
          [
            startedAt,
            stream ?? "whole run",
            failure.class,
            code,
            failure.requestId === null ? null : `request ${failure.requestId}`,
            failure.said === null ? null : JSON.stringify(failure.said),
            times > 1 ? `${times} times in a row` : null,
          ]
            .filter((part) => part !== null)
            .join(" · "),
        ],
  );
  return lines.length === 0 ? null : [`run ${run}`, ...lines].join("\n");
}
