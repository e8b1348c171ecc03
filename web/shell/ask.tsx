import { withLateWords } from "../language.tsx";
import { latePart } from "../parts/late.tsx";
import type { Asked } from "../screens/inbox/send-request.tsx";
import { usePlace } from "./organisation.tsx";

const LateRequest = latePart(
  withLateWords(() => import("../screens/inbox/send-request.tsx")),
  (part) => part.SendRequest,
);

/** Behind the line that says who may do what this role may not. Of sample data nobody may. */
export function SendRequest(asked: Asked) {
  return usePlace().organisation.isSample ? null : <LateRequest {...asked} />;
}
