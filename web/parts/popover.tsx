import type { ReactNode } from "react";
import { late } from "./late.tsx";
import { Opener, type OpenerButton } from "./opener.tsx";

const PopoverOpen = late(
  () => import("./popover-open.tsx"),
  (part) => part.PopoverOpen,
);

interface PopoverProps extends OpenerButton {
  label: string;
  className: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
}

export function Popover({ label, className, children, ...opener }: PopoverProps) {
  return (
    <Opener {...opener} opens="dialog" onNear={PopoverOpen.prefetch}>
      <PopoverOpen label={label} className={className} onClose={() => opener.onOpenChange(false)}>
        {children}
      </PopoverOpen>
    </Opener>
  );
}
