import type { LiveDatasource } from "../../live/live.documents.ts";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { Purpose } from "./connect-flow.ts";

export type Step = "prepare" | "sign-in" | "choose" | "first-data";

/** Whoever signs in again to an account that is known has none to choose. */
export function stepsOf(
  { reachesManyAccounts }: Pick<ConnectPlatform, "reachesManyAccounts">,
  { kind }: Pick<Purpose, "kind">,
  account: LiveDatasource["account"],
): readonly Step[] {
  const chooses = reachesManyAccounts && !(kind === "reauthorize" && account !== null);
  return chooses ? ["prepare", "sign-in", "choose", "first-data"] : ["prepare", "sign-in", "first-data"];
}
