import { formatDocument, stringifyDocument } from "@urql/core";
import type { DocumentNode } from "graphql";
import { initGraphQLTada } from "gql.tada";
import type { introspection } from "./graphql-env.d.ts";

const tada = initGraphQLTada<{
  introspection: introspection;
  disableMasking: true;
  scalars: {
    DateTime: string;
    Date: string;
    Decimal: string;
    BigInt: string;
    CurrencyCode: string;
  };
}>();

const registered: DocumentNode[] = [];

/** Every document goes through here, so that the build can list the operations that the server may be asked to run. */
// oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the wrapper returns what it was given; gql.tada's overloads cannot be repeated.
export const graphql = ((...args: Parameters<typeof tada>) => {
  const document = tada(...args);
  if (import.meta.env.SSR) registered.push(document);
  return document;
}) as typeof tada;

export type { ResultOf } from "gql.tada";

/** The exact texts that urql hashes, operations only. */
export function registeredOperations(): string[] {
  return registered
    .filter((document) => document.definitions.some((definition) => definition.kind === "OperationDefinition"))
    .map((document) => stringifyDocument(formatDocument(document)));
}
