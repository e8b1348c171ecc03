/** The secret of a feed, opened for the host that it was given for and for no other, whatever the row says by now. */
import type { FeedSecret } from "@headwater/connectors/custom-costs/feed-address.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { openSealed } from "../source/open-sealed.ts";
import type { Pull } from "./take-in.ts";

const noSecret = () =>
  new SourceFailure({ class: "reauthorize", why: "revoked", code: "custom-costs.refused", said: "" });

export async function secretOf(
  { deps, run, feed: { grant_id: grantId, credential } }: Pick<Pull, "deps" | "run" | "feed">,
  host: string,
): Promise<FeedSecret> {
  if (grantId === null || credential === null) throw noSecret();
  const fields = await openSealed(deps, { organisationId: run.organisationId, grantId }, credential);
  if (fields["host"]?.reveal() !== host) throw noSecret();
  const passphrase = fields["passphrase"]?.reveal();
  return { secret: fields["secret"]?.reveal() ?? "", ...(passphrase === undefined ? {} : { passphrase }) };
}
