import { Plural, Trans, useLingui } from "@lingui/react/macro";
import { type KeyboardEvent, type ReactNode, type RefObject, useId, useRef, useState } from "react";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { CloseButton, Dialog } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { type Group, type Option, shownMost } from "./results.ts";
import { Row } from "./row.tsx";
import { useMarked } from "./use-marked.ts";
import { useResults } from "./use-results.tsx";
import "./palette.css";

interface PaletteProps {
  onClose: () => void;
  onHelp: () => void;
  /** What is typed when it opens. */
  first?: string;
}

/** A field and what it finds: the field keeps the focus, arrows walk through the list, Enter takes what is marked. */
export function Palette({ onClose, onHelp, first = "" }: PaletteProps) {
  const id = useId();
  const [typed, setTyped] = useState(first);
  const list = useRef<HTMLDivElement>(null);
  const { groups, count, isLoading, here } = useResults(typed);
  const options = groups.flatMap((group) => group.options);
  const { marked, isPointedAt, pointAt, markFirst, onKey } = useMarked(options);
  const rowOf = (option: Option): string => `${id}-${option.id}`;
  const take = (): void => list.current?.querySelector<HTMLElement>('[aria-selected="true"]')?.click();
  return (
    <Dialog className="dlg palette" labelledBy={`${id}-title`} onClose={onClose}>
      <h2 id={`${id}-title`} className="vh">
        <Trans>Search or jump to</Trans>
      </h2>
      <TypedField
        id={id}
        typed={typed}
        active={marked && rowOf(marked)}
        onType={(text) => {
          setTyped(text);
          markFirst();
        }}
        onKeyDown={(event) => onKey(event, take)}
        onClose={onClose}
      />
      <Found id={id} list={list}>
        {groups.map(({ kind, options: found }) => (
          <div key={kind} role="group" aria-labelledby={`${id}-${kind}`}>
            <h3 id={`${id}-${kind}`} role="presentation">
              <GroupName kind={kind} here={here} />
            </h3>
            {found.map((option) => (
              <Row
                key={option.id}
                id={rowOf(option)}
                option={option}
                isTold={kind !== "here"}
                isMarked={option === marked}
                isInView={isPointedAt}
                onMark={() => pointAt(option.id)}
                onDone={onClose}
                onHelp={onHelp}
              />
            ))}
          </div>
        ))}
      </Found>
      <Foot typed={typed} count={count} shown={options.length} isLoading={isLoading} />
    </Dialog>
  );
}

interface TypedFieldProps {
  id: string;
  typed: string;
  active: string | null;
  onType: (text: string) => void;
  onKeyDown: (event: KeyboardEvent) => void;
  onClose: () => void;
}

function TypedField({ id, typed, active, onType, onKeyDown, onClose }: TypedFieldProps) {
  const { t } = useLingui();
  return (
    <div className="pfield">
      <Icon name="search" />
      <input
        data-first
        role="combobox"
        aria-expanded={active !== null}
        aria-controls={`${id}-list`}
        aria-activedescendant={active ?? undefined}
        aria-autocomplete="list"
        aria-labelledby={`${id}-title`}
        placeholder={t`Datasource, stream, screen or action`}
        autoComplete="off"
        autoCapitalize="none"
        autoCorrect="off"
        spellCheck={false}
        enterKeyHint="go"
        value={typed}
        onChange={(event) => onType(event.target.value)}
        onKeyDown={onKeyDown}
      />
      <CloseButton onClose={onClose} />
    </div>
  );
}

function Found({ id, list, children }: { id: string; list: RefObject<HTMLDivElement | null>; children: ReactNode }) {
  const { t } = useLingui();
  return (
    <div ref={list} id={`${id}-list`} role="listbox" aria-label={t`Found`} className="pfound">
      {children}
    </div>
  );
}

function GroupName({ kind, here }: { kind: Group["kind"]; here: LiveDatasource | null }) {
  switch (kind) {
    case "recent":
      return <Trans comment="what was chosen last">Recent</Trans>;
    case "here":
      return here?.name;
    case "ask":
      return <Trans>Actions</Trans>;
    case "screen":
      return <Trans>Screens</Trans>;
    case "datasource":
      return <Trans>Datasources</Trans>;
    case "stream":
      return <Trans>Streams</Trans>;
  }
}

interface FootProps {
  typed: string;
  count: number;
  shown: number;
  isLoading: boolean;
}

/** Told as it changes: how many were found, and why there may be more. */
function Foot({ typed, count, shown, isLoading }: FootProps) {
  return (
    <div className="pfoot xs faint">
      <p role="status">
        <FootWords typed={typed} count={count} shown={shown} />
        {isLoading && (
          <>
            {" · "}
            <Trans>The datasources are still being read.</Trans>
          </>
        )}
      </p>
      <p className="hide-s" aria-hidden="true">
        <kbd>↑</kbd> <kbd>↓</kbd> <kbd>↵</kbd> <kbd>Esc</kbd>
      </p>
    </div>
  );
}

function FootWords({ typed, count, shown }: Omit<FootProps, "isLoading">): ReactNode {
  const format = useFormat();
  if (count === 0)
    return (
      <Trans>
        Nothing is called “<span className="anywhere">{typed.trim()}</span>”. A datasource is found by its name, account
        or platform.
      </Trans>
    );
  if (shown < count)
    return (
      <Trans>
        The first {shownMost} of {format.count(count)}. Type on to find the others.
      </Trans>
    );
  return <Plural value={count} one="# result" other="# results" />;
}
