// What is sealed in a mail opens nowhere but in that mail.
import { credentialId, everyOrganisation, grantId, mailId } from "../schema/ids.ts";
import type { Binding } from "./vault.ts";

export const mailBinding = (id: string): Binding => ({
  organisationId: everyOrganisation,
  grantId: grantId(everyOrganisation),
  credentialId: credentialId(mailId(id)),
});
