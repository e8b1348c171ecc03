import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { type CombinedError, useClient } from "urql";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LongList, type Placed } from "../../parts/long-rows.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { beyond, type Cell, cellOf, type Correction, type Finding, keyOf, takenIn } from "./corrections.ts";
import { type Review, ReviewQuery } from "./review.documents.ts";
import { PutRight, PutRightUnsent } from "./put-right.tsx";

type Page = Review["findings"];

interface FindingsProps {
  upload: string;
  newest: Page;
  reportUrl: string | null;
  mapping: Review["mapping"];
  /** Said here, and not yet to the server. */
  corrections: readonly Correction[];
  onCorrect: (correction: Correction) => void;
  busy: boolean;
  onAddUp: () => void;
}

/** What was found in one reading of the file does not change: each page is read once, after the one before. */
function useFindings(upload: string, first: Page) {
  const client = useClient();
  const [later, setLater] = useState<readonly Page[]>([]);
  const [isReading, setReading] = useState(false);
  const [error, setError] = useState<CombinedError | undefined>();
  const { endCursor, hasNextPage } = (later.at(-1) ?? first).pageInfo;
  const more = async (): Promise<void> => {
    if (isReading) return;
    setReading(true);
    const variables = { id: upload, after: endCursor };
    const answer = await client.query(ReviewQuery, variables, { requestPolicy: "network-only" }).toPromise();
    const page = answer.data?.node?.__typename === "Upload" ? answer.data.node.findings : null;
    if (page) setLater([...later, page]);
    setError(answer.error);
    setReading(false);
  };
  return { findings: [first, ...later].flatMap(({ nodes }) => nodes), more: hasNextPage ? more : null, error };
}

/** Each by its line and column: what is wrong, and how to mend it. */
export function Findings({ upload, newest, reportUrl, mapping, corrections, onCorrect, busy, onAddUp }: FindingsProps) {
  const { organisation } = usePlace();
  const { findings, more, error } = useFindings(upload, newest);
  const headers = mapping.columns.map(({ header }) => header);
  const unsent = (
    <PutRightUnsent corrections={beyond(findings, headers, corrections)} busy={busy} onTakeBack={onCorrect} />
  );
  if (findings.length === 0) return unsent;
  return (
    <div>
      <h3>
        <Trans>What was found</Trans>
      </h3>
      {reportUrl && (
        <p className="xs faint">
          <a href={to.file(organisation.slug, reportUrl)} download>
            <Trans>All wrong rows with what to do, as CSV: mend it and give it again</Trans>
          </a>
        </p>
      )}
      {findings.some(({ code }) => code === "E_DUP_CONFLICT") && (
        <p className="row wrap sm">
          <Trans>Some rows tell one cost twice, with two amounts. Neither is taken.</Trans>
          <button type="button" className="btn s" aria-disabled={busy} onClick={() => busy || onAddUp()}>
            <Trans>Add them together</Trans>
          </button>
        </p>
      )}
      <ul className="ls findings">
        <LongList
          rows={keyed(findings)}
          rowHeight={72}
          hasMore={more !== null}
          renderRow={({ key, finding }, placed) => (
            <FindingLine
              key={key}
              upload={upload}
              placed={placed}
              finding={finding}
              cell={cellOf(finding, headers)}
              mapping={mapping}
              corrections={corrections}
              onCorrect={onCorrect}
            />
          )}
        />
      </ul>
      {error && (
        <LoadFailed
          error={error}
          onRetry={() => void more?.()}
          what={<Trans>What was found in the file could not be read.</Trans>}
        />
      )}
      {more && (
        <button type="button" className="more" onClick={() => void more()}>
          <Trans>Load more</Trans>
        </button>
      )}
      {unsent}
    </div>
  );
}

const keyed = (findings: readonly Finding[]) =>
  findings.map((finding, n) => ({ key: `${finding.line} ${finding.column ?? ""} ${finding.code} ${n}`, finding }));

/** What stands there; where the file leaves it open, what is assumed until somebody says otherwise. */
function Found({ finding: { code, value } }: { finding: Finding }) {
  const format = useFormat();
  const said = { year: true } as const;
  if (value === "") return null;
  switch (`${code} ${value}`) {
    case "W_DATE_AMBIGUOUS DMY":
    case "E_DATE_AMBIGUOUS DMY":
      return <Trans>Read so far with the day first: 03/11/2026 is {format.day("2026-11-03", said)}.</Trans>;
    case "W_DATE_AMBIGUOUS MDY":
    case "E_DATE_AMBIGUOUS MDY":
      return <Trans>Read so far with the month first: 03/11/2026 is {format.day("2026-03-11", said)}.</Trans>;
    case "W_NUMBER_AMBIGUOUS .":
      return (
        <Trans>Read so far with a point before the decimals: 1,234 is one thousand two hundred and thirty-four.</Trans>
      );
    case "W_NUMBER_AMBIGUOUS ,":
      return <Trans>Read so far with a comma before the decimals: 1,234 is one and 234 thousandths.</Trans>;
    default:
      return (
        <code translate="no" className="anywhere">
          {value}
        </code>
      );
  }
}

interface FindingLineProps extends Pick<FindingsProps, "upload" | "mapping" | "corrections" | "onCorrect"> {
  finding: Finding;
  placed: Placed;
  /** Null where it cannot be put right here. */
  cell: Cell | null;
}

function FindingLine({ upload, finding, placed, cell, mapping, corrections, onCorrect }: FindingLineProps) {
  const format = useFormat();
  const { line, column, severity, value, nearest, message, hint } = finding;
  const said = cell && corrections.find((one) => keyOf(one) === keyOf(cell));
  return (
    <li {...placed}>
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
        {message} <Found finding={finding} />
        <span className="xs faint block">{hint}</span>
        {cell && (
          <PutRight
            upload={upload}
            line={line}
            cell={cell}
            taken={takenIn(cell.column, mapping)}
            found={value}
            nearest={nearest}
            value={said?.value ?? null}
            onCorrect={onCorrect}
          />
        )}
      </span>
    </li>
  );
}
