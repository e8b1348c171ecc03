/**
 * Which of several things of a source counts: chosen by a person, kept with the account, and its stream read anew aside, so
 * that the numbers change window by window as with any other resync. The command is one, with what was chosen in its words.
 */
import { eq, sql } from "drizzle-orm";
import { accounts } from "@headwater/db/schema/tables.ts";
import { commandId } from "@headwater/workflows/client.ts";
import { connectorFor } from "@headwater/connectors/connectors.ts";
import type { Context } from "../graphql/context.ts";
import { InvalidInput } from "../words/problems.ts";
import { readDatasources } from "../reading/datasources.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import type { Target } from "./change.ts";
import { giveCommand } from "./command.ts";
import type { Given } from "./command.ts";

export interface OpenChoice {
  readonly view: DatasourceView;
  readonly name: string;
  readonly stream: string;
  readonly value: string;
  readonly options: readonly { readonly value: string; readonly label: string }[];
}

/** Those of its platform that its account really has. */
export function choicesOf(view: DatasourceView): OpenChoice[] {
  const settled = view.account?.choices ?? {};
  return (connectorFor(view.row.platform)?.choices ?? []).flatMap(({ name, stream }) => {
    const choice = settled[name];
    return choice === undefined ? [] : [{ view, name, stream, value: choice.value, options: choice.options }];
  });
}

export interface Chosen {
  readonly choice: string;
  readonly value: string;
}

export async function setChoice(ctx: Context, target: Target, { choice, value }: Chosen): Promise<Given> {
  const [known] = target.datasource === null ? [] : await readDatasources(ctx.db, ctx.now, [target.datasource]);
  const stream = connectorFor(known?.row.platform ?? "")?.choices?.find(({ name }) => name === choice)?.stream;
  const args = { choice, value, ...(stream === undefined ? {} : { stream }) };
  const asked = { ...target, action: "RESYNC", kind: "resync", verb: "datasource.choice", args } as const;
  return giveCommand(ctx, asked, (view) => {
    const open = choicesOf(view).find(({ name }) => name === choice);
    const option = open?.options.find((each) => each.value === value);
    if (open === undefined || option === undefined)
      throw new InvalidInput([
        { path: open === undefined ? "choice" : "value", message: ctx.words.say("input.choice") },
      ]);
    if (open.value === value)
      throw new InvalidInput([{ path: "value", message: ctx.words.say("input.chosenAlready") }]);
    return {
      before: { choice, value: open.value, label: labelOf(open) },
      after: { ...args, label: option.label },
      also: async (organisation) => {
        const chosen = { value, before: open.value, command: commandId(organisation, target.idempotencyKey) };
        await ctx.db
          .update(accounts)
          .set({
            choices: sql`${accounts.choices} || jsonb_build_object(${choice}::text,
              (${accounts.choices} -> ${choice}::text) || ${JSON.stringify(chosen)}::text::jsonb)`,
          })
          .where(eq(accounts.id, view.account?.id ?? sql`null`));
      },
    };
  });
}

/** As the source calls what counts now; its id where the source has it no more. */
const labelOf = ({ options, value }: OpenChoice): string =>
  options.find((option) => option.value === value)?.label ?? value;
