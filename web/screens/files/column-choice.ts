import type { Review } from "./review.documents.ts";

type Mapping = Review["mapping"];
export type Column = Mapping["columns"][number];
type Rule = Mapping["shapes"][number];
/** What a person chose here, by header, and has not told the server yet. */
export type Choices = ReadonlyMap<string, string>;

export interface Judged {
  /** The file would be read in another way than it was. */
  isChanged: boolean;
  /** Together they make it one of costs. */
  isWhole: boolean;
  /** They would, if it were said of which kind all of them are. */
  lacksKind: boolean;
  /** The columns that would mean the same, by what they would mean. */
  twins: ReadonlyMap<string, readonly string[]>;
}

const isRead = (target: string): boolean => target !== "extra" && target !== "ignore";

export const chosenOf = ({ header, target }: Column, choices: Choices): string => choices.get(header) ?? target;

/** What is asked of the columns where the kind of all costs is said. */
const besideKind = (rule: Rule): Rule => ({
  ...rule,
  needs: rule.needs.filter(({ anyOf }) => !anyOf.includes("cost_type")),
});

/** As the server will judge it, by the rules that it has told. */
export function judge(
  { columns, shapes }: Pick<Mapping, "columns" | "shapes">,
  choices: Choices,
  costType = "",
): Judged {
  const chosen = columns.map((column) => chosenOf(column, choices));
  const named = shapes.find((one) => fits(one, chosen));
  const unnamed = named === undefined ? shapes.map(besideKind).find((one) => fits(one, chosen)) : undefined;
  const rule = named ?? (costType === "" ? undefined : unnamed);
  const read = chosen.map((target) => (rule?.beside.includes(target) ? "extra" : target));
  const twins = new Map<string, string[]>();
  for (const [at, { header }] of columns.entries()) {
    const target = read[at] ?? "";
    if (isRead(target) && read.indexOf(target) !== read.lastIndexOf(target))
      twins.set(target, [...(twins.get(target) ?? []), header]);
  }
  return {
    isChanged: columns.some(({ target }, at) => target !== read[at]) || (rule !== undefined && rule === unnamed),
    isWhole: rule !== undefined,
    lacksKind: unnamed !== undefined,
    twins,
  };
}

const fits = ({ needs, without }: Rule, targets: readonly string[]): boolean =>
  needs.every(({ anyOf }) => anyOf.some((column) => targets.includes(column))) &&
  !without.some((column) => targets.includes(column));

/** All that any file, or one of this shape, cannot do without, in the order of the rules. */
export const neededBy = (shapes: readonly Rule[], shape: Mapping["shape"] = null): string[] => [
  ...new Set(
    shapes
      .filter((rule) => shape === null || rule.shape === shape)
      .flatMap(({ needs }) => needs.flatMap(({ anyOf }) => anyOf)),
  ),
];

/** What the file cannot do without comes first; else they stay as they stand in it. */
export function inOrder({ columns, shapes, shape }: Pick<Mapping, "columns" | "shapes" | "shape">): Column[] {
  const needed = neededBy(shapes, shape);
  const rank = ({ target }: Column): number => (needed.includes(target) ? 0 : 1);
  return columns.toSorted((a, b) => rank(a) - rank(b));
}
