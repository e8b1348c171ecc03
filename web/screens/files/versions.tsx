import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LongList, type Placed } from "../../parts/long-rows.tsx";
import { When } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { ProblemNote } from "../commands/problems.tsx";
import { CheckLine } from "./check-line.tsx";
import { countedIn } from "./counted.ts";
import type { Upload } from "./files.documents.ts";
import { Undo } from "./undo.tsx";
import { useUpload } from "./use-files.ts";
import { columnsAsked, costTypes, inWords, modes, moves, states } from "./words.ts";

interface VersionsProps {
  uploads: readonly Upload[];
  mayUpload: boolean;
  /** What its columns mean is to be said. */
  onMap: (id: string) => void;
  onChanged: () => void;
  onMore: (() => void) | null;
}

/** Every file that was given stays a version: who, when, what it did, and the way back. */
export function Versions({ uploads, mayUpload, onMap, onChanged, onMore }: VersionsProps) {
  return (
    <section className="card" aria-labelledby="versions">
      <header>
        <h2 id="versions">
          <Trans>Files given</Trans>
        </h2>
      </header>
      {uploads.length === 0 ? (
        <p className="none sm dim">
          <Trans>No file yet. The first one makes the costs of your days.</Trans>
        </p>
      ) : (
        <ul className="versions">
          <LongList
            rows={uploads}
            rowHeight={85}
            hasMore={onMore !== null}
            renderRow={(upload, placed) => (
              <Version
                key={upload.id}
                upload={upload}
                placed={placed}
                mayUpload={mayUpload}
                onMap={onMap}
                onChanged={onChanged}
              />
            )}
          />
        </ul>
      )}
      {onMore && (
        <button type="button" className="more" onClick={onMore}>
          <Trans>Load more</Trans>
        </button>
      )}
    </section>
  );
}

interface VersionProps extends Pick<VersionsProps, "mayUpload" | "onMap" | "onChanged"> {
  upload: Upload;
  placed: Placed;
}

function Version({ upload, placed, mayUpload, onMap, onChanged }: VersionProps) {
  const { t } = useLingui();
  const format = useFormat();
  const { organisation } = usePlace();
  const { busy, problem, readUndoTakes, undo } = useUpload(upload.id, onChanged);
  const { filename, state, by, at, percent, reason, reportUrl, canMap, canUndo, mode, check } = upload;
  const isStopped = moves(upload) && reason !== null;
  const shown = isStopped ? states.HELD : canMap ? columnsAsked : states[state];
  return (
    <li {...placed}>
      <div className="grow">
        <p>
          <b className="anywhere" translate="no">
            {filename}
          </b>{" "}
          <span className={`st ${shown.look}`}>
            <Icon name={shown.icon} />
            {t(shown.word)}
            {moves(upload) && !isStopped && percent > 0 && ` ${format.percent(percent)}`}
          </span>
        </p>
        <p className="xs faint">
          {by.name} · <When at={at} /> · {t(modes[mode].word)}
        </p>
        <Counts upload={upload} />
        {reason && (
          <p className="xs">
            {reason.message} {reason.meaning}
          </p>
        )}
        {check && <CheckLine check={check} />}
        {problem && <ProblemNote problem={problem} />}
      </div>
      {reportUrl && (
        <a className="btn s ghost" href={to.file(organisation.slug, reportUrl)} download>
          <Trans>Wrong rows as CSV</Trans>
        </a>
      )}
      {mayUpload && canMap && (
        <button
          type="button"
          className="btn s"
          aria-label={t`Match columns of ${filename}`}
          onClick={() => onMap(upload.id)}
        >
          <Trans>Match columns</Trans>
        </button>
      )}
      {mayUpload && canUndo && (
        <Undo
          filename={filename}
          counts={<Counts upload={upload} />}
          readTakes={readUndoTakes}
          busy={busy}
          problem={problem}
          onUndo={undo}
        />
      )}
    </li>
  );
}

type Counted = Parameters<typeof countedIn>[0];
type Summed = readonly Pick<Upload["totals"][number], "costType" | "currency" | "amount" | "adSpend">[];

export function Counts({ upload }: { upload: { readonly counts: Counted; readonly totals: Summed } }) {
  const { i18n } = useLingui();
  const format = useFormat();
  const { rows, costs, isOneEach, warnings } = countedIn(upload.counts);
  if (rows.all === 0) return null;
  const become = [
    { count: costs.added, says: <Trans>{format.count(costs.added)} new</Trans> },
    { count: costs.changed, says: <Trans>{format.count(costs.changed)} changed</Trans> },
    { count: costs.gone, says: <Trans>{format.count(costs.gone)} gone</Trans> },
    { count: costs.same, says: <Trans>{format.count(costs.same)} same</Trans> },
  ];
  const good = { count: rows.good, says: <Trans comment="rows of a file">{format.count(rows.good)} good</Trans> };
  const ofCosts = { count: costs.all, says: <Plural value={costs.all} one="# cost in them" other="# costs in them" /> };
  const parts = [
    ...(isOneEach ? become : [good]),
    { count: rows.wrong, says: <Trans>{format.count(rows.wrong)} wrong</Trans> },
    { count: rows.empty, says: <Trans comment="rows of a file">{format.count(rows.empty)} without an amount</Trans> },
    ...(isOneEach ? [] : [ofCosts, ...become]),
    { count: warnings, says: <Plural value={warnings} one="# warning" other="# warnings" /> },
  ].filter(({ count }) => count !== 0);
  return (
    <p className="xs num">
      <Plural value={rows.all} one="# row" other="# rows" />
      {parts.map(({ says }, n) => (
        <span key={n}> · {says}</span>
      ))}
      {upload.totals
        .filter(({ amount }) => Number(amount) !== 0)
        .map(({ costType, amount, currency, adSpend }) => (
          <span key={`${costType} ${currency}`} className="faint">
            {" "}
            · {inWords(i18n, costTypes, costType)} {format.money(amount, currency)}
            {adSpend !== null && (
              <>
                {" "}
                <Trans>({format.money(adSpend, currency)} of it counts as ad spend too)</Trans>
              </>
            )}
          </span>
        ))}
    </p>
  );
}
