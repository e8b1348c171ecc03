/** What inputs and successes of commands have in common. */
import type { Given } from "../datasources/command.ts";
import { builder, rule } from "./builder.ts";
import { Datasource } from "./datasource-ref.ts";
import { Organisation, organisationNow } from "./organisation.ts";
import { Command } from "./run.ts";
import { DatasourceGone, InvalidInput, KeyReused, NotAllowed, NotPossibleNow } from "../words/problems.ts";

/** The same key gives the first result again, whatever the command. */
export const key = {
  required: true,
  description: "Yours, 1 to 200 characters: the same key gives the first result again.",
} as const;
/** What any command of a datasource may be answered with. */
export const COMMAND_PROBLEMS = [InvalidInput, NotAllowed, DatasourceGone, NotPossibleNow, KeyReused] as const;
export const ofDatasource = { required: true, description: "The datasource's id." } as const;

const given = { description: "Done; the command's outcome follows by its row.", ...rule("readDatasources") };

/** Success of most commands: the datasource as it now stands, and the command. */
export const successOf = <Result extends Given = Given>(name: string) => {
  const success = builder.objectRef<Result>(`${name}Success`).implement(given);
  builder.objectFields(success, (t) => ({
    datasource: t.field({ type: Datasource, description: "As it now stands.", resolve: ({ view }) => view }),
    command: t.field({ type: Command, description: "What was asked.", resolve: ({ command }) => command }),
  }));
  return success;
};

/** Of those that take or free a slot: with the meter. */
export const successWithSlots = (name: string) => {
  const success = successOf(name);
  builder.objectField(success, "organisation", (t) =>
    t.field({
      type: Organisation,
      description: "With its meter.",
      resolve: (_given, _args, ctx) => organisationNow(ctx),
    }),
  );
  return success;
};
