import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import { useNow } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { AccessReview } from "./access-review.documents.ts";
import { decidedIn, isUnderWay } from "./decided.ts";
import { SignReview } from "./sign-review.tsx";

/** When it is due, how far it is, and the signing once nothing is left to decide. */
export function ReviewHead({ review }: { review: AccessReview }) {
  const [isSigning, setSigning] = useState(false);
  const format = useFormat();
  const {
    rows,
    dueAt,
    signed: [last],
  } = review;
  const decided = decidedIn(rows);
  const isBegun = isUnderWay(review, decided, useNow());
  return (
    <div className="acts">
      <p className="sm">
        {last && (
          <>
            <Trans comment="the last access review">Signed {format.whenWithin(last.signedAt)}</Trans>
            {" · "}
          </>
        )}
        {dueAt && (isBegun ? <Due at={dueAt} /> : <NextDue at={dueAt} />)}
        {dueAt && isBegun && " · "}
        {isBegun && (
          <Trans comment="accesses of a review">
            {format.count(decided)} of {format.count(rows.length)} decided
          </Trans>
        )}
      </p>
      {decided === rows.length && (
        <button type="button" className="btn pri" onClick={() => setSigning(true)}>
          <Trans>Sign…</Trans>
        </button>
      )}
      {isSigning && <SignReview review={review} onClose={() => setSigning(false)} />}
    </div>
  );
}

function Due({ at }: { at: string }) {
  const format = useFormat();
  const day = format.day(format.dayOf(at));
  return Date.parse(at) < useNow() ? (
    <b className="bad">
      <Trans comment="an access review">Overdue since {day}</Trans>
    </b>
  ) : (
    <Trans comment="an access review">Due {day}</Trans>
  );
}

function NextDue({ at }: { at: string }) {
  const format = useFormat();
  return <Trans comment="an access review">The next one is due {format.day(format.dayOf(at))}</Trans>;
}

/** Each is a file whose hash is told, so that whoever has it can see that it is the one that was signed. */
export function SignedReviews({ signed }: Pick<AccessReview, "signed">) {
  const { organisation } = usePlace();
  const format = useFormat();
  if (signed.length === 0) return null;
  return (
    <section className="card pad" aria-labelledby="signed">
      <h2 id="signed">
        <Trans>Signed reviews</Trans>
      </h2>
      <ul className="ls reviewed">
        {signed.map(({ signedAt, signedBy, hash, url }) => (
          <li key={url}>
            <div className="grow">
              <Trans>
                Signed {format.whenWithin(signedAt)} by {signedBy.name}
              </Trans>
              <p className="xs faint mono hash" translate="no">
                SHA-256 {hash}
              </p>
            </div>
            <a className="btn s" href={to.file(organisation.slug, url)} download>
              <Trans>Download the record</Trans>
              <span className="vh">, {format.day(format.dayOf(signedAt))}</span>
            </a>
          </li>
        ))}
      </ul>
    </section>
  );
}
