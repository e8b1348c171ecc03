import { Trans } from "@lingui/react/macro";
import { type ReactNode, useEffect, useState } from "react";
import type { CombinedError } from "urql";
import { errorReference } from "../client.ts";
import { Icon } from "./icon.tsx";

/** Grey blocks with the final geometry, after 150 ms: a quick answer never flashes. */
export function Skeleton({ children }: { children: ReactNode }) {
  const [isLate, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 150);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div aria-busy="true">
      <span className="vh">
        <Trans>Loading</Trans>
      </span>
      {isLate && <div aria-hidden="true">{children}</div>}
    </div>
  );
}

interface FailedProps {
  what: ReactNode;
  /** The way on. */
  button: ReactNode;
  children: ReactNode;
}

/** What happened, what it means for the data, what to do; the rest of the page goes on. */
export function Failed({ what, button, children }: FailedProps) {
  return (
    <div className="note b" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <b>{what}</b>
        </p>
        <p>{children}</p>
      </div>
      {button}
    </div>
  );
}

export function LoadFailed({
  error,
  onRetry,
  what,
}: {
  error: CombinedError | null;
  onRetry: () => void;
  what: ReactNode;
}) {
  const reference = error && errorReference(error);
  const isOffline = Boolean(error?.networkError);
  return (
    <Failed
      what={what}
      button={
        <button type="button" className="btn s" onClick={onRetry}>
          <Trans>Try again</Trans>
        </button>
      }
    >
      {isOffline ? (
        <Trans>Headwater did not answer. Your data is safe; this page only could not be read.</Trans>
      ) : (
        <Trans>Something on our side failed. Your data is safe; this part of the page could not be read.</Trans>
      )}
      {reference && (
        <>
          {" "}
          <span className="mono" translate="no">
            {reference}
          </span>
        </>
      )}
    </Failed>
  );
}
