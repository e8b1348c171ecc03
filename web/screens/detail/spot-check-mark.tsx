import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import type { SpotCheck } from "./spot-checks.documents.ts";

/** A figure of a check, in its currency where it is money. */
export function useShown({ currency }: Pick<SpotCheck, "currency">) {
  const format = useFormat();
  return (value: string | null, options: { change?: boolean } = {}): string => {
    if (value === null) return "–";
    return currency === null ? format.count(value, options) : format.money(value, currency, options);
  };
}

export function CheckState({ check, shown }: { check: SpotCheck; shown: (value: string | null) => string }) {
  switch (check.state) {
    case "EQUAL":
      return (
        <span className="st ok">
          <Icon name="tick" />
          <Trans comment="our number equals the source's own">Equal</Trans>
        </span>
      );
    case "EXPLAINED":
      return (
        <span className="st ok">
          <Icon name="help" />
          <Trans comment="our number is not the source's own, and it is known why">Explained</Trans>
        </span>
      );
    case "DIFFERENT":
      return (
        <span className="st pill warnp">
          <Icon name="warning" />
          <Trans comment="how far our number is from the source's own">Off by {shown(check.difference)}</Trans>
        </span>
      );
    case "NOT_SETTLED":
      return (
        <span className="st">
          <Icon name="clock" />
          <Trans comment="the source may still change this day">Not settled yet</Trans>
        </span>
      );
    case "NO_FIGURE":
      return (
        <span className="st">
          <Icon name="dashed" />
          <Trans comment="the source has no number of its own for this day">No figure there</Trans>
        </span>
      );
  }
}
