import { withLateWords } from "../language.tsx";
import { latePart } from "../parts/late.tsx";

/** Behind the line that says who may do what this role may not. */
export const SendRequest = latePart(
  withLateWords(() => import("../screens/inbox/send-request.tsx")),
  (part) => part.SendRequest,
);
