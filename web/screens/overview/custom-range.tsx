import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Popover } from "../../parts/popover.tsx";
import { addDays, type RangeChoice } from "./ranges.ts";

interface CustomRangeProps {
  isOpen: boolean;
  onOpenChange: (open: boolean) => void;
  choice: RangeChoice;
  onChoose: (choice: RangeChoice) => void;
}

/** Two native dates: typed, picked or by arrow keys, as each device does it best. */
export function CustomRange({ isOpen, onOpenChange, choice, onChoose }: CustomRangeProps) {
  const { t } = useLingui();
  const format = useFormat();
  const today = format.today();
  const [from, setFrom] = useState(choice.range === "custom" ? choice.from : addDays(today, -14));
  const [until, setUntil] = useState(choice.range === "custom" ? choice.to : addDays(today, -1));
  const error = from && until && from <= until ? null : t`Choose a first and a last day, in this order.`;
  return (
    <Popover
      isOpen={isOpen}
      onOpenChange={onOpenChange}
      label={t`Custom range`}
      className="pop"
      button={{ "aria-label": t`Custom range`, "aria-pressed": choice.range === "custom" }}
      trigger={
        <>
          <Icon name="calendar" />
          <span className="hide-s">
            <Trans comment="a range of days of one's own">Custom</Trans>
          </span>
        </>
      }
    >
      <form
        className="cr"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          if (!error) onChoose({ range: "custom", from, to: until });
        }}
      >
        <Field
          label={t`First day`}
          type="date"
          max={today}
          value={from}
          error={error}
          onChange={(event) => setFrom(event.target.value)}
        />
        <Field
          label={t`Last day`}
          type="date"
          max={today}
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
        <button type="submit" className="btn pri">
          <Trans>Show these days</Trans>
        </button>
      </form>
    </Popover>
  );
}
