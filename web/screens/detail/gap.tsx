import { Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { shareOf } from "./checked-days.ts";
import { useShown } from "./spot-check-mark.tsx";
import type { SpotCheck } from "./spot-checks.documents.ts";
import "./gap.css";

type Part = SpotCheck["parts"][number];

/** A gap against what the source says, in percent; null where that is nothing. */
export function usePercent(): (check: SpotCheck) => string | null {
  const { t } = useLingui();
  const format = useFormat();
  return (check) => {
    const share = shareOf(check);
    if (share === null) return null;
    const least = format.change("0.001");
    return share < 0.001 ? t`less than ${least}` : format.change(String(share));
  };
}

/** A gap in its parts, which add up to it: bars of one scale, left of the line what the source has more, right of it what we have. */
export function GapParts({ check }: { check: SpotCheck }) {
  const shown = useShown(check);
  const percent = usePercent()(check);
  const { parts, title, difference } = check;
  if (parts.length === 0) return null;
  const amounts = parts.map(({ amount }) => Number(amount));
  const [least, most] = [Math.min(0, ...amounts), Math.max(0, ...amounts)];
  const gap = shown(difference, { change: true });
  return (
    <div className="gap">
      <p className="sm">
        <b>
          {percent === null ? (
            <Trans comment="the gap between the two numbers of one title">
              {title}: gap {gap}
            </Trans>
          ) : (
            <Trans comment="the gap between the two numbers of one title">
              {title}: gap {gap} ({percent})
            </Trans>
          )}
        </b>
      </p>
      <ul className="ls">
        {parts.map((part) => (
          <PartLine key={part.sentence} part={part} shown={shown} scale={{ least, span: most - least }} />
        ))}
      </ul>
    </div>
  );
}

interface PartProps {
  part: Part;
  shown: ReturnType<typeof useShown>;
  /** Where the scale begins, and how long it is. */
  scale: { least: number; span: number };
}

function PartLine({ part, shown, scale: { least, span } }: PartProps) {
  const { t } = useLingui();
  const words: Record<Part["cause"], string> = {
    TIMING: t({ message: "Timing", comment: "a part of a gap: read at another time" }),
    DEFINITION: t({ message: "Definition", comment: "a part of a gap: counted by another rule" }),
    SCOPE: t({ message: "Scope and date", comment: "a part of a gap: of another day or level" }),
    ATTRIBUTION: t({ message: "Attribution", comment: "a part of a gap: credited otherwise by now" }),
    UNEXPLAINED: t({ message: "Unexplained", comment: "our number is not the source's own, and nobody knows why" }),
  };
  const { cause, amount, sentence } = part;
  const value = Number(amount);
  const at = (place: number): string => `${((place - least) / span) * 100}%`;
  const placed = { insetInlineStart: at(Math.min(0, value)), width: `${(Math.abs(value) / span) * 100}%` };
  return (
    <li data-cause={cause}>
      <span className="of">{words[cause]}</span>
      <span className="num">{shown(amount, { change: true })}</span>
      <span className="scale" aria-hidden="true">
        <i style={placed} />
        <span style={{ insetInlineStart: at(0) }} />
      </span>
      <p className="xs dim">{sentence}</p>
      <Orders part={part} />
    </li>
  );
}

/** So many are shown without being asked for. */
const unfolded = 5;

/** The orders that a part consists of, as far as they were kept, each with the way to it at the source. */
function Orders({ part: { firstRecords: first, records } }: { part: Part }) {
  const format = useFormat();
  if (first.length === 0) return null;
  const links = (
    <p className="orders xs">
      {first.map(({ name, url }, n) =>
        url === null ? (
          <span key={n} translate="no">
            {name}
          </span>
        ) : (
          <OutsideLink key={n} href={url}>
            <span translate="no">{name}</span>
          </OutsideLink>
        ),
      )}
    </p>
  );
  const all = records ?? first.length;
  if (all <= unfolded) return links;
  return (
    <details>
      <summary className="xs">
        {first.length < all ? (
          <Trans comment="opens a list: the first 20 of 143 orders">
            The first {format.count(first.length)} of {format.count(all)} orders
          </Trans>
        ) : (
          <Trans comment="opens a list of them">All {format.count(all)} orders</Trans>
        )}
      </summary>
      {links}
    </details>
  );
}
