/** Who a request comes from. Made once per operation, from a session or an API token, and never guessed. */
import type { ApiTokenId, OrganisationId, UserId } from "@headwater/db/schema/ids.ts";
import type { Actor, TokenScope } from "@headwater/db/schema/values.ts";
import type { Role } from "@headwater/db/schema/values.ts";

export interface Person {
  readonly kind: "person";
  readonly userId: UserId;
  readonly sessionId: string;
  readonly name: string;
  readonly email: string;
  /** Null before an organisation is known. */
  readonly organisationId: OrganisationId | null;
  /** Where that organisation is. */
  readonly region: string;
  readonly role: Role | null;
}

export interface Token {
  readonly kind: "token";
  readonly tokenId: ApiTokenId;
  readonly name: string;
  readonly organisationId: OrganisationId;
  readonly region: string;
  readonly scopes: readonly TokenScope[];
}

export type Caller = { readonly kind: "nobody" } | Person | Token;

export const NOBODY: Caller = { kind: "nobody" };

export const organisationOf = (caller: Caller): OrganisationId | null =>
  caller.kind === "nobody" ? null : caller.organisationId;

/** Who does something, as the log keeps it. */
export type Acting = Pick<Person, "kind" | "userId"> | Pick<Token, "kind" | "tokenId"> | { readonly kind: "nobody" };

export function actorOf(caller: Acting): Actor {
  switch (caller.kind) {
    case "person":
      return { kind: "person", userId: caller.userId };
    case "token":
      return { kind: "token", tokenId: caller.tokenId };
    case "nobody":
      return { kind: "system", name: "nobody" };
    default:
      return caller satisfies never;
  }
}

/** Two callers of one class see the same answer to the same question; subscriptions share one execution by it. */
export function classOf(caller: Caller): string {
  switch (caller.kind) {
    case "person":
      return `person:${caller.organisationId ?? "-"}:${caller.role ?? "-"}`;
    case "token":
      return `token:${caller.organisationId}:${caller.scopes.toSorted().join("+")}`;
    case "nobody":
      return "nobody";
    default:
      return caller satisfies never;
  }
}
