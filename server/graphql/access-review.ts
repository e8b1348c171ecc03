/** Who and what can reach the data, what was decided of each, and the records that were signed of it. */
import { isUuid } from "@headwater/db/schema/ids.ts";
import { accessKinds } from "@headwater/db/schema/values.ts";
import { decide, readReview, sign } from "../organisations/access-review.ts";
import { isDecided, seenOf } from "../organisations/access-record.ts";
import type { ReviewRow, ReviewView } from "../organisations/access-review.ts";
import { readSigned } from "../reading/access-reviews.ts";
import type { SignedRow } from "../reading/access-reviews.ts";
import { InvalidInput, NotAllowed } from "../words/problems.ts";
import { builder, costing, rule } from "./builder.ts";
import { LivingGrantRef } from "./grant-calendar.ts";
import { commandField } from "./mutation-field.ts";
import { globalId, idIn, Node, nodeSource } from "./node.ts";
import { ApiToken, Member, Organisation, organisationNow } from "./organisation.ts";
import { Actor } from "./reason.ts";

const AccessChoice = builder.enumType("AccessChoice", {
  description: "What is to become of an access: it stays, reads less, gets a new key, or ends.",
  values: {
    KEEP: { value: "keep" },
    REDUCE: { value: "reduce" },
    ROTATE: { value: "rotate" },
    REVOKE: { value: "revoke" },
  } as const,
});

type DecidedRow = ReviewRow & { readonly decided: NonNullable<ReviewRow["decided"]> };

const AccessDecision = builder.objectRef<DecidedRow>("AccessDecision").implement({
  description: "What was decided of an access. It changes nothing by itself.",
  ...rule("signReview"),
  fields: (t) => ({
    choice: t.field({
      type: AccessChoice,
      description: "What is to become of it.",
      resolve: ({ decided }) => decided.choice,
    }),
    note: t.string({ description: "Why; empty where nothing was said.", resolve: ({ decided }) => decided.note }),
    by: t.field({
      type: Actor,
      description: "Whose decision it is.",
      resolve: ({ decided: { decidedBy } }) => ({ kind: "person" as const, userId: decidedBy }),
    }),
    at: t.field({ type: "DateTime", description: "When.", resolve: ({ decided }) => decided.decidedAt }),
    isOutdated: t.boolean({
      description: "What it was decided of has changed since: it counts no longer.",
      resolve: (row) => !isDecided(row),
    }),
  }),
});

const idOfRow = ({ kind, id }: Pick<ReviewRow, "kind" | "id">): string => `${kind}.${id}`;
const rowIn = (text: string): Pick<ReviewRow, "kind" | "id"> | null => {
  const [name, id] = text.split(".");
  const kind = accessKinds.find((one) => one === name);
  return kind === undefined || !isUuid(id) ? null : { kind, id };
};

const AccessReviewRow = builder.objectRef<ReviewRow>("AccessReviewRow").implement({
  description: "Somebody or something that can reach the data: one of a grant or key, a person, an API token.",
  interfaces: [Node],
  ...rule("signReview"),
  fields: (t) => ({
    id: t.id({ description: "Opaque id.", resolve: (row) => globalId("AccessReviewRow", idOfRow(row)) }),
    seen: t.string({
      description: "Stands for what is shown of it: handed back with a decision.",
      resolve: (row) => seenOf([{ ...row, decided: null }]),
    }),
    grant: t.field({
      type: LivingGrantRef,
      nullable: true,
      description: "A consent or key.",
      resolve: ({ what }) => ("grant" in what ? what.grant : null),
    }),
    member: t.field({
      type: Member,
      nullable: true,
      description: "A person.",
      resolve: ({ what }) => ("member" in what ? what.member : null),
    }),
    token: t.field({
      type: ApiToken,
      nullable: true,
      description: "An API token.",
      resolve: ({ what }) => ("token" in what ? what.token : null),
    }),
    choices: t.field({
      type: [AccessChoice],
      description: "What can be decided of it: what can be done about it here.",
      resolve: ({ choices }) => [...choices],
    }),
    decision: t.field({
      type: AccessDecision,
      nullable: true,
      description: "What was decided since the last signing.",
      resolve: (row) => (row.decided === null ? null : { ...row, decided: row.decided }),
    }),
    toDo: t.field({
      type: AccessChoice,
      nullable: true,
      description:
        "What the last signed review says to do about it and nobody did yet; null too once it is decided anew.",
      resolve: ({ toDo }) => toDo,
    }),
  }),
});

nodeSource({
  typename: "AccessReviewRow",
  permission: "signReview",
  isId: (id) => rowIn(id) !== null,
  load: async (id, ctx) => (await readReview(ctx)).rows.find((row) => idOfRow(row) === id) ?? null,
});

