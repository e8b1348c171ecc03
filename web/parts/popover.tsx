import { lazy, type ReactNode } from "react";
import { Opener, type OpenerButton } from "./opener.tsx";

const fetchPopover = () => import("./popover-open.tsx");
const PopoverOpen = lazy(async () => ({ default: (await fetchPopover()).PopoverOpen }));

interface PopoverProps extends OpenerButton {
  label: string;
  className: string;
  isOpen: boolean;
  onOpenChange: (isOpen: boolean) => void;
  children: ReactNode;
}

export function Popover({ label, className, children, ...opener }: PopoverProps) {
  return (
    <Opener {...opener} opens="dialog" fetch={fetchPopover}>
      <PopoverOpen label={label} className={className} onClose={() => opener.onOpenChange(false)}>
        {children}
      </PopoverOpen>
    </Opener>
  );
}
