// What did not fit into a page: the rest of a nested connection, asked for alone until it ends.
import { makePageGuard } from "../protocol/page-guard.ts";
import { childrenOf, type Fields } from "../read-fields.ts";
import type { SourceSession } from "../session.ts";
import { callShop, part } from "./api.ts";
import { idOf, nextOf } from "./connection.ts";
import { asObject } from "./graphql-answer.ts";
import { connectionCost, granted, pagedText, type Field } from "./selection.ts";

/** Under the limit of one query even where every node is charged for by itself. */
const DRAIN_SIZE = 50;

export type Drain = {
  readonly id: string;
  /** The type that holds the connection. */
  readonly type: "Order" | "Product" | "Refund";
  readonly connection: string;
  readonly fields: readonly Field[];
  readonly after: string;
};

export function drainText({ type, connection, fields }: Omit<Drain, "id" | "after">): string {
  const inside = `nodes { ${pagedText(fields)} } pageInfo { hasNextPage endCursor }`;
  return `query Drain($id: ID!, $after: String) { node(id: $id) { ... on ${type} { ${connection}(first: ${DRAIN_SIZE}, after: $after) { ${inside} } } } }`;
}

export function drainCost(fields: readonly Field[]): number {
  return 1 + connectionCost(DRAIN_SIZE, fields);
}

/** The nodes after `drain.after`. Where their object is gone meanwhile, whoever named it is asked again, and names it no more. */
export async function drained(session: SourceSession, drain: Drain): Promise<Fields[]> {
  const guard = makePageGuard();
  const fields = granted(drain.fields, session.scopes);
  const query = drainText({ ...drain, fields });
  const nodes: Fields[] = [];
  let after: string | null = drain.after;
  while (after !== null) {
    const result = await callShop(session, {
      query,
      variables: { id: drain.id, after },
      cost: drainCost(fields),
      purpose: `drain.${drain.connection}`,
    });
    const connection: Fields = asObject(part(result, "node")[drain.connection]) ?? {};
    const page = childrenOf(connection, "nodes");
    const next = nextOf(connection);
    if (guard({ ids: page.map(idOf), next }) === "again") continue;
    nodes.push(...page);
    after = next;
  }
  return nodes;
}
