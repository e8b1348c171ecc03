// Relations live in this one file, so that no schema file imports another for their sake.
import { defineRelations } from "drizzle-orm";
import * as schema from "./tables.ts";

// oxlint-disable-next-line max-lines-per-function -- a declarative table
export const relations = defineRelations(schema, (r) => ({
  organisations: {
    memberships: r.many.memberships({ from: r.organisations.id, to: r.memberships.organisationId }),
    datasources: r.many.datasources({ from: r.organisations.id, to: r.datasources.organisationId }),
    planHeld: r.one.plans({ from: r.organisations.plan, to: r.plans.id, optional: false }),
  },
  memberships: {
    user: r.one.users({ from: r.memberships.userId, to: r.users.id, optional: false }),
    organisation: r.one.organisations({ from: r.memberships.organisationId, to: r.organisations.id, optional: false }),
  },
  users: { memberships: r.many.memberships({ from: r.users.id, to: r.memberships.userId }) },
  datasources: {
    account: r.one.accounts({
      from: [r.datasources.organisationId, r.datasources.accountId],
      to: [r.accounts.organisationId, r.accounts.id],
    }),
    grant: r.one.grants({
      from: [r.datasources.organisationId, r.datasources.grantId],
      to: [r.grants.organisationId, r.grants.id],
    }),
    slot: r.one.slots({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.slots.organisationId, r.slots.datasourceId],
    }),
    runs: r.many.runs({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.runs.organisationId, r.runs.datasourceId],
    }),
    slices: r.many.slices({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.slices.organisationId, r.slices.datasourceId],
    }),
    streams: r.many.progress({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.progress.organisationId, r.progress.datasourceId],
    }),
    commands: r.many.commands({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.commands.organisationId, r.commands.datasourceId],
    }),
    candidates: r.many.accountCandidates({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.accountCandidates.organisationId, r.accountCandidates.datasourceId],
    }),
    auditEntries: r.many.auditLog({
      from: [r.datasources.organisationId, r.datasources.id],
      to: [r.auditLog.organisationId, r.auditLog.datasourceId],
    }),
  },
  runs: {
    datasource: r.one.datasources({
      from: [r.runs.organisationId, r.runs.datasourceId],
      to: [r.datasources.organisationId, r.datasources.id],
      optional: false,
    }),
    slices: r.many.slices({
      from: [r.runs.organisationId, r.runs.id],
      to: [r.slices.organisationId, r.slices.runId],
    }),
  },
  slices: {
    run: r.one.runs({
      from: [r.slices.organisationId, r.slices.runId],
      to: [r.runs.organisationId, r.runs.id],
      optional: false,
    }),
  },
  grants: {
    datasources: r.many.datasources({
      from: [r.grants.organisationId, r.grants.id],
      to: [r.datasources.organisationId, r.datasources.grantId],
    }),
  },
}));
