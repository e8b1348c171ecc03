import { Plural, Trans } from "@lingui/react/macro";
import { useLive } from "../../live/live.tsx";
import { Icon } from "../../parts/icon.tsx";
import { usePlace } from "../../shell/organisation.tsx";

interface SlotsProps {
  more: number;
  /** How many of those in use are this attempt's own. */
  held?: number;
}

/** How full the plan is once `more` apps are connected. */
export function SlotsAfter({ more, held = 0 }: SlotsProps) {
  const { organisation: atStart } = usePlace();
  const { used, allowance } = (useLive((state) => state.organisation) ?? atStart).slots;
  if (allowance === null) return null;
  const after = used + more;
  const room = allowance - used + held;
  if (after > allowance)
    return (
      <span className="usage warn">
        <Icon name="warning" />
        {held > 0 && room > 0 ? (
          <Plural
            value={room}
            one="The plan has room for # of these. Choose one."
            other="The plan has room for # of these. Choose fewer."
          />
        ) : used >= allowance ? (
          <Trans>All {allowance} apps are in use</Trans>
        ) : (
          <Trans>
            {after} of {allowance} apps: more than the plan has
          </Trans>
        )}
      </span>
    );
  return (
    <span className="usage">
      <span className="slots" aria-hidden="true">
        {Array.from({ length: Math.min(allowance, 25) }, (_, n) => (
          <i key={n} className={n < used ? "" : n < after ? "nw" : "o"} />
        ))}
      </span>
      <span>
        <Trans>
          <b className="num">
            {after} of {allowance}
          </b>{" "}
          apps after this
        </Trans>
      </span>
    </span>
  );
}
