import { type ComponentProps, lazy, type ReactNode, Suspense, useRef } from "react";

// Fetched when a pointer or the focus comes near: the page itself needs none of it.
const fetchPopover = () => import("./popover-open.tsx");
const PopoverOpen = lazy(async () => ({ default: (await fetchPopover()).PopoverOpen }));

interface PopoverProps {
  /** What the button shows. */
  trigger: ReactNode;
  button: Omit<ComponentProps<"button">, "type" | "children">;
  label: string;
  className: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
}

/** A button and what it opens beside itself. */
export function Popover({ trigger, button, label, className, isOpen, onOpenChange, children }: PopoverProps) {
  const ref = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const close = (): void => {
    onOpenChange(false);
    ref.current?.focus();
  };
  return (
    <span className="menuof">
      <button
        {...button}
        ref={ref}
        type="button"
        aria-haspopup="dialog"
        aria-expanded={isOpen}
        onPointerEnter={() => void fetchPopover()}
        onFocus={() => void fetchPopover()}
        // The same press has closed it already, as any press beside it does.
        onPointerDown={() => (wasOpen.current = isOpen)}
        onClick={() => {
          if (!wasOpen.current) onOpenChange(true);
          wasOpen.current = false;
        }}
      >
        {trigger}
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <PopoverOpen label={label} className={className} onClose={close}>
            {children}
          </PopoverOpen>
        </Suspense>
      )}
    </span>
  );
}
