import { Trans, useLingui } from "@lingui/react/macro";
import type { ReactNode } from "react";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { Definition } from "./definition.tsx";
import type { OverviewData, Tile } from "./overview.documents.ts";
import { Sparkline } from "./sparkline.tsx";
import { changeOf, isNamed, isPart, valueText } from "./value-text.ts";

interface TileCardProps {
  tile: Tile;
  sources: OverviewData["sources"];
  range: OverviewData["range"];
  zone: string;
  /** Currencies of the screen beside its first: by their codes, wherever they stand. */
  named: readonly string[];
}

/** Loading, no data, zero, partial, stale and complete are six looks, never one. */
export function TileCard({ tile, sources, range, zone, named }: TileCardProps) {
  const format = useFormat();
  const { state, definition } = tile;
  const amounts = state === "NO_DATA" || state === "NOT_ENOUGH" ? [] : amountsOf(tile, named);
  const hasValue = amounts.length > 0;
  const isQuiet = isPart(tile);
  return (
    <article className={`card tile ${isQuiet ? "part" : ""} ${hasValue ? "" : "none"}`}>
      <div className="row">
        <h3>{definition.title}</h3>
        <Definition tile={tile} sources={sources} range={range} zone={zone} named={named} />
      </div>
      <div className={amounts.length > 1 ? "vl many" : "vl"}>
        {amounts.map((amount) => (
          <span key={amount.currency} className="v num">
            {valueText(format, tile, amount, isNamed(amount, named))}
          </span>
        ))}
        {!hasValue && <span className="v num">—</span>}
        {amounts.length === 1 && <Sparkline points={tile.series} muted={isQuiet} />}
      </div>
      <p className="dl">
        {amounts.length > 1 ? (
          <span className="faint">
            <Trans>Currencies are not added up</Trans>
          </span>
        ) : (
          <Change tile={tile} named={named} />
        )}
        {tile.remark && <span className="rmk">{tile.remark}</span>}
      </p>
      <Foot tile={tile} />
    </article>
  );
}

/** Side by side and alike: which is the larger nobody knows without a rate. The screen's first currency comes first on every tile. */
const amountsOf = ({ value, apart }: Tile, named: readonly string[]): NonNullable<Tile["value"]>[] =>
  [...(value ? [value] : []), ...apart].toSorted((one, other) => placeOf(one, named) - placeOf(other, named));

const placeOf = ({ currency }: NonNullable<Tile["value"]>, named: readonly string[]): number =>
  named.indexOf(currency ?? "");

/** Colour by meaning, not by direction; the words are there for who does not see it. */
function Change({ tile, named }: Pick<TileCardProps, "tile" | "named">) {
  const { t } = useLingui();
  const format = useFormat();
  const { state, comparison, definition } = tile;
  if (state === "NO_DATA" || state === "NOT_ENOUGH") return <span className="faint">{tile.note}</span>;
  if (isPart(tile))
    return (
      <span className="faint">
        <Trans>No comparison until complete</Trans>
      </span>
    );
  if (!comparison) return <span className="faint">{"\u00a0"}</span>;
  const from = (
    <span className="faint num from">
      <Trans comment="the value of the days before">
        from {valueText(format, tile, comparison, isNamed(comparison, named))}
      </Trans>
    </span>
  );
  const change = changeOf(tile);
  if (change === "new" || change === "none")
    return (
      <>
        <span className="dim">
          {change === "new" ? <Trans comment="up from zero">new</Trans> : <Trans>no change</Trans>}
        </span>
        {from}
      </>
    );
  const goesUp = Number(change) > 0;
  const isBetter = definition.better !== "NEITHER" ? goesUp === (definition.better === "UP") : null;
  const meaning = isBetter === null ? t`neither better nor worse` : isBetter ? t`better` : t`worse`;
  return (
    <>
      <span className={`num ${isBetter === null ? "dim" : isBetter ? "good" : "bad"}`}>
        <Icon name={goesUp ? "up" : "down"} />
        {format.change(change)}
        <span className="vh">
          {goesUp ? t`up` : t`down`}, {meaning}
        </span>
      </span>
      {from}
    </>
  );
}

const marks: Record<Tile["state"], string> = {
  VALUE: "mk-full",
  ZERO: "mk-full",
  PARTIAL: "mk-half",
  STALE: "mk-stale",
  FETCHING: "mk-half mk-flow",
  NO_DATA: "mk-none",
  NOT_ENOUGH: "mk-none",
};

function Foot({ tile }: { tile: Tile }) {
  const format = useFormat();
  const { state, completeThrough, calculatedAt, daysHave, daysNeeded, note } = tile;
  const words: Record<Tile["state"], ReactNode> = {
    VALUE: <Trans comment="a number is complete for these days">Complete</Trans>,
    ZERO: <Trans comment="a number is complete for these days">Complete</Trans>,
    PARTIAL:
      note ??
      (completeThrough && (
        <Trans comment="a number is complete up to this time">to {format.throughWithin(completeThrough)}</Trans>
      )),
    STALE:
      note ??
      (completeThrough ? <Trans>stale, to {format.throughWithin(completeThrough)}</Trans> : <Trans>stale</Trans>),
    FETCHING:
      daysNeeded > 1 ? (
        <Trans>
          {format.count(daysHave)} of {format.count(daysNeeded)} days
        </Trans>
      ) : (
        <Trans>history still arriving</Trans>
      ),
    NO_DATA: <Trans>No data</Trans>,
    NOT_ENOUGH: <Trans>Not enough days</Trans>,
  };
  return (
    <p className="ft">
      <i className={marks[state]} />
      {words[state]}
      {calculatedAt && (
        <span className="tm num">
          <Trans>calculated {format.time(calculatedAt)}</Trans>
        </span>
      )}
    </p>
  );
}
