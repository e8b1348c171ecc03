import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { AccessReview, ReviewRow } from "./access-review.documents.ts";
import { choiceWords } from "./decide.tsx";
import type { Choice } from "./decided.ts";
import { AtTokens, WhereDone } from "./where-done.tsx";

/** What the last signing left to be done: it stays here until it is done, or decided anew. */
export function StillToDo({ review: { rows, signed } }: { review: AccessReview }) {
  const format = useFormat();
  const left = rows.flatMap((row) => (row.toDo === null ? [] : [{ row, toDo: row.toDo }]));
  const [last] = signed;
  if (!last || left.length === 0) return null;
  return (
    <section className="card pad" aria-labelledby="still-to-do">
      <h2 id="still-to-do">
        <Trans comment="what an access review decided and nobody has done yet">
          Still to do from the review of {format.day(format.dayOf(last.signedAt))}
        </Trans>
      </h2>
      <ul className="ls reviewed">
        {left.map(({ row, toDo }) => (
          <Left key={row.id} row={row} toDo={toDo} />
        ))}
      </ul>
    </section>
  );
}

function Left({ row: { grant: living, token }, toDo }: { row: ReviewRow; toDo: Choice }) {
  const { t } = useLingui();
  return (
    <li>
      <div className="grow">
        <b>{living?.grant.holder ?? token?.name}</b>
        {living && <> · {living.platform.title}</>}
        <p className="xs faint">
          {t(choiceWords[toDo])}: {living ? <WhereDone choice={toDo} living={living} /> : <AtTokens />}
        </p>
      </div>
    </li>
  );
}
