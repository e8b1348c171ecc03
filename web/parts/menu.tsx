import { lazy, type ReactElement, type ReactNode, useState } from "react";
import { Opener, type OpenerButton } from "./opener.tsx";

const fetchMenu = () => import("./menu-open.tsx");
const MenuOpen = lazy(async () => ({ default: (await fetchMenu()).MenuOpen }));
const MenuRadio = lazy(async () => ({ default: (await fetchMenu()).MenuRadio }));
export const MenuItem = lazy(async () => ({ default: (await fetchMenu()).MenuItem }));
export const MenuRule = lazy(async () => ({ default: (await fetchMenu()).MenuRule }));
export const MenuLabel = lazy(async () => ({ default: (await fetchMenu()).MenuLabel }));

interface MenuProps extends OpenerButton {
  label: string;
  children: ReactNode;
}

export function Menu({ label, children, ...opener }: MenuProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  return (
    <Opener {...opener} opens="menu" fetch={fetchMenu} isOpen={isOpen} onOpenChange={setOpen}>
      <MenuOpen label={label} onClose={() => setOpen(false)}>
        {children}
      </MenuOpen>
    </Opener>
  );
}

interface MenuChoiceProps<T extends string> {
  value: T;
  options: readonly { value: T; label: string; lang?: string }[];
  onChange: (value: T) => void;
}

export function MenuChoice<T extends string>({ value, options, onChange }: MenuChoiceProps<T>) {
  return (
    <MenuRadio
      value={value}
      options={options}
      onPick={(place) => {
        const picked = options[place];
        if (picked) onChange(picked.value);
      }}
    />
  );
}
