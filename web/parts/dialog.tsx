import { useLingui } from "@lingui/react/macro";
import { type ReactNode, useEffect, useRef } from "react";
import { Icon } from "./icon.tsx";

interface DialogProps {
  className: string;
  labelledBy: string;
  onClose: () => void;
  children: ReactNode;
  role?: "dialog" | "alertdialog";
}

/** A native dialog: the browser traps focus, makes the page behind inert and gives focus back. */
export function Dialog({ className, labelledBy, onClose, children, role = "dialog" }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    const dialog = ref.current;
    if (!dialog || dialog.open) return;
    dialog.showModal();
    // React sets no autofocus attribute, so the browser would choose the button that closes.
    (dialog.querySelector<HTMLElement>("[data-first]") ?? dialog).focus();
    return () => dialog.close();
  }, []);
  return (
    <dialog
      ref={ref}
      className={className}
      tabIndex={-1}
      role={role}
      aria-modal="true"
      aria-labelledby={labelledBy}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onClick={(event) => {
        if (event.target === ref.current) onClose();
      }}
    >
      {children}
    </dialog>
  );
}

export function CloseButton({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  return (
    <button type="button" className="iconb" aria-label={t`Close`} onClick={onClose}>
      <Icon name="close" />
    </button>
  );
}
