/** For tests: a member whose files of costs are connected, and a token that brings them and reads nothing. */
import type { TestApi } from "./api.ts";
import { connectCosts } from "./mutations.ts";
import { makeToken, signUp } from "./visitor.ts";
import type { Visitor } from "./visitor.ts";

export interface CostsOwner {
  readonly owner: Visitor;
  /** The datasource, as the API names it. */
  readonly costs: string;
  readonly bearer: { readonly authorization: string };
  /** Says by the token that a file of one byte comes. */
  readonly announce: () => Promise<Response>;
}

export async function signUpWithCosts(api: TestApi): Promise<CostsOwner> {
  const owner = await signUp(api);
  const costs = await connectCosts(api, owner);
  const bearer = { authorization: `Bearer ${(await makeToken(owner, ["COSTS_UPLOAD"])).secret}` };
  return {
    owner,
    costs,
    bearer,
    announce: () =>
      fetch(`${api.url}/v1/datasources/${encodeURIComponent(costs)}/uploads`, {
        method: "POST",
        headers: { "content-type": "application/json", ...bearer },
        body: JSON.stringify({ filename: "costs.csv", size: 1, sha256: "0".repeat(64) }),
      }),
  };
}
