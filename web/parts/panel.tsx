import { type KeyboardEvent, type ReactNode, type RefObject, useLayoutEffect } from "react";
import { CloseButton } from "./dialog.tsx";

interface PanelProps {
  id: string;
  panel: RefObject<HTMLDivElement | null>;
  label: string;
  /** Its title, and what stands beside that. */
  head: ReactNode;
  onToggle?: (isOpen: boolean) => void;
  children: ReactNode;
}

/** Opens from any page: a native popover, so Escape and a press outside close it and give the focus back. */
export function Panel({ id, panel, label, head, onToggle, children }: PanelProps) {
  // React sets no such attribute; by it the browser moves the focus in, and knows that it has to give it back.
  useLayoutEffect(() => panel.current?.setAttribute("autofocus", ""), [panel]);
  return (
    <div
      ref={panel}
      id={id}
      popover="auto"
      role="dialog"
      aria-label={label}
      tabIndex={-1}
      className="dp"
      onToggle={(event) => onToggle?.(event.newState === "open")}
      onKeyDown={keepIn}
    >
      <div className="dh">
        {head}
        <span className="grow" />
        <CloseButton onClose={() => panel.current?.hidePopover()} />
      </div>
      {children}
    </div>
  );
}

/** From the last stop to the first, and back. */
function keepIn(event: KeyboardEvent<HTMLElement>): void {
  if (event.key !== "Tab") return;
  const panel = event.currentTarget;
  const stops = [...panel.querySelectorAll<HTMLElement>("a[href], button")];
  const [first, last] = [stops[0], stops.at(-1)];
  const ends = event.shiftKey ? [first, panel] : [last];
  if (!ends.some((end) => end === document.activeElement)) return;
  event.preventDefault();
  (event.shiftKey ? last : first)?.focus();
}
