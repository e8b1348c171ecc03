import { Trans, useLingui } from "@lingui/react/macro";
import { Popover } from "radix-ui";
import { type ReactNode, useState } from "react";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { When } from "../../parts/time.tsx";
import type { Tile } from "./overview.documents.ts";

/** What the number is, from whom, by which date, without what, and how fresh. */
export function Definition({ tile, zone }: { tile: Tile; zone: string }) {
  const { t } = useLingui();
  const { definition } = tile;
  return (
    <Popover.Root>
      <Popover.Trigger asChild>
        <button type="button" className="inf" aria-label={t`${definition.title}: definition, sources, date anchor`}>
          <Icon name="help" />
        </button>
      </Popover.Trigger>
      <Popover.Portal>
        <Popover.Content
          className="pop def"
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={definition.title}
        >
          <DefinitionText tile={tile} zone={zone} />
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}

function DefinitionText({ tile, zone }: { tile: Tile; zone: string }) {
  const format = useFormat();
  const [copied, setCopied] = useState(false);
  const { definition, completeThrough, calculatedAt } = tile;
  const { title, sentence, formula, dateAnchor, leavesOut, sources } = definition;
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(`${title}: ${sentence} ${formula}. ${dateAnchor}. ${leavesOut}`);
    setCopied(true);
  };
  return (
    <>
      <b>{title}</b>
      <p>{sentence}</p>
      <dl>
        <Line term={<Trans comment="how a number is made">Formula</Trans>}>{formula}</Line>
        <Line term={<Trans>Date</Trans>}>
          {dateAnchor} · {zone}
        </Line>
        <Line term={<Trans>Leaves out</Trans>}>{leavesOut}</Line>
        <Line term={<Trans>Sources</Trans>}>{sources.length > 0 ? format.list(sources) : "–"}</Line>
        {completeThrough && (
          <Line term={<Trans>Complete through</Trans>}>
            <When at={completeThrough} />
          </Line>
        )}
        {calculatedAt && (
          <Line term={<Trans>Calculated</Trans>}>
            <When at={calculatedAt} />
          </Line>
        )}
      </dl>
      <button type="button" className="btn s" onClick={() => void copy()}>
        <Icon name={copied ? "tick" : "copy"} />
        {copied ? <Trans>Copied</Trans> : <Trans>Copy definition</Trans>}
      </button>
    </>
  );
}

function Line({ term, children }: { term: ReactNode; children: ReactNode }) {
  return (
    <div>
      <dt>{term}</dt>
      <dd>{children}</dd>
    </div>
  );
}
