import { Trans } from "@lingui/react/macro";

/** What the source calls a request: its support asks for it. */
export function RequestName({ name }: { name: string }) {
  return (
    <span className="faint">
      <Trans comment="to a source, with the source's own name of it">
        request{" "}
        <span className="mono anywhere" translate="no">
          {name}
        </span>
      </Trans>
    </span>
  );
}
