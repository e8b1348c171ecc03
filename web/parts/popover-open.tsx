import { Popover } from "radix-ui";
import type { ReactNode } from "react";

interface PopoverOpenProps {
  label: string;
  className: string;
  onClose: () => void;
  children: ReactNode;
}

export function PopoverOpen({ label, className, onClose, children }: PopoverOpenProps) {
  return (
    <Popover.Root open onOpenChange={(isOpen) => !isOpen && onClose()}>
      {/* Lies over the button that opened it, so that the text stands at its edge. */}
      <Popover.Anchor asChild>
        <span className="menuat" aria-hidden="true" />
      </Popover.Anchor>
      <Popover.Portal>
        <Popover.Content
          className={className}
          align="end"
          sideOffset={6}
          collisionPadding={12}
          aria-label={label}
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {children}
        </Popover.Content>
      </Popover.Portal>
    </Popover.Root>
  );
}
