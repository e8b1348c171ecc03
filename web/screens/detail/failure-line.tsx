import { FailureWord } from "./failure-word.tsx";
import { RequestName } from "./request-name.tsx";
import type { Slice } from "./detail.documents.ts";

/** Ours in words, then the source's own, with the request they belong to. */
export function FailureLine({ failure }: { failure: NonNullable<Slice["failure"]> }) {
  return (
    <p className="fail">
      <b>{failure.message}</b> <FailureWord of={failure.class} />
      {failure.said && <q translate="no">{failure.said}</q>}
      {failure.requestId && <RequestName name={failure.requestId} />}
    </p>
  );
}
