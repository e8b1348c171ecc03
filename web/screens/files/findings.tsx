import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { Review } from "./files.documents.ts";

interface FindingsProps {
  findings: Review["findings"]["nodes"];
  hasMore: boolean;
  reportUrl: string | null;
}

/** Each by its line and column: what is wrong, and how to mend it. */
export function Findings({ findings, hasMore, reportUrl }: FindingsProps) {
  const format = useFormat();
  if (findings.length === 0) return null;
  return (
    <div>
      <h3>
        <Trans>What was found</Trans>
      </h3>
      <ul className="ls findings">
        {findings.map(({ line, column, code, severity, value, message, hint }, n) => (
          <li key={`${line} ${column ?? ""} ${code} ${n}`}>
            <span className={severity === "ERROR" ? "bad" : "warn"}>
              <Icon name={severity === "ERROR" ? "cross" : "warning"} />
            </span>
            <span className="grow anywhere">
              <b className="num">
                {column ? (
                  <Trans>
                    Line {format.count(Number(line))}, {column}
                  </Trans>
                ) : (
                  <Trans>Line {format.count(Number(line))}</Trans>
                )}
              </b>{" "}
              {message}{" "}
              {value && (
                <code translate="no" className="anywhere">
                  {value}
                </code>
              )}
              <span className="xs faint block">{hint}</span>
            </span>
          </li>
        ))}
      </ul>
      {(hasMore || reportUrl) && (
        <p className="xs faint">
          {hasMore && <Trans>The first 50 are shown.</Trans>}{" "}
          {reportUrl && (
            <a href={reportUrl} download>
              <Trans>All wrong rows with what to do, as CSV: mend it and give it again</Trans>
            </a>
          )}
        </p>
      )}
    </div>
  );
}
