import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useLayoutEffect, useRef, useState } from "react";
import { Announcer, spokenSoFar } from "./announcer.tsx";
import { Icon } from "./icon.tsx";

interface DialogProps {
  className: string;
  labelledBy: string;
  onClose: () => void;
  children: ReactNode;
  role?: "dialog" | "alertdialog";
}

/**
 * A native dialog: the browser traps focus, makes the page behind inert and gives focus back. What is announced from then on is heard in it, for
 * the page's own region is inert too.
 */
export function Dialog({ className, labelledBy, onClose, children, role = "dialog" }: DialogProps) {
  const ref = useRef<HTMLDialogElement>(null);
  const [since] = useState(spokenSoFar);
  // Closed before it leaves the page: one that is gone gives no focus back.
  useLayoutEffect(() => {
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
      <Announcer since={since} />
    </dialog>
  );
}

interface HeadProps {
  /** What its dialog is labelled by. */
  id: string;
  /** Null while there is no way out but through its foot. */
  onClose: (() => void) | null;
  children: ReactNode;
}

export function DialogHead({ id, onClose, children }: HeadProps) {
  return (
    <div className="dh">
      <h2 id={id} className="grow">
        {children}
      </h2>
      {onClose && <CloseButton onClose={onClose} />}
    </div>
  );
}

/** The way on at its end, the way back before it; what may be done instead of both stands at its start. */
export function DialogFoot({ beside, children }: { beside?: ReactNode; children: ReactNode }) {
  return (
    <div className="df">
      {beside}
      <span className="ways">{children}</span>
    </div>
  );
}

interface FormFootProps {
  /** The id of the form that is sent. */
  form: string;
  busy?: boolean;
  onCancel: () => void;
  /** What sending does. */
  children: ReactNode;
}

export function FormFoot({ form, busy = false, onCancel, children }: FormFootProps) {
  return (
    <DialogFoot>
      <button type="button" className="btn ghost" onClick={onCancel}>
        <Trans>Cancel</Trans>
      </button>
      <button type="submit" form={form} className="btn pri" aria-disabled={busy}>
        {children}
      </button>
    </DialogFoot>
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
