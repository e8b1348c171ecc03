import { type ComponentProps, lazy, type ReactElement, type ReactNode, Suspense, useRef, useState } from "react";

// What an open menu is made of is fetched when a pointer or the focus comes near one: it weighs more than a page.
const fetchMenu = () => import("./menu-open.tsx");
const MenuOpen = lazy(async () => ({ default: (await fetchMenu()).MenuOpen }));
const MenuRadio = lazy(async () => ({ default: (await fetchMenu()).MenuRadio }));
export const MenuItem = lazy(async () => ({ default: (await fetchMenu()).MenuItem }));
export const MenuRule = lazy(async () => ({ default: (await fetchMenu()).MenuRule }));
export const MenuLabel = lazy(async () => ({ default: (await fetchMenu()).MenuLabel }));

interface MenuProps {
  /** What the button shows. */
  trigger: ReactNode;
  button: Omit<ComponentProps<"button">, "type" | "children">;
  label: string;
  children: ReactNode;
}

export function Menu({ trigger, button, label, children }: MenuProps): ReactElement {
  const [isOpen, setOpen] = useState(false);
  const ref = useRef<HTMLButtonElement>(null);
  const wasOpen = useRef(false);
  const close = (): void => {
    setOpen(false);
    ref.current?.focus();
  };
  return (
    <span className="menuof">
      <button
        {...button}
        ref={ref}
        type="button"
        aria-haspopup="menu"
        aria-expanded={isOpen}
        onPointerEnter={() => void fetchMenu()}
        onFocus={() => void fetchMenu()}
        // The same press has closed it already, as any press beside a menu does.
        onPointerDown={() => (wasOpen.current = isOpen)}
        onClick={() => {
          if (!wasOpen.current) setOpen(true);
          wasOpen.current = false;
        }}
        onKeyDown={(event) => {
          if (event.key !== "ArrowDown") return;
          event.preventDefault();
          setOpen(true);
        }}
      >
        {trigger}
      </button>
      {isOpen && (
        <Suspense fallback={null}>
          <MenuOpen label={label} onClose={close}>
            {children}
          </MenuOpen>
        </Suspense>
      )}
    </span>
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
