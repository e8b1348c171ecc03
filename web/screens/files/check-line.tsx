import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { When } from "../../parts/time.tsx";
import type { Upload } from "./files.documents.ts";
import { costTypes, inWords } from "./words.ts";

type Check = NonNullable<Upload["check"]>;

/** Whether what stands of a file is still what is in it. What later files took the place of is nobody's question. */
export function CheckLine({ check }: { check: Check }) {
  switch (check.state) {
    case "EQUAL":
      return (
        <p className="xs st ok">
          <Icon name="tick" />
          <span>
            <Trans>Read again and equal to what stands</Trans>
            {check.at && (
              <>
                {" · "}
                <When at={check.at} />
              </>
            )}
          </span>
        </p>
      );
    case "DIFFERENT":
      return <Different check={check} />;
    case "UNREADABLE":
      return (
        <p className="xs st pill badp">
          <Icon name="warning" />
          <Trans>The kept file cannot be read any more. Its costs stand as they were taken.</Trans>
        </p>
      );
    case "FILE_GONE":
      return (
        <p className="xs faint">
          <Trans>The file itself is no longer kept, so it is not read again. Its costs stay.</Trans>
        </p>
      );
    case "SUPERSEDED":
      return null;
  }
}

function Different({ check }: { check: Check }) {
  const { i18n } = useLingui();
  const format = useFormat();
  return (
    <div className="xs differs">
      <p className="st pill badp">
        <Icon name="warning" />
        <Trans>The costs here are not those of the file</Trans>
      </p>
      <ul>
        {check.sums
          .filter(({ isEqual }) => !isEqual)
          .map(({ costType, currency, inFile, ours, rowsInFile, ourRows }) => (
            <li key={`${costType} ${currency}`} className="num">
              {inWords(i18n, costTypes, costType)}:{" "}
              <Trans comment="sum and number of costs in the file, and of those that stand">
                {format.money(inFile, currency)} in {format.count(rowsInFile)} rows of the file,{" "}
                {format.money(ours, currency)} in {format.count(ourRows)} here
              </Trans>
            </li>
          ))}
      </ul>
    </div>
  );
}
