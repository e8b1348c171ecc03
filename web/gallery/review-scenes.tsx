import { to } from "../routes.ts";
import type { AccessReview, ReviewRow } from "../screens/access-review/access-review.documents.ts";
import { ago, ahead } from "./fixtures.ts";
import { accessReview, calendar, ending, living, livingGrants } from "./organisation-scenes.tsx";
import { decided, grantRow, opsBot, people, signed } from "./review-answers.ts";
import type { Scene } from "./scene.ts";

const day = 1440;
const path = to.accessReview("monsoon-and-moss");
const [klaviyo, shopify] = livingGrants.map(grantRow);
const gorgias = grantRow(living("Gorgias", "Monsoon & Moss", { createdAt: ago(400 * day) }));
if (!klaviyo || !shopify) throw new Error("The story has two grants.");
const [ananya, ...others] = people;
if (!ananya) throw new Error("The story has people.");
const rows: ReviewRow[] = [klaviyo, gorgias, shopify, ...people, opsBot];

const review = (more: Partial<AccessReview>): unknown => ({
  organisation: calendar([ending("Meta Ads", "Priya Nair", 6, [ago(30)])], [], { rows, ...more }),
});
const scene = (name: string, answers: Readonly<Record<string, unknown>>): Scene => ({
  name,
  setting: { path, answers },
  show: accessReview,
});
const all = rows.map((row) => decided(row));
const told = (field: string, message: string): unknown => ({
  result: {
    __typename: "InvalidInput",
    code: "INVALID_INPUT",
    message: "Something in the input is not right.",
    meaning: "Nothing was changed.",
    remedy: null,
    fields: [{ path: field, message }],
  },
});

/** An access review, from the first look to the signing. */
export const reviewScenes: Scene[] = [
  scene("access-review-loading", { GrantCalendar: null }),
  scene("access-review-half", {
    GrantCalendar: review({
      rows: [
        decided(klaviyo, "REDUCE", { note: "flows:read is left over from the trial" }),
        decided(gorgias, "ROTATE"),
        decided(shopify, "KEEP", { isOutdated: true }),
        decided(ananya),
        ...others,
        decided(opsBot, "REVOKE", { by: { kind: "PERSON", name: "Arjun Rao" } }),
      ],
    }),
    DecideAccess: told("seen", "This access has changed since it was shown. Nothing was decided: look at it again."),
  }),
  scene("access-review-decided", {
    GrantCalendar: review({ rows: [...all.slice(1), decided(klaviyo, "REVOKE")] }),
    DecideAccess: () =>
      new Promise((resolve) =>
        addEventListener("answer", () => resolve({ result: { __typename: "DecideAccessSuccess" } }), { once: true }),
      ),
    SignAccessReview: told("password", "That is not your current password. Nothing was changed."),
  }),
  scene("access-review-signed", {
    GrantCalendar: review({
      rows: [
        { ...klaviyo, toDo: "ROTATE" },
        gorgias,
        { ...shopify, toDo: "REVOKE" },
        ...people,
        { ...opsBot, toDo: "REVOKE" },
      ],
      dueAt: ahead(90 * day),
      signed: [...signed],
    }),
  }),
  scene("access-review-overdue", { GrantCalendar: review({ dueAt: ago(9 * day) }) }),
];
