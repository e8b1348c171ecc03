import type { AccessReview, LivingGrant, ReviewRow } from "../screens/access-review/access-review.documents.ts";
import { ago, ahead } from "./fixtures.ts";

const day = 1440;
const undecided = { seen: "as shown", decision: null, toDo: null, grant: null, member: null, token: null };

/** A pasted key has its last four characters, and can be rotated; what is granted beyond need can be reduced. */
export const grantRow = (grant: LivingGrant): ReviewRow => ({
  ...undecided,
  id: `grant ${grant.platform.id} ${grant.grant.holder}`,
  choices: [
    "KEEP",
    ...(grant.grant.scopes.some(({ isUnused }) => isUnused) ? (["REDUCE"] as const) : []),
    ...(grant.grant.credential?.lastFour ? (["ROTATE"] as const) : []),
    "REVOKE",
  ],
  grant,
});

type Role = NonNullable<ReviewRow["member"]>["role"];
const person = (name: string, email: string, role: Role): ReviewRow => ({
  ...undecided,
  id: `person ${email}`,
  choices: ["KEEP"],
  member: { name, email, role, since: ago(300 * day) },
});

export const people: readonly ReviewRow[] = [
  person("Ananya Das", "ananya@monsoonandmoss.in", "OWNER"),
  person("Arjun Rao", "arjun@monsoonandmoss.in", "ADMIN"),
  person("Mira Nath", "mira@monsoonandmoss.in", "ANALYST"),
];

export const opsBot: ReviewRow = {
  ...undecided,
  id: "token ops",
  choices: ["KEEP", "REVOKE"],
  token: {
    id: "ops",
    name: "Ops bot",
    lastFour: "m2Pd",
    scopes: ["READ", "MANAGE"],
    createdBy: "Arjun Rao",
    createdAt: ago(62 * day),
    expiresAt: ahead(28 * day),
    lastUsedAt: ago(3),
  },
};

type Decision = NonNullable<ReviewRow["decision"]>;
export const decided = (
  row: ReviewRow,
  choice: Decision["choice"] = "KEEP",
  more: Partial<Decision> = {},
): ReviewRow => ({
  ...row,
  decision: {
    choice,
    note: "",
    by: { kind: "PERSON", name: "Ananya Das" },
    at: ago(34),
    isOutdated: false,
    ...more,
  },
});

export const signed: AccessReview["signed"] = [
  {
    signedAt: ago(2),
    signedBy: { kind: "PERSON", name: "Ananya Das" },
    hash: "6d1c1f0be33c7a1f9b1a0b6a4f0f4d1d9a8c6c2e5a7f1b3d4c5e6f708192a3b4",
    url: "/v1/access-reviews/0198f3a2-0000-7000-8000-000000000002.json",
  },
  {
    signedAt: ago(92 * day),
    signedBy: { kind: "PERSON", name: "Arjun Rao" },
    hash: "0f9e8d7c6b5a49382716f5e4d3c2b1a0f1e2d3c4b5a697887766554433221100",
    url: "/v1/access-reviews/0198f3a2-0000-7000-8000-000000000001.json",
  },
];
