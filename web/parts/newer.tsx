import { plural } from "@lingui/core/macro";
import { Trans, useLingui } from "@lingui/react/macro";
import { type RefObject, useEffect, useLayoutEffect, useRef, useState } from "react";
import { useFormat } from "../language.tsx";
import { announce, unsay } from "./announcer.tsx";
import { isBeingRead, newerThan } from "./newer-rows.ts";

interface Newer<Row> {
  /** That stand there; null until the first are read. */
  readonly standing: readonly Row[] | null;
  readonly waiting: number;
  readonly show: () => void;
}

/** Nothing is put above what somebody reads: rows that come then wait until they are asked for. The newest is first. */
export function useNewer<Row extends { readonly id: string }>(
  rows: readonly Row[] | null,
  list: RefObject<HTMLElement | null>,
): Newer<Row> {
  const [shown, setShown] = useState<ReadonlySet<string> | null>(null);
  const isHeld = useRef(false);
  if (shown === null && rows !== null) setShown(idsOf(rows));
  const waiting = rows === null || shown === null ? 0 : newerThan(shown, rows);
  const newest = rows?.[0]?.id;
  useLayoutEffect(() => {
    // While some wait others wait with them, wherever somebody looks by then.
    isHeld.current = waiting > 0 && (isHeld.current || isBeingRead(sightOf(list.current)));
    if (waiting > 0 && !isHeld.current) setShown(idsOf(rows ?? []));
    // oxlint-disable-next-line react/exhaustive-deps -- looked at once as they come: what is done afterwards brings none in
  }, [newest, waiting]);
  return {
    standing: rows?.slice(waiting) ?? null,
    waiting,
    show: () => {
      setShown(idsOf(rows ?? []));
      list.current?.focus();
    },
  };
}

const idsOf = (rows: readonly { readonly id: string }[]): ReadonlySet<string> => new Set(rows.map(({ id }) => id));

function sightOf(list: HTMLElement | null): Parameters<typeof isBeingRead>[0] {
  const inFocus = document.activeElement;
  return {
    top: list?.getBoundingClientRect().top ?? 0,
    hasOpen: list?.querySelector("[aria-expanded=true]") != null,
    hasFocus: inFocus !== list && list?.contains(inFocus) === true,
  };
}

interface ShowNewerProps {
  waiting: number;
  className: string;
  onShow: () => void;
}

export function ShowNewer({ waiting, className, onShow }: ShowNewerProps) {
  const { t } = useLingui();
  const count = useFormat().count(waiting);
  const told = t`${plural(waiting, { one: "# new entry waits above the list", other: "# new entries wait above the list" })}`;
  useEffect(() => {
    if (waiting === 0) return;
    announce(told);
    return () => unsay(told);
  }, [waiting, told]);
  if (waiting === 0) return null;
  return (
    <button type="button" className={className} onClick={onShow}>
      <Trans comment="rows that came above a list">Show {count} new</Trans>
    </button>
  );
}
