import * as v from "valibot";
import { judge } from "./column-choice.ts";
import { chosenOf } from "./column-choice.ts";
import type { Review } from "./review.documents.ts";
import { useDraft } from "../../shell/use-draft.ts";
import type { MappingAnswers } from "./use-files.ts";

const Said = v.object({ mark: v.string(), choices: v.array(v.tuple([v.string(), v.string()])), costType: v.string() });
const isSaid = (kept: unknown): kept is v.InferOutput<typeof Said> => v.is(Said, kept);

/** What a person says of the columns stays here until all of it is said; read anew, the file says what they mean. */
export function useColumns(upload: string, mapping: Review["mapping"]) {
  const mark = JSON.stringify(mapping.columns);
  const [said, say] = useDraft(upload, "columns", isSaid);
  const now = said?.mark === mark ? said : { mark, choices: [], costType: "" };
  const { costType } = now;
  const choices = new Map(now.choices);
  const judged = judge(mapping, choices, costType);
  const targets = mapping.columns.map((column) => ({ header: column.header, target: chosenOf(column, choices) }));
  const mayBeSent = judged.isWhole && judged.twins.size === 0;
  return {
    ...judged,
    choices,
    costType,
    mayBeSent,
    /** All of them: what was seen and left is said too. */
    answers: (judged.isChanged && mayBeSent
      ? { targets, ...(judged.lacksKind && { costType }) }
      : {}) satisfies MappingAnswers,
    choose: (header: string, target: string) => say({ ...now, choices: [...new Map(choices).set(header, target)] }),
    nameKind: (kind: string) => say({ ...now, costType: kind }),
  };
}
