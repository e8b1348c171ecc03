/** The secret of a feed, opened for the host that it was given for and for no other, whatever the row says by now. */
import type { FeedSecret } from "@headwater/connectors/custom-costs/feed-address.ts";
import { SourceFailure } from "@headwater/connectors/failure.ts";
import { open } from "@headwater/db";
import type { LoadDeps, RunRef } from "../load/contract.ts";
import type { Feed } from "./feed-rows.ts";

const noSecret = () =>
  new SourceFailure({ class: "reauthorize", why: "revoked", code: "custom-costs.refused", said: "" });

export async function secretOf(
  deps: LoadDeps,
  run: RunRef,
  { grant_id: grantId, credential }: Feed,
  host: string,
): Promise<FeedSecret> {
  if (grantId === null || credential === null) throw noSecret();
  const binding = { organisationId: run.organisationId, grantId };
  await deps.vaultWatch?.opening(binding, credential.id);
  const fields = open(
    deps.vaultPrivateKey,
    { ...binding, credentialId: credential.id },
    {
      sealed: Buffer.from(credential.sealed, "base64"),
      wrappedKey: Buffer.from(credential.wrapped_key, "base64"),
      keyId: credential.key_id,
    },
  );
  if (fields["host"]?.reveal() !== host) throw noSecret();
  const passphrase = fields["passphrase"]?.reveal();
  return { secret: fields["secret"]?.reveal() ?? "", ...(passphrase === undefined ? {} : { passphrase }) };
}
