import { Plural, Trans } from "@lingui/react/macro";
import { Icon } from "../../parts/icon.tsx";
import { useSlots } from "./use-slots.ts";

interface SlotsProps {
  more: number;
  /** How many of those in use are this attempt's own. */
  held?: number;
}

/** How full the plan is once `more` apps are connected. */
export function SlotsAfter({ more, held = 0 }: SlotsProps) {
  const { used, allowance } = useSlots();
  if (allowance === null) return null;
  const before = used - held;
  const after = before + more;
  // What the attempt holds it may keep, also over the limit.
  const room = Math.max(held, allowance - before);
  if (more > room)
    return (
      <span className="usage warn">
        <Icon name="warning" />
        {held > 0 ? (
          <Plural
            value={room}
            one="The plan has room for # of these. Choose one."
            other="The plan has room for # of these. Choose fewer."
          />
        ) : before >= allowance ? (
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
          <i key={n} className={n < before ? "" : n < after ? "nw" : "o"} />
        ))}
      </span>
      <span>
        {more === 0 ? (
          <Trans>
            <b className="num">
              {before} of {allowance}
            </b>{" "}
            apps in use
          </Trans>
        ) : (
          <Trans>
            <b className="num">
              {after} of {allowance}
            </b>{" "}
            apps after this
          </Trans>
        )}
      </span>
    </span>
  );
}
