/** Which of several things of a source counts, and the command that says otherwise. */
import { choicesOf, setChoice } from "../datasources/set-choice.ts";
import type { Chosen, OpenChoice } from "../datasources/set-choice.ts";
import { wordsOfPlatform } from "../words/platform-words.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { targetOf } from "./datasource-mutations.ts";
import { Datasource } from "./datasource-ref.ts";
import { COMMAND_PROBLEMS, key, ofDatasource, successOf } from "./given.ts";
import { commandField } from "./mutation-field.ts";

const wordsFor = ({ view }: OpenChoice, ctx: Context) => wordsOfPlatform(view.row.platform, ctx.locale);

const ChoiceOption = builder.objectRef<OpenChoice["options"][number]>("ChoiceOption").implement({
  description: "One of the things that may count.",
  ...rule("readDatasources"),
  fields: (t) => ({
    value: t.exposeString("value", { description: "The source's own id." }),
    label: t.exposeString("label", { description: "As the source calls it." }),
  }),
});

const Choice = builder.objectRef<OpenChoice>("Choice").implement({
  description: "The source has several of a thing, and one of them counts.",
  ...rule("readDatasources"),
  fields: (t) => ({
    name: t.exposeString("name", { description: "Its name in `setChoice`." }),
    label: t.string({
      description: "What is chosen.",
      resolve: (choice, _args, ctx) => wordsFor(choice, ctx).say(`choice.${choice.name}`),
    }),
    about: t.string({
      description: "What it means.",
      resolve: (choice, _args, ctx) => wordsFor(choice, ctx).say(`choice.${choice.name}.about`),
    }),
    value: t.exposeString("value", { description: "The option that counts." }),
    options: t.field({
      type: [ChoiceOption],
      description: "As the source last showed them, in its order.",
      resolve: ({ options }) => [...options],
    }),
  }),
});

builder.objectField(Datasource, "choices", (t) =>
  t.field({
    type: [Choice],
    description: "What a person may settle; empty where the source leaves nothing open, or has not been read yet.",
    resolve: (view) => choicesOf(view),
  }),
);

const SetChoiceInput = builder.inputType("SetChoiceInput", {
  description: "Which option counts from now on, and for all days that were read.",
  fields: (t) => ({
    datasource: t.id(ofDatasource),
    choice: t.string({ required: true, description: "Name of the choice." }),
    value: t.string({ required: true, description: "Value of one of its options." }),
    idempotencyKey: t.string(key),
  }),
});
commandField({
  name: "setChoice",
  type: "SetChoice",
  does: "Settles which of several things counts; its days are read anew aside, and the numbers swapped as with a resync.",
  permission: "manageDatasources",
  input: SetChoiceInput,
  success: successOf("SetChoice"),
  problems: COMMAND_PROBLEMS,
  work: (ctx, { datasource, idempotencyKey, ...chosen }: Chosen & { datasource: string; idempotencyKey: string }) =>
    setChoice(ctx, targetOf({ datasource, idempotencyKey }), chosen),
});
