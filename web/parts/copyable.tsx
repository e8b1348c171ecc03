import { Trans, useLingui } from "@lingui/react/macro";
import { Icon } from "./icon.tsx";
import { useCopy } from "./use-copy.ts";

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
  const { outcome, copy, shown } = useCopy<HTMLPreElement>(text);
  return (
    <div className="copyable">
      <div className="row">
        <h3 className="grow">{title}</h3>
        <button type="button" className="btn s" aria-label={t`Copy: ${label}`} data-first onClick={copy}>
          <Icon name={outcome === "copied" ? "tick" : "copy"} />
          {outcome === "copied" ? <Trans>Copied</Trans> : <Trans>Copy</Trans>}
        </button>
      </div>
      {outcome === "refused" && <CopyRefused />}
      <pre ref={shown} className="mono" translate="no" tabIndex={0} aria-label={label}>
        {text}
      </pre>
    </div>
  );
}

export function CopyRefused() {
  return (
    <p role="alert" className="xs">
      <Trans>Your browser did not let it be copied. The text is selected: copy it yourself.</Trans>
    </p>
  );
}
