import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { Review } from "./review.documents.ts";
import { bases, costTypes, inWords, recurrences } from "./words.ts";

interface PreviewProps {
  rows: Review["preview"];
  words: Words;
}

/** The first rows as they will stand, and what all of them are taken for without their saying so. */
export function Preview({ rows, words }: PreviewProps) {
  const { i18n } = useLingui();
  const format = useFormat();
  if (rows.length === 0) return null;
  return (
    <div>
      <h3 id="preview">
        <Trans>The first rows, as they will stand</Trans>
      </h3>
      <div className="tw" tabIndex={0} role="group" aria-labelledby="preview">
        <table className="d folds">
          <thead>
            <tr>
              <th scope="col">
                <Trans>Line</Trans>
              </th>
              <th scope="col">
                <Trans>Days</Trans>
              </th>
              <th scope="col">
                <Trans>Kind of cost</Trans>
              </th>
              <th scope="col">
                <Trans>What for</Trans>
              </th>
              <th scope="col" className="r">
                <Trans>Amount</Trans>
              </th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.line}>
                <td className="num">{row.line}</td>
                <td className="nowrap">
                  {row.to === null ? (
                    <Trans>from {format.day(row.from)} on</Trans>
                  ) : (
                    format.day(row.from) + (row.to === row.from ? "" : ` – ${format.day(row.to)}`)
                  )}
                </td>
                <td>
                  {inWords(i18n, costTypes, row.costType)}
                  <span className="xs faint block">
                    {inWords(i18n, bases, row.basis)}
                    {row.recurrence !== "none" && ` · ${inWords(i18n, recurrences, row.recurrence)}`}
                  </span>
                  {row.isAdSpend && (
                    <span className="xs faint block">
                      <Trans>counts as ad spend too</Trans>
                    </span>
                  )}
                </td>
                <td className="anywhere">{row.about}</td>
                <td className="r num">
                  {row.basis === "percent" ? `${row.amount}%` : format.money(row.amount, row.currency)}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
      {words.length > 0 && <ReadAs words={words} />}
    </div>
  );
}

type Words = Review["mapping"]["words"];

function ReadAs({ words }: { words: Words }) {
  const { i18n } = useLingui();
  return (
    <div className="readas">
      <ul className="sm">
        {words.map(({ word, costType, basis, lines }) => (
          <li key={`${word} ${basis ?? ""}`} className="anywhere">
            {basis === null ? (
              <Trans>
                “{word}” is read as {inWords(i18n, costTypes, costType)}
              </Trans>
            ) : (
              <Trans>
                “{word}” is read as {inWords(i18n, costTypes, costType)}, {inWords(i18n, bases, basis)}
              </Trans>
            )}{" "}
            <span className="faint">
              · <Plural value={Number(lines)} one="# line" other="# lines" />
            </span>
          </li>
        ))}
      </ul>
      <p className="xs faint">
        <Trans>If something else is meant, write another kind of cost into the file.</Trans>{" "}
        {words.some(({ basis }) => basis !== null) && (
          <Trans>What one amount is for is said in a column named basis: total, per unit or per order.</Trans>
        )}
      </p>
    </div>
  );
}
