import { msg } from "@lingui/core/macro";
import type { MessageDescriptor } from "@lingui/core";
import { useLingui } from "@lingui/react/macro";
import type { Slice } from "./detail.documents.ts";

type FailureClass = NonNullable<Slice["failure"]>["class"];

const words: Record<FailureClass, MessageDescriptor> = {
  REAUTHORIZE: msg({ message: "needs a new sign-in", comment: "class of a failed call" }),
  PERMISSION: msg({ message: "permission lacking", comment: "class of a failed call" }),
  RATE_LIMIT: msg({ message: "too many calls", comment: "class of a failed call" }),
  TRANSIENT: msg({ message: "passing trouble", comment: "class of a failed call" }),
  GONE: msg({ message: "no longer there", comment: "class of a failed call" }),
  INVALID_REQUEST: msg({ message: "call refused", comment: "class of a failed call" }),
  BUG: msg({ message: "fault on our side", comment: "class of a failed call" }),
};

/** Which kind of failure it was, as it decides what is done next. */
export function FailureWord({ of }: { of: FailureClass }) {
  const { t } = useLingui();
  return <span className="xs faint">{t(words[of])}</span>;
}
