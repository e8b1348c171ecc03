// One line for every node of every connection. Children name their parent and come after it, but within a batch in
// any order, as recordings of live shops show; grouped, they follow their own parent at once.
import type { Random } from "../../random.ts";

type Node = Record<string, unknown>;

interface Line {
  readonly node: Node;
  readonly children: readonly Line[];
}

const isObject = (value: unknown): value is Node =>
  typeof value === "object" && value !== null && !Array.isArray(value);
const edgesOf = (value: unknown): readonly unknown[] | null =>
  isObject(value) && Array.isArray(value["edges"]) ? value["edges"] : null;

function takeApart(edges: readonly unknown[], parentId: unknown): Line[] {
  return edges.flatMap((edge) => {
    const whole = isObject(edge) ? edge["node"] : null;
    if (!isObject(whole)) return [];
    const own = Object.entries(whole).filter(([, value]) => edgesOf(value) === null);
    const children = Object.values(whole).flatMap((value) => takeApart(edgesOf(value) ?? [], whole["id"]));
    const node: Node = Object.fromEntries(own);
    if (parentId !== null) node["__parentId"] = parentId;
    return [{ node, children }];
  });
}

const withFollowers = (line: Line): string[] => [JSON.stringify(line.node), ...line.children.flatMap(withFollowers)];

const shuffled = <T>(list: readonly T[], random: Random): T[] =>
  list
    .map((item) => ({ item, place: random.next() }))
    .toSorted((a, b) => a.place - b.place)
    .map(({ item }) => item);

export function jsonLines(data: Readonly<Record<string, unknown>>, isGrouped: boolean, random: Random): string[] {
  let level = Object.values(data).flatMap((value) => takeApart(edgesOf(value) ?? [], null));
  if (isGrouped) return level.flatMap(withFollowers);
  const lines: string[] = [];
  for (let depth = 0; level.length > 0; depth += 1) {
    const ordered = depth === 0 ? level : shuffled(level, random);
    lines.push(...ordered.map((line) => JSON.stringify(line.node)));
    level = ordered.flatMap((line) => line.children);
  }
  return lines;
}
