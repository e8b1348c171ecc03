import { Plural, Trans, useLingui } from "@lingui/react/macro";
import type { Review } from "./review.documents.ts";
import type { MappingAnswers } from "./use-files.ts";

interface ColumnsProps {
  mapping: Review["mapping"];
  busy: boolean;
  onChange: (answers: MappingAnswers) => void;
}

/** Theirs on the left, ours on the right; what was found can be changed, and the file is read again. */
export function Columns({ mapping, busy, onChange }: ColumnsProps) {
  const { t } = useLingui();
  const { columns, targets } = mapping;
  if (columns.length === 0) return null;
  const choices = [
    ...targets.map((target) => ({ value: target, label: target })),
    { value: "extra", label: t`kept beside it` },
    { value: "ignore", label: t`left out` },
  ];
  return (
    <details className="part">
      <summary>
        <Trans>Match columns</Trans>{" "}
        <span className="faint">
          <Plural value={columns.length} one="# column" other="# columns" />
        </span>
      </summary>
      <ul className="ls match">
        {columns.map(({ header, target }) => (
          <li key={header}>
            <span className="grow mono anywhere" translate="no">
              {header}
            </span>
            <span aria-hidden="true">→</span>
            <span className="inp sel">
              <select
                aria-label={t`What ${header} means`}
                value={target}
                aria-disabled={busy}
                onChange={(event) => !busy && onChange({ targets: [{ header, target: event.target.value }] })}
              >
                {choices.some(({ value }) => value === target) ? null : <option value={target}>{target}</option>}
                {choices.map(({ value, label }) => (
                  <option key={value} value={value}>
                    {label}
                  </option>
                ))}
              </select>
            </span>
          </li>
        ))}
      </ul>
    </details>
  );
}
