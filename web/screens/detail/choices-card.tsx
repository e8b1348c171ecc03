import { Trans, useLingui } from "@lingui/react/macro";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Select } from "../../parts/select.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { useCommands, useGiving } from "../commands/use-commands.ts";
import { type Reach, SetChoiceMutation } from "./history.documents.ts";

interface ChoicesProps {
  datasource: LiveDatasource;
  choices: Reach["choices"];
  onChanged: () => void;
}

/** Which of several things of the source counts; shown where there is more than one. */
export function ChoicesCard({ datasource, choices, onChanged }: ChoicesProps) {
  const open = choices.filter(({ options }) => options.length > 1);
  if (open.length === 0) return null;
  return (
    <section className="card pad" aria-labelledby="choices">
      <h2 id="choices">
        <Trans>What counts</Trans>
      </h2>
      {open.map((choice) => (
        <ChoiceField key={choice.name} datasource={datasource} choice={choice} onChanged={onChanged} />
      ))}
    </section>
  );
}

type Choice = Reach["choices"][number];

function ChoiceField({ datasource, choice, onChanged }: Omit<ChoicesProps, "choices"> & { choice: Choice }) {
  const { t } = useLingui();
  const commands = useCommands(datasource);
  const giving = useGiving(datasource);
  const { name, label, about, value, options } = choice;
  const choose = async (chosen: string): Promise<void> => {
    const input = { ...giving.base(), choice: name, value: chosen };
    const outcome = await giving.give("RESYNC", SetChoiceMutation, { input }, t`Its days are read anew.`);
    if (!outcome.ok) tellProblem(outcome.problem);
    onChanged();
  };
  const now = options.find((option) => option.value === value);
  return (
    <>
      {commands.may("RESYNC") ? (
        <Select
          label={label}
          value={value}
          options={options.map((option) => ({ value: option.value, label: nameOf(option, options) }))}
          onChange={(chosen) => void choose(chosen)}
        />
      ) : (
        <p className="sm">
          {label}: <b>{now ? nameOf(now, options) : value}</b>. {commands.whyNot("RESYNC")}
        </p>
      )}
      <p className="sm dim">
        {about} <Trans>After a change all its days are read anew; until each is in, its old numbers stand.</Trans>
      </p>
    </>
  );
}

/** Two of one name are told apart by their ids at the source. */
const nameOf = ({ label, value }: Choice["options"][number], options: Choice["options"]): string =>
  options.filter((option) => option.label === label).length > 1 ? `${label} (${value})` : label;
