/** How a problem is answered: `UserError` and the members of the mutations' unions. */
import { organisationOf } from "../access/caller.ts";
import { readMembers } from "../reading/people.ts";
import {
  AlreadyConnected,
  DatasourceGone,
  ERROR_CODES,
  InvalidInput,
  KeyReused,
  LinkGone,
  LinkLapsed,
  NotAllowed,
  NotPossibleNow,
  OrganisationGone,
  PlatformUnavailable,
  PrerequisiteMissing,
  PROBLEM_REMEDY,
  SessionGone,
  SlotLimitReached,
  TokenGone,
  TokenLimitReached,
  TooManyForPlan,
} from "../words/problems.ts";
import type { FieldProblem, Problem } from "../words/problems.ts";
import { remedy } from "../words/reasons.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { Platform } from "./platform.ts";
import { Reason, Remedy } from "./reason.ts";

const ErrorCodeEnum = builder.enumType("ErrorCode", {
  description: "A closed list, for programs.",
  values: ERROR_CODES,
});

const messageOf = ({ telling }: Problem, _args: object, { words }: Context): string =>
  telling.reason?.message ?? words.say(`problem.${telling.code}`, telling.values);
const meaningOf = ({ telling }: Problem, _args: object, { words }: Context): string =>
  telling.reason?.meaning ?? words.say(`problem.${telling.code}.meaning`, telling.values);
function remedyOf({ telling }: Problem, _args: object, { words, services }: Context) {
  const kind = telling.remedy === undefined ? PROBLEM_REMEDY[telling.code] : telling.remedy;
  return kind === null ? null : remedy(words, kind, kind === "CONTACT_SUPPORT" ? services.supportUrl : null);
}

const UserError = builder.interfaceRef<Problem>("UserError").implement({
  description: "Something that a person can act on: what happened, what it means for the data, what to do.",
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      ...rule("anybody"),
      description: "Which.",
      resolve: ({ telling }) => telling.code,
    }),
    message: t.string({ ...rule("anybody"), description: "What happened.", resolve: messageOf }),
    meaning: t.string({ ...rule("anybody"), description: "What it means for the data.", resolve: meaningOf }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      ...rule("anybody"),
      description: "What to do.",
      resolve: remedyOf,
    }),
  }),
  resolveType: (problem) => problem.typename,
});

export const FieldErrorRef = builder.objectRef<FieldProblem>("FieldError").implement({
  description: "What is wrong with one value of the input.",
  ...rule("anybody"),
  fields: (t) => ({
    path: t.exposeString("path", { description: 'Path into the input: "fields.shop".' }),
    message: t.exposeString("message", { description: "What is wrong with it and what would be right." }),
  }),
});

export const problem = (description: string) => ({ description, interfaces: [UserError], ...rule("anybody") });

builder.objectType(InvalidInput, {
  name: "InvalidInput",
  ...problem("The input cannot be right."),
  fields: (t) => ({
    fields: t.field({
      type: [FieldErrorRef],
      description: "Every value that is wrong.",
      resolve: ({ fields }) => [...fields],
    }),
  }),
});
builder.objectType(NotAllowed, {
  name: "NotAllowed",
  ...problem("The caller's role, or the token's scopes, do not allow it."),
  fields: (t) => ({
    ask: t.stringList({ description: "Who can.", resolve: (_problem, _args, ctx) => namesOfAdmins(ctx) }),
  }),
});
builder.objectType(DatasourceGone, {
  name: "DatasourceGone",
  ...problem("There is no such datasource here (any more)."),
});
builder.objectType(NotPossibleNow, {
  name: "NotPossibleNow",
  ...problem("The state of the datasource forbids it now."),
  fields: (t) => ({
    reason: t.field({ type: Reason, description: "Why.", resolve: ({ because }) => because }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "As it stands.",
      resolve: ({ view }) => view,
    }),
  }),
});
builder.objectType(KeyReused, {
  name: "KeyReused",
  ...problem("The same idempotency key came before with other values."),
});
builder.objectType(SlotLimitReached, {
  name: "SlotLimitReached",
  ...problem("Every slot of the plan is in use."),
  fields: (t) => ({
    limit: t.exposeInt("limit", { description: "Slots of the plan." }),
    used: t.exposeInt("used", { description: "Slots in use." }),
    ways: t.field({
      type: [Remedy],
      description: "The ways out.",
      resolve: (_problem, _args, { words, services }) =>
        (["DISCONNECT_ONE", "REPLACE_ONE", "UPGRADE", "CONTACT_SUPPORT"] as const).map((kind) =>
          remedy(words, kind, kind === "CONTACT_SUPPORT" ? services.supportUrl : null),
        ),
    }),
    leastUsed: t.field({
      type: Datasource,
      nullable: true,
      description: "The one that is missed the least.",
      resolve: ({ leastUsed }) => leastUsed,
    }),
  }),
});
builder.objectType(PlatformUnavailable, {
  name: "PlatformUnavailable",
  ...problem("This platform cannot be connected now."),
  fields: (t) => ({
    platform: t.field({
      type: Platform,
      nullable: true,
      description: "Which; null where there is none of that name.",
      resolve: ({ entry }) => entry,
    }),
  }),
});
builder.objectType(PrerequisiteMissing, {
  name: "PrerequisiteMissing",
  ...problem("Another platform must be connected first."),
  fields: (t) => ({
    needs: t.field({ type: [Platform], description: "Any one of these.", resolve: ({ needs }) => [...needs] }),
  }),
});
builder.objectType(AlreadyConnected, {
  name: "AlreadyConnected",
  ...problem("This organisation has that account connected already."),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, nullable: true, description: "Where.", resolve: ({ view }) => view }),
  }),
});
builder.objectType(TokenGone, { name: "TokenGone", ...problem("There is no such API token here.") });
builder.objectType(TokenLimitReached, {
  name: "TokenLimitReached",
  ...problem("There are as many living API tokens as there may be."),
  fields: (t) => ({ limit: t.exposeInt("limit", { description: "How many there may be." }) }),
});
builder.objectType(OrganisationGone, {
  name: "OrganisationGone",
  ...problem("There is no such organisation for this person."),
});
builder.objectType(SessionGone, { name: "SessionGone", ...problem("There is no such session of this person.") });
builder.objectType(LinkGone, { name: "LinkGone", ...problem("There is no such link here.") });
builder.objectType(LinkLapsed, {
  name: "LinkLapsed",
  ...problem("The link was used, was taken back, has lapsed, or is none of ours."),
});
builder.objectType(TooManyForPlan, {
  name: "TooManyForPlan",
  ...problem("The plan holds fewer connected apps than are in use. Name enough of them in `pause`."),
  fields: (t) => ({
    allowance: t.exposeInt("allowance", { description: "How many the plan holds." }),
    used: t.exposeInt("used", { description: "How many are in use." }),
    datasources: t.field({
      type: [Datasource],
      description: "Those that hold a slot, the least used first.",
      resolve: ({ views }) => [...views],
    }),
  }),
});

async function namesOfAdmins(ctx: Context): Promise<string[]> {
  const organisation = organisationOf(ctx.caller);
  if (organisation === null) return [];
  const members = await readMembers(ctx.db, organisation);
  return members.filter(({ role }) => role === "owner" || role === "admin").map(({ name }) => name);
}
