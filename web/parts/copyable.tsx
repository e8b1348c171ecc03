import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Icon } from "./icon.tsx";

interface CopyableProps {
  /** What the text is. */
  label: string;
  /** Stands above it where the label alone says too little. */
  title?: string;
  text: string;
}

/** What is shown once and taken along. */
export function Copyable({ label, title = label, text }: CopyableProps) {
  const { t } = useLingui();
  const [copied, setCopied] = useState(false);
  const copy = async (): Promise<void> => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className="copyable">
      <div className="row">
        <h3 className="grow">{title}</h3>
        <button type="button" className="btn s" aria-label={t`Copy: ${label}`} data-first onClick={() => void copy()}>
          <Icon name={copied ? "tick" : "copy"} />
          {copied ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
        </button>
      </div>
      <pre className="mono" translate="no" tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  );
}
