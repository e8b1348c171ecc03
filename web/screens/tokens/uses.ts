import type { MessageDescriptor } from "@lingui/core";
import { msg } from "@lingui/core/macro";
import type { Token } from "./tokens.documents.ts";

/** What a token is made for, by the scope that says so. */
export type Use = Token["scopes"][number];

export const useWords: Record<Use, MessageDescriptor> = {
  READ: msg`Read`,
  MANAGE: msg`Read and manage`,
  COSTS_UPLOAD: msg`Upload costs`,
};

/** Whoever manages reads as well: that is one use of it. */
export const usesOf = (scopes: readonly Use[]): Use[] =>
  scopes.filter((scope) => scope !== "READ" || !scopes.includes("MANAGE"));
