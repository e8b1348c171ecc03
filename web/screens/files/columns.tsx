import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type RefObject, useId, useRef } from "react";
import { useFormat } from "../../language.tsx";
import { Select } from "../../parts/select.tsx";
import { type Column, chosenOf, inOrder, neededBy } from "./column-choice.ts";
import type { Review } from "./review.documents.ts";
import type { useColumns } from "./use-columns.ts";
import { columnWords, costTypes, inWords, shapeWords } from "./words.ts";

type Mapping = Review["mapping"];

interface ColumnsProps {
  mapping: Mapping;
  choosing: ReturnType<typeof useColumns>;
  /** The file was refused: only another word on its columns can save it. */
  isRefused: boolean;
  busy: boolean;
  onRead: () => void;
}

/** Theirs on the left, ours on the right; what was found can be changed, and once all is said the file is read again. */
export function Columns({ mapping, choosing, isRefused, busy, onRead }: ColumnsProps) {
  const trouble = useRef<HTMLDivElement>(null);
  const { columns } = mapping;
  if (columns.length === 0) return null;
  const { isChanged, mayBeSent } = choosing;
  return (
    <details className="part" open={isRefused}>
      <summary>
        <Trans>Match columns</Trans>{" "}
        <span className="faint">
          <Plural value={columns.length} one="# column" other="# columns" />
        </span>
      </summary>
      <form
        onSubmit={(event) => {
          event.preventDefault();
          if (!mayBeSent) trouble.current?.focus();
          else if (!busy) onRead();
        }}
      >
        <ul className="ls match">
          {inOrder(mapping).map((column, at) => (
            <ColumnLine
              key={`${at} ${column.header}`}
              column={column}
              mapping={mapping}
              choosing={choosing}
              busy={busy}
            />
          ))}
        </ul>
        {(isRefused || isChanged) && (
          <>
            {choosing.lacksKind && <KindOfAll mapping={mapping} choosing={choosing} />}
            {!mayBeSent && <Trouble mapping={mapping} choosing={choosing} place={trouble} />}
            <button type="submit" className="btn pri" aria-disabled={busy || !mayBeSent}>
              {busy ? <Trans>Reading it again…</Trans> : <Trans>Read it this way</Trans>}
            </button>
          </>
        )}
      </form>
    </details>
  );
}

/** No column says of which kind each cost is: one word says it of all. */
function KindOfAll({ mapping, choosing }: Pick<ColumnsProps, "mapping" | "choosing">) {
  const { t, i18n } = useLingui();
  return (
    <Select
      label={t`Every amount in it is`}
      value={choosing.costType}
      options={[
        { value: "", label: t`Choose a kind of cost` },
        ...mapping.costTypes.map((type) => ({ value: type, label: inWords(i18n, costTypes, type) })),
      ]}
      onChange={choosing.nameKind}
    />
  );
}

interface LineProps extends Pick<ColumnsProps, "mapping" | "choosing" | "busy"> {
  column: Column;
}

function ColumnLine({ column, mapping, choosing, busy }: LineProps) {
  const { t } = useLingui();
  const samples = useId();
  const { header } = column;
  const chosen = chosenOf(column, choosing.choices);
  return (
    <li>
      <span className="grow anywhere">
        <span className="mono" translate="no">
          {header}
        </span>
        {column.samples.length > 0 && (
          <span id={samples} className="xs faint block" translate="no">
            {column.samples.join(" · ")}
          </span>
        )}
      </span>
      <span aria-hidden="true">→</span>
      <span className="means">
        <span className="inp sel">
          <select
            aria-label={t`What ${header} means`}
            aria-describedby={column.samples.length > 0 ? samples : undefined}
            value={chosen}
            aria-disabled={busy}
            onChange={(event) => busy || choosing.choose(header, event.target.value)}
          >
            <Meanings mapping={mapping} chosen={chosen} />
          </select>
        </span>
        {column.isGuessed && chosen === column.target && (
          <span className="xs faint block">
            <Trans>guessed</Trans>
          </span>
        )}
      </span>
    </li>
  );
}

function Meanings({ mapping: { targets, shapes }, chosen }: { mapping: Mapping; chosen: string }) {
  const { t, i18n } = useLingui();
  const needed = neededBy(shapes);
  const groups = [
    { label: t`A file needs some of these`, targets: needed },
    { label: t`What more it may say`, targets: targets.filter((target) => !needed.includes(target)) },
    { label: t`Not read`, targets: ["extra", "ignore"] },
  ];
  const isNew = !groups.some((group) => group.targets.includes(chosen));
  return (
    <>
      {isNew && <option value={chosen}>{inWords(i18n, columnWords, chosen)}</option>}
      {groups.map(({ label, targets: inGroup }) => (
        <optgroup key={label} label={label}>
          {inGroup.map((target) => (
            <option key={target} value={target}>
              {inWords(i18n, columnWords, target)}
            </option>
          ))}
        </optgroup>
      ))}
    </>
  );
}

interface TroubleProps extends Pick<ColumnsProps, "mapping" | "choosing"> {
  place: RefObject<HTMLDivElement | null>;
}

/** Why it cannot be read this way, before anybody asks the server. */
function Trouble({ mapping, choosing: { twins, isWhole }, place }: TroubleProps) {
  const { t, i18n } = useLingui();
  const format = useFormat();
  return (
    <div ref={place} className="note w" role="status" tabIndex={-1}>
      <div>
        {[...twins].map(([target, headers]) => (
          <p key={target}>
            {new Set(headers).size < headers.length ? (
              <Trans>
                More than one column is named “{headers[0]}”: leave them out, or give each a name of its own in the file
                and give it again.
              </Trans>
            ) : (
              <Trans>
                {format.list([...headers])} would mean the same: {inWords(i18n, columnWords, target)}. Choose something
                else for one of them, or leave it out.
              </Trans>
            )}
          </p>
        ))}
        {!isWhole && (
          <>
            <p>
              <Trans>Read this way it is no file of costs. It has to be one of these:</Trans>
            </p>
            <ul>
              {[...new Set(mapping.shapes.map(({ shape }) => shape))].map((shape) => (
                <li key={shape}>{t(shapeWords[shape])}</li>
              ))}
            </ul>
          </>
        )}
      </div>
    </div>
  );
}
