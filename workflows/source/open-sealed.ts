/** A credential opened for the one place that it was sealed for, and seen by the watch over the vault. */
import { open, type CredentialId, type Secret } from "@headwater/db";
import type { SourceDeps } from "./contract.ts";
import type { GrantRef } from "./grant-ref.ts";

/** As SQL gives it: bytes in base64. */
export interface SealedRow {
  readonly id: CredentialId;
  readonly sealed: string;
  readonly wrapped_key: string;
  readonly key_id: string;
}

export async function openSealed(
  deps: Pick<SourceDeps, "vaultPrivateKey" | "vaultWatch">,
  { organisationId, grantId }: GrantRef,
  { id, sealed, wrapped_key: wrappedKey, key_id: keyId }: SealedRow,
): Promise<Record<string, Secret>> {
  await deps.vaultWatch?.opening({ organisationId, grantId }, id);
  return open(
    deps.vaultPrivateKey,
    { organisationId, grantId, credentialId: id },
    { sealed: Buffer.from(sealed, "base64"), wrappedKey: Buffer.from(wrappedKey, "base64"), keyId },
  );
}
