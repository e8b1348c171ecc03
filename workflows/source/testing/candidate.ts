/** For tests: a new credential that waits to be judged, and what the source says of whoever holds it. */
import type { Verified } from "@headwater/connectors/contract.ts";
import { credentialId, publicKeyOf, seal } from "@headwater/db";
import { randomUUID } from "node:crypto";
import type { VerifyOutcome } from "../../load/contract.ts";
import { inOrganisation } from "../../load/fence.ts";
import { options, type Rig } from "../../load/testing/rig.ts";
import { verifyGrant } from "../verify-grant.ts";

/** Sealed as the newest version of the rig's grant; answers its id. */
export async function addCandidate(rig: Rig, access: string): Promise<string> {
  const id = credentialId(randomUUID());
  const binding = { organisationId: rig.ref.organisationId, grantId: rig.grantId, credentialId: id };
  const { sealed, wrappedKey, keyId } = seal(publicKeyOf(rig.deps.vaultPrivateKey), binding, { access });
  await rig.owner`insert into credentials (organisation_id, id, grant_id, version, sealed, wrapped_key, key_id)
    select ${rig.ref.organisationId}, ${id}, ${rig.grantId}, max(version) + 1, ${sealed}, ${wrappedKey}, ${keyId}
    from credentials where grant_id = ${rig.grantId}`;
  await rig.owner`update grants set candidate_credential_id = ${id}`;
  return id;
}

/** Looked at, and what is of no use dropped as the engine does with its verdict. */
export async function judged(rig: Rig): Promise<VerifyOutcome> {
  const outcome = await verifyGrant(rig.deps, rig.ref, options());
  const unfit = "unfit" in outcome ? outcome.unfit : undefined;
  if (unfit !== undefined && (await inOrganisation(rig.deps.sql, rig.ref, (tx) => unfit.drop(tx))))
    await unfit.endLogin?.(options());
  return outcome;
}

export const verifiedAs = (externalId: string, scopes: readonly string[]): Verified => ({
  account: { externalId, name: "Shop", domain: null, currency: "EUR", zone: "UTC", state: "open", details: {} },
  scopes: [...scopes],
  notices: [],
  historyFrom: null,
});
