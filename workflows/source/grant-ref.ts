import type { GrantId, OrganisationId } from "@headwater/db";

/** One consent or key, by its whole key: the organisation comes first. */
export interface GrantRef {
  organisationId: OrganisationId;
  grantId: GrantId;
}
