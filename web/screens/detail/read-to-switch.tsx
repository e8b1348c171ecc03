import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { Switched } from "./replaced.documents.ts";

/** Of the old one: what of its last hours before the switch is in the numbers, and what is in none. */
export function ReadToSwitch({ old }: { old: Switched }) {
  const format = useFormat();
  const { name, replacedAt, completeThrough, disconnectedAt } = old;
  if (!replacedAt) return null;
  const at = format.whenWithin(replacedAt);
  if (!disconnectedAt)
    return (
      <Trans>
        {name} is being read once more, up to the switch, {at}, and is disconnected then.
      </Trans>
    );
  if (!completeThrough)
    return (
      <Trans>
        {name} was never read before the switch, {at}.
      </Trans>
    );
  if (Date.parse(completeThrough) >= Date.parse(replacedAt))
    return (
      <Trans>
        {name} was read up to the switch, {at}.
      </Trans>
    );
  return (
    <Trans>
      {name} was read to {format.throughWithin(completeThrough)}. What its source recorded from then up to the switch,{" "}
      {at}, could not be read and is in no number.
    </Trans>
  );
}
