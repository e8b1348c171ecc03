import type { Dependent } from "./detail.documents.ts";

type Kind = Dependent["kind"];

/** What cannot go on comes first, then tools of others, then what is only looked at. */
const order: readonly Kind[] = ["DATASOURCE", "API_CLIENT", "TILE"];

export function byKind(dependents: readonly Dependent[]): [Kind, Dependent[]][] {
  return order.flatMap((kind): [Kind, Dependent[]][] => {
    const those = dependents.filter((dependent) => dependent.kind === kind);
    return those.length > 0 ? [[kind, those]] : [];
  });
}

/** Tells one from another over two datasources, whose tiles are the same tiles. */
export const keyOf = ({ kind, name }: Pick<Dependent, "kind" | "name">): string => `${kind} ${name}`;
