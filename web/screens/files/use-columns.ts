import { useState } from "react";
import { type Choices, judge } from "./column-choice.ts";
import { chosenOf } from "./column-choice.ts";
import type { Review } from "./review.documents.ts";
import type { MappingAnswers } from "./use-files.ts";

const none: Choices = new Map();

/** What a person says of the columns stays here until all of it is said; read anew, the file says what they mean. */
export function useColumns(mapping: Review["mapping"]) {
  const mark = JSON.stringify(mapping.columns);
  const [said, setSaid] = useState({ mark, choices: none, costType: "" });
  const { choices, costType } = said.mark === mark ? said : { choices: none, costType: "" };
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
    choose: (header: string, target: string) =>
      setSaid({ mark, costType, choices: new Map(choices).set(header, target) }),
    nameKind: (kind: string) => setSaid({ mark, choices, costType: kind }),
  };
}
