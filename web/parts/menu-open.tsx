import { DropdownMenu } from "radix-ui";
import { type ReactNode, useEffect, useId, useRef } from "react";
import { Icon, type IconName } from "./icon.tsx";

interface MenuOpenProps {
  label: string;
  isByKey: boolean;
  onClose: () => void;
  children: ReactNode;
}

/** `modal={false}`: a locking menu would write a style element, which the content policy forbids. */
export function MenuOpen({ label, isByKey, onClose, children }: MenuOpenProps) {
  return (
    <DropdownMenu.Root open modal={false} onOpenChange={(isOpen) => !isOpen && onClose()}>
      {/* Lies over the button that opened it, so that the menu stands at its edge. */}
      <DropdownMenu.Trigger asChild>
        <span className="menuat" aria-hidden="true" />
      </DropdownMenu.Trigger>
      <DropdownMenu.Portal>
        <DropdownMenu.Content
          className="menu"
          align="end"
          sideOffset={6}
          collisionPadding={8}
          aria-label={label}
          aria-labelledby={undefined}
          onCloseAutoFocus={(event) => event.preventDefault()}
        >
          {children}
          {isByKey && <OnFirst />}
        </DropdownMenu.Content>
      </DropdownMenu.Portal>
    </DropdownMenu.Root>
  );
}

/** Whoever opened it with a key stands on its first entry; the menu itself takes no focus that is inside it already. */
function OnFirst() {
  const place = useRef<HTMLSpanElement>(null);
  useEffect(() => place.current?.parentElement?.querySelector<HTMLElement>("[role^=menuitem]")?.focus(), []);
  return <span ref={place} hidden />;
}

export interface MenuItemProps {
  icon?: IconName;
  danger?: boolean;
  onSelect: () => void;
  children: ReactNode;
}

/** What it opens comes once the menu has closed, and so gives the focus back to the menu's button and not to an entry that is gone. */
export function MenuItem({ icon, danger = false, onSelect, children }: MenuItemProps) {
  return (
    <DropdownMenu.Item className={danger ? "red" : ""} onSelect={() => queueMicrotask(onSelect)}>
      {icon && <Icon name={icon} />}
      <span>{children}</span>
    </DropdownMenu.Item>
  );
}

export function MenuRule() {
  return (
    <DropdownMenu.Separator asChild>
      <hr />
    </DropdownMenu.Separator>
  );
}

export function MenuLabel({ children }: { children: ReactNode }) {
  return <DropdownMenu.Label className="lb">{children}</DropdownMenu.Label>;
}

export interface MenuRadioProps {
  /** What is chosen: two of them may have choices of the same words. */
  label: string;
  value: string;
  options: readonly { value: string; label: string; lang?: string }[];
  onPick: (place: number) => void;
}

export function MenuRadio({ label, value, options, onPick }: MenuRadioProps) {
  const id = useId();
  return (
    <DropdownMenu.RadioGroup value={value} aria-labelledby={id}>
      <DropdownMenu.Label id={id} className="lb">
        {label}
      </DropdownMenu.Label>
      {options.map((option, place) => (
        <DropdownMenu.RadioItem
          key={option.value}
          value={option.value}
          lang={option.lang}
          onSelect={(event) => {
            event.preventDefault();
            onPick(place);
          }}
        >
          <span className="pick">
            <DropdownMenu.ItemIndicator>
              <span className="dot" />
            </DropdownMenu.ItemIndicator>
          </span>
          {option.label}
        </DropdownMenu.RadioItem>
      ))}
    </DropdownMenu.RadioGroup>
  );
}
