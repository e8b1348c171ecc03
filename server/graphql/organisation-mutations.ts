/** What can be asked of an organisation and of one's own account. */
import { apiTokenId } from "@headwater/db/schema/ids.ts";
import { endSession, switchOrganisation } from "../organisations/own.ts";
import { setPlan } from "../organisations/plan.ts";
import { openSample, removeSample } from "../organisations/sample.ts";
import { createToken, revokeToken } from "../organisations/tokens.ts";
import type { Made } from "../organisations/tokens.ts";
import type { ApiTokenRow, OrganisationRow } from "../reading/organisation.ts";
import { builder, rule } from "./builder.ts";
import { TooManyForPlan } from "../words/problems.ts";
import { key } from "./given.ts";
import { commandField } from "./mutation-field.ts";
import { globalId, idIn } from "./node.ts";
import { ApiToken, Organisation, OrganisationName, TokenScope } from "./organisation.ts";
import {
  InvalidInput,
  KeyReused,
  NotAllowed,
  OrganisationGone,
  SessionGone,
  SlotLimitReached,
  TokenGone,
  TokenLimitReached,
} from "../words/problems.ts";

const CreateApiTokenInput = builder.inputType("CreateApiTokenInput", {
  description: "A token that acts for the organisation.",
  fields: (t) => ({
    name: t.string({ required: true, description: "What it is for; 1 to 80 characters." }),
    scopes: t.field({ type: [TokenScope], required: true, description: "What it may do." }),
    days: t.int({ description: "1 to 365; 90 where absent." }),
    idempotencyKey: t.string(key),
  }),
});
const CreateApiTokenSuccess = builder.objectRef<Made>("CreateApiTokenSuccess").implement({
  description: "Made. The secret is told here once and never again.",
  ...rule("readTokens"),
  fields: (t) => ({
    token: t.field({ type: ApiToken, description: "The token.", resolve: ({ row }) => row }),
    secret: t.exposeString("secret", {
      nullable: true,
      description: "Its whole text; null where the same key made it before.",
    }),
  }),
});
commandField({
  name: "createApiToken",
  type: "CreateApiToken",
  does: "Makes an API token.",
  permission: "manageOwnTokens",
  input: CreateApiTokenInput,
  success: CreateApiTokenSuccess,
  problems: [InvalidInput, NotAllowed, KeyReused, TokenLimitReached],
  work: (ctx, input: (typeof CreateApiTokenInput)["$inferInput"]) => createToken(ctx, input),
});

const RevokeApiTokenInput = builder.inputType("RevokeApiTokenInput", {
  description: "A token to revoke.",
  fields: (t) => ({ token: t.id({ required: true, description: "Its id." }), idempotencyKey: t.string(key) }),
});
const RevokeApiTokenSuccess = builder.objectRef<{ row: ApiTokenRow }>("RevokeApiTokenSuccess").implement({
  description: "Revoked: whatever used it is turned away within five seconds.",
  ...rule("readTokens"),
  fields: (t) => ({ token: t.field({ type: ApiToken, description: "The token.", resolve: ({ row }) => row }) }),
});
commandField({
  name: "revokeApiToken",
  type: "RevokeApiToken",
  does: "Revokes an API token, once and for all.",
  permission: "manageOwnTokens",
  input: RevokeApiTokenInput,
  success: RevokeApiTokenSuccess,
  problems: [InvalidInput, NotAllowed, KeyReused, TokenGone],
  work: async (ctx, input: (typeof RevokeApiTokenInput)["$inferInput"]) => {
    const id = idIn("ApiToken", input.token);
    return { row: await revokeToken(ctx, id === null ? null : apiTokenId(id)) };
  },
});

const SwitchOrganisationInput = builder.inputType("SwitchOrganisationInput", {
  description: "Another organisation of the person's.",
  fields: (t) => ({ slug: t.string({ required: true, description: "Its name in addresses." }) }),
});
const SwitchOrganisationSuccess = builder.objectRef<{ row: OrganisationRow }>("SwitchOrganisationSuccess").implement({
  description: "Switched.",
  ...rule("ownAccount"),
  fields: (t) => ({
    organisation: t.field({
      type: OrganisationName,
      description: "The one that is open now.",
      resolve: ({ row }) => row,
    }),
  }),
});
commandField({
  name: "switchOrganisation",
  type: "SwitchOrganisation",
  does: "Makes this the organisation of requests that do not name one.",
  permission: "ownAccount",
  input: SwitchOrganisationInput,
  success: SwitchOrganisationSuccess,
  problems: [NotAllowed, OrganisationGone],
  work: async (ctx, input: (typeof SwitchOrganisationInput)["$inferInput"]) => ({
    row: await switchOrganisation(ctx, input.slug),
  }),
});

