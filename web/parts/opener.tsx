import { type ComponentProps, type ReactNode, useRef } from "react";
import { DialogEdge } from "./late.tsx";
import { useReturn } from "./use-return.ts";

/** What the button is, and what it shows. */
export interface OpenerButton {
  trigger: ReactNode;
  button: Omit<ComponentProps<"button">, "type" | "children">;
}

interface OpenerProps extends OpenerButton {
  opens: "menu" | "dialog";
  isOpen: boolean;
  onOpenChange: (isOpen: boolean, isByKey: boolean) => void;
  /** A pointer or the focus comes near: what it opens may be fetched. */
  onNear: () => void;
  /** What stands open. */
  children: ReactNode;
}

/** A button and what it opens beside itself. What is opened weighs more than a page, so it comes when somebody comes near. */
export function Opener({ trigger, button, opens, isOpen, onOpenChange, onNear, children }: OpenerProps) {
  // Before a dialog that it led to opens: that gives the focus back to what has it then.
  const ref = useReturn<HTMLButtonElement>(isOpen);
  const pressedOpen = useRef(false);
  return (
    <span className="menuof">
      <button
        {...button}
        ref={ref}
        type="button"
        aria-haspopup={opens}
        aria-expanded={isOpen}
        onPointerEnter={onNear}
        onFocus={onNear}
        // The same press has closed it already, as any press beside it does.
        onPointerDown={() => (pressedOpen.current = isOpen)}
        // A key's press counts no clicks.
        onClick={(event) => {
          if (!pressedOpen.current) onOpenChange(true, event.detail === 0);
          pressedOpen.current = false;
        }}
        onKeyDown={(event) => {
          if (opens !== "menu" || event.key !== "ArrowDown") return;
          event.preventDefault();
          onOpenChange(true, true);
        }}
      >
        {trigger}
      </button>
      {isOpen && <DialogEdge onClose={() => onOpenChange(false, false)}>{children}</DialogEdge>}
    </span>
  );
}
