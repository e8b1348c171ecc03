import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { nameAmong } from "../../live/account-line.ts";
import { useLive } from "../../live/live.tsx";
import { CopyRefused } from "../../parts/copyable.tsx";
import { Popover } from "../../parts/popover.tsx";
import { Through, When } from "../../parts/time.tsx";
import { useCopy } from "../../parts/use-copy.ts";
import type { OverviewData, Tile } from "./overview.documents.ts";
import { NoComparison } from "./no-comparison.tsx";
import { SeeInNumbers } from "./see-in-numbers.tsx";
import { isNamed, isPart, valueText } from "./value-text.ts";

type Source = OverviewData["sources"][number];

interface DefinitionProps {
  tile: Tile;
  /** What the number is made of for these days, each in the zone that cuts its days. */
  sources: readonly Source[];
  range: OverviewData["range"];
  zone: string;
  named: readonly string[];
}

/** What the number is, from whom, by which date, without what, and how fresh. */
export function Definition(shown: DefinitionProps) {
  const { t } = useLingui();
  const [isOpen, setOpen] = useState(false);
  const { definition } = shown.tile;
  return (
    <Popover
      isOpen={isOpen}
      onOpenChange={setOpen}
      label={definition.title}
      className="pop def"
      button={{ className: "inf", "aria-label": t`${definition.title}: definition, sources, date anchor` }}
      trigger={<Icon name="help" />}
    >
      <DefinitionText {...shown} />
    </Popover>
  );
}

function DefinitionText({ tile, sources, range, zone, named }: DefinitionProps) {
  const format = useFormat();
  const synced = useOldestSync(sources);
  const { definition, completeThrough, calculatedAt } = tile;
  const { title, sentence, formula, dateAnchor, leavesOut } = definition;
  const names = sources.length > 0 ? namesOf(sources) : definition.sources;
  const zones = [...new Set(sources.map(({ otherZone }) => otherZone ?? zone))];
  const text = `${title}: ${sentence} ${formula}. ${dateAnchor}. ${leavesOut}`;
  const { outcome, copy, shown } = useCopy<HTMLParagraphElement>(text);
  return (
    <>
      <b>{title}</b>
      <p>{sentence}</p>
      {tile.parts.length > 0 && <Parts tile={tile} named={named} />}
      {tile.leftOut.length > 0 && <LeftOut tile={tile} />}
      <dl>
        <Line term={<Trans comment="how a number is made">Formula</Trans>}>{formula}</Line>
        <Line term={<Trans>Date</Trans>}>
          {dateAnchor}{" "}
          <span className="block" translate="no">
            {(zones.length > 0 ? zones : [zone]).join(", ")}
          </span>
        </Line>
        <Line term={<Trans>Leaves out</Trans>}>{leavesOut}</Line>
        <Line term={<Trans>Sources</Trans>}>{names.length > 0 ? format.list(names) : "–"}</Line>
        {synced && (
          <Line term={<Trans comment="when the sources of a number were last read">Last synced</Trans>}>
            <When at={synced} />
          </Line>
        )}
        {completeThrough && (
          <Line term={<Trans>Complete through</Trans>}>
            <Through at={completeThrough} />
          </Line>
        )}
        {isPart(tile) && (
          <Line term={<Trans comment="with the days before">Comparison</Trans>}>
            <NoComparison sources={sources} range={range} />
          </Line>
        )}
        {calculatedAt && (
          <Line term={<Trans>Calculated</Trans>}>
            <When at={calculatedAt} />
          </Line>
        )}
      </dl>
      <SeeInNumbers metric={tile.metric} sources={sources} range={range} />
      <button type="button" className="btn s" onClick={copy}>
        <Icon name={outcome === "copied" ? "tick" : "copy"} />
        {outcome === "copied" ? <Trans>Copied</Trans> : <Trans>Copy definition</Trans>}
      </button>
      {outcome === "refused" && (
        <>
          <CopyRefused />
          <p ref={shown} tabIndex={-1}>
            {text}
          </p>
        </>
      )}
    </>
  );
}

function namesOf(sources: readonly Source[]): string[] {
  const all = sources.map(({ datasource }) => datasource);
  return all.map((one) => nameAmong(one, all));
}

/** What it is made of, as it adds up; what stands in another currency stands beside it. */
function Parts({ tile, named }: Pick<DefinitionProps, "tile" | "named">) {
  const { t } = useLingui();
  const format = useFormat();
  return (
    <ul className="mof" aria-label={t`Made of`}>
      {tile.parts.map(({ title, value, apart }) => (
        <li key={title}>
          {title}
          <span className="num">
            {value && valueText(format, tile, value, isNamed(value, named))}
            <Apart tile={tile} amounts={apart} />
          </span>
        </li>
      ))}
    </ul>
  );
}

/** Each currency on a line of its own: they are never added. */
function Apart({ tile, amounts }: { tile: Tile; amounts: Tile["apart"] }) {
  const format = useFormat();
  return amounts.map((amount) => (
    <span key={amount.currency} className="faint block">
      {valueText(format, tile, amount, true)}
    </span>
  ));
}

/** Rows of files that are in none of its parts: how many for each reason, and what they come to where they are money. */
function LeftOut({ tile }: { tile: Tile }) {
  const { t } = useLingui();
  const format = useFormat();
  const label = t`Left out of it, in rows`;
  return (
    <>
      <p className="xs faint" aria-hidden="true">
        {label}
      </p>
      <ul className="mof" aria-label={label}>
        {tile.leftOut.map(({ reason, rows, amounts }) => (
          <li key={reason}>
            {reason}
            <span className="num">
              {format.count(rows)}
              <Apart tile={tile} amounts={amounts} />
            </span>
          </li>
        ))}
      </ul>
    </>
  );
}

/** A number is as fresh as the source that was read longest ago. */
function useOldestSync(sources: readonly Source[]): string | null {
  const byId = useLive((state) => state.byId);
  const synced = sources.flatMap(({ datasource }) => byId.get(datasource.id)?.lastSuccessAt ?? []);
  return synced.toSorted((a, b) => Date.parse(a) - Date.parse(b))[0] ?? null;
}

function Line({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
