import { Trans } from "@lingui/react/macro";
import { Component, type ReactNode, useEffect, useState } from "react";
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

/** What happened, what it means for the data, what to do; the rest of the page goes on. */
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
    <div className="note b" role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <b>{what}</b>
        </p>
        <p>
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
        </p>
      </div>
      <button type="button" className="btn s" onClick={onRetry}>
        <Trans>Try again</Trans>
      </button>
    </div>
  );
}

interface BoundaryProps {
  children: ReactNode;
  /** Shown in place of the card. */
  renderFailed: (retry: () => void) => ReactNode;
}

/** Around each card, never only around the page: one failing part never blanks the rest. */
export class Boundary extends Component<BoundaryProps, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError(): { failed: boolean } {
    return { failed: true };
  }

  override render(): ReactNode {
    return this.state.failed ? this.props.renderFailed(() => this.setState({ failed: false })) : this.props.children;
  }
}

export function CardBoundary({ what, children }: { what: ReactNode; children: ReactNode }) {
  return (
    <Boundary renderFailed={(retry) => <LoadFailed error={null} onRetry={retry} what={what} />}>{children}</Boundary>
  );
}
