import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useEffectEvent, useState } from "react";
import { withLateWords } from "../language.tsx";
import { Icon } from "../parts/icon.tsx";
import { lateDialog } from "../parts/late.tsx";

const Palette = lateDialog(
  withLateWords(() => import("./palette/palette.tsx"), "shell"),
  (part) => part.Palette,
);

const isMac = /Mac|iPhone|iPad/u.test(navigator.userAgent);

export interface Search {
  isOpen: boolean;
  open: () => void;
  close: () => void;
}

/** Opens by its buttons, and by ⌘K, or Ctrl K, from anywhere, also while somebody types. */
export function useSearch(): Search {
  const [isOpen, setOpen] = useState(false);
  const toggle = useEffectEvent(() => {
    // Never over another dialog, which waits for an answer of its own.
    if (isOpen || document.querySelector("dialog[open]") === null) setOpen(!isOpen);
  });
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      const { ctrlKey, metaKey } = event;
      // On a Mac, Control K cuts the rest of a line.
      const isHeld = isMac ? metaKey && !ctrlKey : ctrlKey && !metaKey;
      const isAsked = event.code === "KeyK" && isHeld && !event.altKey && !event.shiftKey;
      if (!isAsked) return;
      event.preventDefault();
      if (!event.repeat) toggle();
    };
    addEventListener("keydown", onKey);
    return () => removeEventListener("keydown", onKey);
  }, []);
  return { isOpen, open: () => setOpen(true), close: () => setOpen(false) };
}

const opens = {
  type: "button",
  "aria-haspopup": "dialog",
  onPointerEnter: Palette.prefetch,
} as const;

/** In the top bar. */
export function SearchBar({ search }: { search: Search }) {
  const { t } = useLingui();
  return (
    <button
      {...opens}
      className="kbar"
      data-keys={isMac ? "⌘K" : "Ctrl K"}
      aria-label={t`Search or jump to`}
      aria-keyshortcuts={isMac ? "Meta+K" : "Control+K"}
      onClick={search.open}
    >
      <Icon name="search" />
      <span className="cut">
        <Trans>Search or jump to</Trans>
      </span>
    </button>
  );
}

/** On phones, where the thumb is. */
export function SearchTab({ search }: { search: Search }) {
  return (
    <button {...opens} className="tab" onClick={search.open}>
      <span className="tbi">
        <Icon name="search" />
      </span>
      <Trans comment="tab bar on phones: finds datasources, screens and actions">Search</Trans>
    </button>
  );
}

export function SearchDialog({ search, onHelp }: { search: Search; onHelp: () => void }) {
  return search.isOpen && <Palette onClose={search.close} onHelp={onHelp} />;
}
