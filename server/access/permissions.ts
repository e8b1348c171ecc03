/**
 * Who may do what: the one table. Every field and every mutation of the schema names a row of it, the page greys out by
 * it, and a field that names none does not start. What one datasource's facts forbid is `lifecycle/actions.ts`.
 */
import { rolesThatMay } from "@headwater/workflows/lifecycle/actions.ts";
import type { Role } from "@headwater/db/schema/values.ts";
import type { TokenScope } from "@headwater/db/schema/values.ts";
import type { Caller } from "./caller.ts";

interface Rule {
  /** Roles of a signed-in member. */
  readonly roles: readonly Role[];
  /** The scope an API token needs; null: no token may. */
  readonly token: TokenScope | null;
  /** Needs no organisation: any signed-in person, or anybody at all. */
  readonly outside?: "signedIn" | "anybody";
}

const EVERY_ROLE: readonly Role[] = ["owner", "admin", "analyst", "viewer"];

export const PERMISSIONS = {
  /** Shapes that carry nothing of their own: page marks, words, problems. */
  anybody: { roles: EVERY_ROLE, token: "read", outside: "anybody" },
  /** One's own name, sessions and organisations. */
  ownAccount: { roles: EVERY_ROLE, token: null, outside: "signedIn" },
  readOrganisation: { roles: EVERY_ROLE, token: "read" },
  readMembers: { roles: ["owner", "admin"], token: null },
  readCatalog: { roles: EVERY_ROLE, token: "read" },
  readDatasources: { roles: EVERY_ROLE, token: "read" },
  /** What one has read of what everybody is told. */
  ownInbox: { roles: EVERY_ROLE, token: null },
  /** To ask those who may for what one may not, and to be told once a platform opens. */
  askOthers: { roles: EVERY_ROLE, token: null },
  /** Whose access lives and when it ends, all of it on one page. */
  reviewAccess: { roles: rolesThatMay("pause"), token: "manage" },
  /** To decide on it and to sign that: a person's name stands under it. */
  signReview: { roles: rolesThatMay("pause"), token: null },
  /** An address of one's own by which calendar programs read the days of that page. */
  ownCalendar: { roles: rolesThatMay("pause"), token: null },
  /** That one has opened its page. */
  tellOpened: { roles: EVERY_ROLE, token: null },
  readNumbers: { roles: EVERY_ROLE, token: "read" },
  /** Now, or some days before the others. */
  syncNow: { roles: rolesThatMay("syncNow"), token: "manage" },
  manageDatasources: { roles: rolesThatMay("pause"), token: "manage" },
  /** Files of costs, in and confirmed; a token that may do this may read nothing. */
  uploadCosts: { roles: rolesThatMay("upload"), token: "costs:upload" },
  /** A consent screen needs a browser and a person behind it. */
  consent: { roles: rolesThatMay("reauthorized"), token: null },
  readTokens: { roles: ["owner", "admin", "analyst"], token: null },
  manageOwnTokens: { roles: ["owner", "admin", "analyst"], token: null },
  manageTokens: { roles: ["owner", "admin"], token: null },
  setPlan: { roles: ["owner"], token: null },
} as const satisfies Readonly<Record<string, Rule>>;

export type Permission = keyof typeof PERMISSIONS;

export function may(caller: Caller, permission: Permission): boolean {
  const rule: Rule = PERMISSIONS[permission];
  if (rule.outside === "anybody") return true;
  switch (caller.kind) {
    case "nobody":
      return false;
    case "token":
      return rule.token !== null && caller.scopes.includes(rule.token);
    case "person":
      if (rule.outside === "signedIn") return true;
      return caller.role !== null && roleMay(caller.role, permission);
    default:
      return caller satisfies never;
  }
}

export const roleMay = (role: Role, permission: Permission): boolean => {
  const rule: Rule = PERMISSIONS[permission];
  return rule.roles.includes(role);
};

/** The role that a datasource's facts are asked with: a token that manages stands where an admin stands. */
export function roleOf(caller: Caller): Role {
  if (caller.kind === "token") return caller.scopes.includes("manage") ? "admin" : "viewer";
  return caller.kind === "person" && caller.role !== null ? caller.role : "viewer";
}