const OpenSampleBrandInput = builder.inputType("OpenSampleBrandInput", {
  description: "What a brand of sample data is to be like.",
  fields: (t) => ({
    organisation: t.id({
      required: true,
      description: "An organisation of one's own, whose zone, currency and region it takes.",
    }),
  }),
});
const OpenSampleBrandSuccess = builder.objectRef<{ row: OrganisationRow }>("OpenSampleBrandSuccess").implement({
  description: "It stands, and its datasources begin to fill.",
  ...rule("ownAccount"),
  fields: (t) => ({
    organisation: t.field({
      type: OrganisationName,
      description: "The sample brand, which requests may name from here on.",
      resolve: ({ row }) => row,
    }),
  }),
});
commandField({
  name: "openSampleBrand",
  type: "OpenSampleBrand",
  does: "Gives who asks a brand of sample data to look around in, as a viewer, for two weeks: the one that stands, where one does.",
  permission: "ownAccount",
  input: OpenSampleBrandInput,
  success: OpenSampleBrandSuccess,
  problems: [InvalidInput, NotAllowed, OrganisationGone],
  work: async (ctx, input: (typeof OpenSampleBrandInput)["$inferInput"]) => ({
    row: await openSample(ctx, input.organisation),
  }),
});

const RemoveSampleBrandInput = builder.inputType("RemoveSampleBrandInput", {
  description: "The sample brand of who asks.",
  fields: (t) => ({ organisation: t.id({ required: true, description: "Its id." }) }),
});
const RemoveSampleBrandSuccess = builder.objectRef<{ id: string }>("RemoveSampleBrandSuccess").implement({
  description: "Gone: nobody belongs to it any more, and what it held is being deleted.",
  ...rule("ownAccount"),
  fields: (t) => ({
    removed: t.id({ description: "Its id.", resolve: ({ id }) => globalId("Organisation", id) }),
  }),
});
commandField({
  name: "removeSampleBrand",
  type: "RemoveSampleBrand",
  does: "Removes the brand of sample data of who asks, with all that it holds. No other organisation can be removed by it.",
  permission: "ownAccount",
  input: RemoveSampleBrandInput,
  success: RemoveSampleBrandSuccess,
  problems: [NotAllowed, OrganisationGone],
  work: async (ctx, input: (typeof RemoveSampleBrandInput)["$inferInput"]) => ({
    id: await removeSample(ctx, input.organisation),
  }),
});

const SetPlanInput = builder.inputType("SetPlanInput", {
  description: "A plan.",
  fields: (t) => ({
    plan: t.string({ required: true, description: "Its name for programs." }),
    pause: t.idList({
      description:
        "Where the plan holds fewer connected apps than are in use: datasources that pause. Nothing is deleted.",
    }),
    idempotencyKey: t.string(key),
  }),
});
const SetPlanSuccess = builder.objectRef<{ row: OrganisationRow }>("SetPlanSuccess").implement({
  description: "Set.",
  ...rule("readOrganisation"),
  fields: (t) => ({
    organisation: t.field({ type: Organisation, description: "With its new meter.", resolve: ({ row }) => row }),
  }),
});
commandField({
  name: "setPlan",
  type: "SetPlan",
  does: "Sets the plan. In the embedded default the owner may; elsewhere an operator.",
  permission: "setPlan",
  input: SetPlanInput,
  success: SetPlanSuccess,
  problems: [InvalidInput, NotAllowed, KeyReused, SlotLimitReached, TooManyForPlan],
  work: async (ctx, input: (typeof SetPlanInput)["$inferInput"]) => ({ row: await setPlan(ctx, input) }),
});

const EndSessionInput = builder.inputType("EndSessionInput", {
  description: "A session of one's own.",
  fields: (t) => ({ session: t.id({ required: true, description: "Its id." }) }),
});
const EndSessionSuccess = builder.objectRef<{ id: string }>("EndSessionSuccess").implement({
  description: "Ended: that browser is signed out within five seconds.",
  ...rule("ownAccount"),
  fields: (t) => ({ ended: t.id({ description: "Its id.", resolve: ({ id }) => globalId("Session", id) }) }),
});
commandField({
  name: "endSession",
  type: "EndSession",
  does: "Ends another (or this) session of the person who asks.",
  permission: "ownAccount",
  input: EndSessionInput,
  success: EndSessionSuccess,
  problems: [NotAllowed, SessionGone],
  work: async (ctx, input: (typeof EndSessionInput)["$inferInput"]) => ({
    id: await endSession(ctx, idIn("Session", input.session)),
  }),
});
