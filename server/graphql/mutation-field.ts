/** Declares one mutation: its union of success and problems, its one input, and the work that answers it. */
import type { Permission } from "../access/permissions.ts";
import { builder } from "./builder.ts";
import type { Context } from "./context.ts";
import { answering, attempt, typenameOf } from "./mutation.ts";
import type { Problem } from "../words/problems.ts";

type ProblemClass = abstract new (...args: never[]) => Problem;
const resultOf = (name: string, success: object, problems: readonly ProblemClass[]) =>
  builder.unionType(`${name}Result`, {
    description: `What ${name} answers: its success, or what a person can act on. Select \`... on UserError\` once.`,
    // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- Pothos wants a tuple of refs; resolveType tells them apart
    types: [success, ...problems] as never,
    resolveType: typenameOf(`${name}Success`),
  });

export interface CommandField<Input extends object, Result> {
  readonly name: string;
  readonly type: string;
  readonly does: string;
  readonly permission: Permission;
  readonly input: unknown;
  readonly success: object;
  readonly problems: readonly ProblemClass[];
  readonly work: (ctx: Context, input: Input) => Promise<Result>;
}

/** Input refs carry their shape; this keeps it through to the work. */
export function commandField<Input extends object, Result>(field: CommandField<Input, Result>): void {
  const type = resultOf(field.type, field.success, field.problems);
  builder.mutationField(field.name, (t) =>
    t.field({
      type,
      description: field.does,
      ...answering(field.permission),
      // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the ref's shape is Input
      args: { input: t.arg({ type: field.input as never, required: true, description: "What is asked." }) },
      resolve: (_root, args, ctx) =>
        // oxlint-disable-next-line typescript/no-unsafe-type-assertion -- the shape of its ref; a success or a Problem
        attempt(ctx, field.permission, (own) => field.work(own, args.input as Input)) as never,
    }),
  );
}
