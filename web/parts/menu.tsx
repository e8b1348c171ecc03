import { type ReactElement, type ReactNode, useState } from "react";
import { arrivalOf } from "./arrival.ts";
import { lateOf } from "./late.tsx";
import { Opener, type OpenerButton } from "./opener.tsx";

/** They come together. */
const menu = arrivalOf(() => import("./menu-open.tsx"));
const MenuOpen = lateOf(menu, (part) => part.MenuOpen);
const MenuRadio = lateOf(menu, (part) => part.MenuRadio);
export const MenuItem = lateOf(menu, (part) => part.MenuItem);
export const MenuRule = lateOf(menu, (part) => part.MenuRule);
export const MenuLabel = lateOf(menu, (part) => part.MenuLabel);

interface MenuProps extends OpenerButton {
  label: string;
  children: ReactNode;
}

export function Menu({ label, children, ...opener }: MenuProps): ReactElement {
  const [opened, setOpened] = useState<"byKey" | "byPointer" | null>(null);
  return (
    <Opener
      {...opener}
      opens="menu"
      onNear={MenuOpen.prefetch}
      isOpen={opened !== null}
      onOpenChange={(isOpen, isByKey) => setOpened(isOpen ? (isByKey ? "byKey" : "byPointer") : null)}
    >
      <MenuOpen label={label} isByKey={opened === "byKey"} onClose={() => setOpened(null)}>
        {children}
      </MenuOpen>
    </Opener>
  );
}

interface MenuChoiceProps<T extends string> {
  label: string;
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange: (value: T) => void;
}

export function MenuChoice<T extends string>({ label, value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <MenuRadio
      label={label}
      value={value}
      options={options}
      onPick={(place) => {
        const picked = options[place];
        if (picked) onChange(picked.value);
      }}
    />
  );
}
