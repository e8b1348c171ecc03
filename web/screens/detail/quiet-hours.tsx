import { Trans, useLingui } from "@lingui/react/macro";
import { type FocusEvent, useRef, useState } from "react";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Field } from "../../parts/field.tsx";
import { usePlace } from "../../shell/organisation.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { useCommands, useGiving } from "../commands/use-commands.ts";
import { type Reach, SetQuietHoursMutation } from "./history.documents.ts";

interface QuietProps {
  datasource: LiveDatasource;
  quietHours: Reach["quietHours"];
  onChanged: () => void;
}

/** In which hours nothing is begun at the source that nobody asked for. */
export function QuietHours({ datasource, quietHours, onChanged }: QuietProps) {
  const commands = useCommands(datasource);
  const { zone } = usePlace().organisation;
  const why = commands.whyNot("SET_QUIET_HOURS");
  return (
    <section className="card pad" aria-labelledby="quiet-hours">
      <h2 id="quiet-hours">
        <Trans>Quiet hours</Trans>
      </h2>
      <p className="sm dim">
        <Trans>
          No sync begins by itself in these hours, and no new part of the history; what runs ends, and what somebody
          asks for is done. By the clock of {zone}, at most 20 hours.
        </Trans>
      </p>
      {commands.may("SET_QUIET_HOURS") ? (
        <QuietFields datasource={datasource} quietHours={quietHours} onChanged={onChanged} />
      ) : (
        <p className="sm">
          {quietHours ? (
            <Trans>
              From {quietHours.from} to {quietHours.to}.
            </Trans>
          ) : (
            <Trans comment="no quiet hours are set">None.</Trans>
          )}{" "}
          {why}
        </p>
      )}
    </section>
  );
}

type SavingState = "idle" | "saving" | "saved";

function Saving({ state }: { state: SavingState }) {
  if (state === "saved") return <Trans>Saved</Trans>;
  return state === "saving" ? <Trans>Saving…</Trans> : <Trans>Saved when you leave the fields</Trans>;
}

interface Typed {
  from: string;
  to: string;
}
const NONE: Typed = { from: "", to: "" };
const isSame = (one: Typed, other: Typed): boolean => one.from === other.from && one.to === other.to;

function QuietFields({ datasource, quietHours, onChanged }: QuietProps) {
  const { t } = useLingui();
  const giving = useGiving(datasource);
  const [typed, setTyped] = useState<Typed | null>(null);
  const [state, setState] = useState<SavingState>("idle");
  const [wrong, setWrong] = useState<Partial<Typed>>({});
  const stands = quietHours ? { from: quietHours.from, to: quietHours.to } : NONE;
  const shown = typed ?? stands;
  const underWay = useRef<Typed | null>(null);
  const save = async (asked: Typed): Promise<void> => {
    if (isSame(asked, underWay.current ?? stands)) return;
    underWay.current = asked;
    setState("saving");
    const input = { ...giving.base(), from: asked.from || null, to: asked.to || null };
    const outcome = await giving.give("SET_QUIET_HOURS", SetQuietHoursMutation, { input }, t`Saved`);
    // Others were asked for since: theirs is the last word.
    if (underWay.current !== asked) return;
    underWay.current = null;
    setState(outcome.ok ? "saved" : "idle");
    if (outcome.ok) {
      setTyped((now) => (now && isSame(now, asked) ? null : now));
      onChanged();
    } else if (outcome.fields[0])
      setWrong(Object.fromEntries(outcome.fields.map(({ path, message }) => [path, message])));
    else tellProblem(outcome.problem);
  };
  const field = (name: keyof Typed) => ({
    name: `quiet-${name}`,
    type: "time",
    value: shown[name],
    error: wrong[name] ?? null,
    onChange: ({ target }: { target: { value: string } }) => {
      setTyped({ ...shown, [name]: target.value });
      setState("idle");
      setWrong({});
    },
  });
  /** Saved when both are left, not on the way from one to the other. */
  const left = ({ currentTarget, relatedTarget }: FocusEvent): void => {
    if (!currentTarget.contains(relatedTarget)) void save(shown);
  };
  return (
    <form
      noValidate
      onBlur={left}
      onSubmit={(event) => {
        event.preventDefault();
        void save(shown);
      }}
    >
      <Field {...field("from")} label={t({ message: "From", comment: "when quiet hours begin" })} />
      <Field
        {...field("to")}
        label={t({ message: "To", comment: "when quiet hours end" })}
        hint={<Saving state={state} />}
      />
      {quietHours && (
        <button
          type="button"
          className="btn"
          onClick={() => {
            setTyped(NONE);
            void save(NONE);
          }}
        >
          <Trans>No quiet hours</Trans>
        </button>
      )}
    </form>
  );
}