const SignedAccessReview = builder.objectRef<SignedRow>("SignedAccessReview").implement({
  description: "A review that was signed. Nobody changes it.",
  ...rule("signReview"),
  fields: (t) => ({
    signedAt: t.expose("signedAt", { type: "DateTime", description: "When." }),
    signedBy: t.field({
      type: Actor,
      description: "By whom.",
      resolve: ({ signedBy }) => ({ kind: "person" as const, userId: signedBy }),
    }),
    hash: t.exposeString("hash", { description: "SHA-256 of the record, hex." }),
    url: t.string({
      description: "Where the record is taken away, as the very bytes that the hash is of.",
      resolve: ({ id }) => `/v1/access-reviews/${id}.json`,
    }),
  }),
});

const AccessReview = builder.objectRef<ReviewView>("AccessReview").implement({
  description: "Who and what can reach the data, each to be decided on until it is signed.",
  ...rule("signReview"),
  fields: (t) => ({
    dueAt: t.expose("dueAt", {
      type: "DateTime",
      nullable: true,
      description: "90 days after the last signing, at first after the first connection; null before that.",
    }),
    seen: t.exposeString("seen", { description: "Stands for all that is shown: handed back with the signing." }),
    rows: t.field({
      type: [AccessReviewRow],
      ...costing("signReview", 25),
      description: "Grants and keys, people, API tokens.",
      resolve: ({ rows }) => [...rows],
    }),
    signed: t.field({
      type: [SignedAccessReview],
      description: "The newest that were signed, the last one first.",
      resolve: (_review, _args, ctx) => readSigned(ctx.db),
    }),
  }),
});

builder.objectField(Organisation, "accessReview", (t) =>
  t.field({
    type: AccessReview,
    ...rule("signReview"),
    description: "Who and what can still reach its data.",
    resolve: (_row, _args, ctx) => readReview(ctx),
  }),
);

const organisationAsItStands = { description: "As it now stands.", ...rule("readOrganisation") };
const DecideAccessInput = builder.inputType("DecideAccessInput", {
  description: "What is to become of one access. Decided again, it takes the place of what was decided before.",
  fields: (t) => ({
    row: t.id({ required: true, description: "Which: the id of the row." }),
    seen: t.string({ required: true, description: "As the row had it when it was shown." }),
    choice: t.field({ type: AccessChoice, required: true, description: "One of those that the row has." }),
    note: t.string({ description: "Why, in up to 500 characters." }),
  }),
});
const DecideAccessSuccess = builder.objectRef<object>("DecideAccessSuccess").implement({
  description: "Decided, until it is signed.",
  ...rule("signReview"),
  fields: (t) => ({
    organisation: t.field({
      type: Organisation,
      ...organisationAsItStands,
      resolve: (_done, _args, ctx) => organisationNow(ctx),
    }),
  }),
});
commandField({
  name: "decideAccess",
  type: "DecideAccess",
  does: "Decides what is to become of one access. What that asks for is done by its own command.",
  permission: "signReview",
  input: DecideAccessInput,
  success: DecideAccessSuccess,
  problems: [InvalidInput, NotAllowed],
  work: async (ctx, { row, seen, choice, note }: (typeof DecideAccessInput)["$inferInput"]) => {
    const id = idIn("AccessReviewRow", row);
    await decide(ctx, { row: id === null ? null : rowIn(id), seen, choice, note: note ?? "" });
    return {};
  },
});

const SignAccessReviewInput = builder.inputType("SignAccessReviewInput", {
  description: "A review of which everything is decided.",
  fields: (t) => ({
    password: t.string({ required: true, description: "One's own, once more." }),
    seen: t.string({ required: true, description: "As the review had it when it was shown." }),
  }),
});
const SignAccessReviewSuccess = builder.objectRef<SignedRow>("SignAccessReviewSuccess").implement({
  description: "Signed: the next one is due in 90 days.",
  ...rule("signReview"),
  fields: (t) => ({
    review: t.field({ type: SignedAccessReview, description: "What was signed.", resolve: (signed) => signed }),
    organisation: t.field({
      type: Organisation,
      ...organisationAsItStands,
      resolve: (_done, _args, ctx) => organisationNow(ctx),
    }),
  }),
});
commandField({
  name: "signAccessReview",
  type: "SignAccessReview",
  does: "Signs what was decided, as a record that nobody changes.",
  permission: "signReview",
  input: SignAccessReviewInput,
  success: SignAccessReviewSuccess,
  problems: [InvalidInput, NotAllowed],
  work: (ctx, input: (typeof SignAccessReviewInput)["$inferInput"]) => sign(ctx, input),
});
