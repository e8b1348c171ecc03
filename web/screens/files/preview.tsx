import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { Review } from "./review.documents.ts";
import { bases, costTypes, inWords, recurrences } from "./words.ts";

/** The first rows as they will stand. */
export function Preview({ rows }: { rows: Review["preview"] }) {
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
    </div>
  );
}
