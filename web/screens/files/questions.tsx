import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Select } from "../../parts/select.tsx";
import { answersFrom, type Question } from "./answers-from.ts";
import { dateReadings, numberReadings } from "./sample-readings.ts";
import type { Review } from "./review.documents.ts";
import { isTextByName, useDraft } from "../../shell/use-draft.ts";
import type { MappingAnswers } from "./use-files.ts";
import { costTypes as kinds, inWords } from "./words.ts";

type Mapping = Review["mapping"];

interface QuestionsProps {
  upload: string;
  mapping: Mapping;
  busy: boolean;
  onAnswer: (answers: MappingAnswers) => void;
}

/** What the file alone does not tell. Each has a guess; none is taken for granted. */
export function Questions({ upload, mapping, busy, onAnswer }: QuestionsProps) {
  const { t } = useLingui();
  const [kept, setSaid] = useDraft(upload, "answers", isTextByName);
  const said: Readonly<Record<string, string>> = kept ?? {};
  if (mapping.questions.length === 0) return null;
  const answerOf = (question: Question): string => said[keyOf(question)] ?? question.guess ?? "";
  const isWhole = mapping.questions.every((question) => answerOf(question) !== "");
  return (
    <form
      className="note w asks"
      onSubmit={(event) => {
        event.preventDefault();
        if (isWhole && !busy) onAnswer(answersFrom(mapping.questions, answerOf));
      }}
    >
      <p>
        <b>
          <Trans>Say how to read it</Trans>
        </b>
      </p>
      {mapping.questions.map((question) => (
        <QuestionField
          key={keyOf(question)}
          question={question}
          costTypes={mapping.costTypes}
          value={answerOf(question)}
          onChange={(value) => setSaid({ ...said, [keyOf(question)]: value })}
        />
      ))}
      <button type="submit" className="btn" aria-disabled={busy || !isWhole}>
        {busy ? t`Reading it again…` : t`Read it this way`}
      </button>
    </form>
  );
}

const keyOf = ({ kind, column }: Question): string => `${kind} ${column ?? ""}`;

interface QuestionFieldProps {
  question: Question;
  costTypes: readonly string[];
  value: string;
  onChange: (value: string) => void;
}

function QuestionField({ question, costTypes, value, onChange }: QuestionFieldProps) {
  const { t, i18n } = useLingui();
  const format = useFormat();
  switch (question.kind) {
    case "dateOrder": {
      const { sample, dayFirst, monthFirst } = dateReadings(question.sample);
      return (
        <Select
          label={t`In ${question.column ?? ""}, ${sample} is`}
          value={value}
          options={[
            { value: "DMY", label: format.day(dayFirst, { year: true }) },
            { value: "MDY", label: format.day(monthFirst, { year: true }) },
          ]}
          onChange={onChange}
        />
      );
    }
    case "decimal": {
      const { sample, groups, divides, whole, rest } = numberReadings(question.sample);
      return (
        <Select
          label={t`${sample} is`}
          value={value}
          options={[
            { value: groups, label: t`${format.count(whole + rest)}, a whole number` },
            { value: divides, label: t`${whole} and ${rest} thousandths` },
          ]}
          onChange={onChange}
        />
      );
    }
    case "encoding":
      return (
        <Select
          label={t`Letters are written as`}
          value={value}
          options={["windows-1252", "utf-8"]}
          onChange={onChange}
        />
      );
    case "costType":
      return (
        <Select
          label={t`The totals are`}
          value={value}
          options={[
            { value: "", label: t`Choose a kind of cost` },
            ...costTypes.map((type) => ({ value: type, label: inWords(i18n, kinds, type) })),
          ]}
          onChange={onChange}
        />
      );
    default:
      return null; // a question that is new to this build: the file can be mended and given again
  }
}
