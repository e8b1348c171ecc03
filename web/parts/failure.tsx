import { Trans } from "@lingui/react/macro";
import { Component, type ReactNode } from "react";
import { NotLoaded } from "./arrival.ts";
import { Failed } from "./states.tsx";

export interface Failure {
  error: unknown;
  retry: () => void;
  /** It was tried again, and failed again. */
  isAgain: boolean;
}

interface BoundaryProps {
  children: ReactNode;
  /** Shown in place of what failed. */
  renderFailed: (failure: Failure) => ReactNode;
}

interface BoundaryState {
  failed: { error: unknown } | null;
  isAgain: boolean;
}

/** Around each card, never only around the page: one failing part never blanks the rest. */
export class Boundary extends Component<BoundaryProps, BoundaryState> {
  override state: BoundaryState = { failed: null, isAgain: false };

  static getDerivedStateFromError(error: unknown): Pick<BoundaryState, "failed"> {
    return { failed: { error } };
  }

  readonly retry = (): void => {
    const error = this.state.failed?.error;
    if (error instanceof NotLoaded) {
      error.forget();
      askForStylesAgain();
    }
    this.setState({ failed: null, isAgain: true });
  };

  /** Closed without another try: whoever opens it next has not been told anything yet. */
  override componentWillUnmount(): void {
    const error = this.state.failed?.error;
    if (error instanceof NotLoaded) error.forget();
  }

  override render(): ReactNode {
    const { failed, isAgain } = this.state;
    if (failed === null) return this.props.children;
    return this.props.renderFailed({ error: failed.error, retry: this.retry, isAgain });
  }
}

/** The loader asks for a style sheet once, also where that failed. */
function askForStylesAgain(): void {
  for (const link of document.querySelectorAll<HTMLLinkElement>('link[rel="stylesheet"]'))
    if (link.sheet === null) link.replaceWith(link.cloneNode());
}

/** A newer version may have taken the place of what is asked for: only a new page brings that. */
const failedAgain = ({ error, isAgain }: Failure): boolean => error instanceof NotLoaded && isAgain;

const needsNewPage = (failure: Failure): boolean =>
  failedAgain(failure) || (failure.error instanceof NotLoaded && failure.error.needsNewPage);

export function FailureWords({ failure }: { failure: Failure }) {
  if (failedAgain(failure))
    return (
      <Trans>
        It failed again. A newer version may have taken its place: reload the page. Your data is safe and goes on being
        fetched.
      </Trans>
    );
  if (failure.error instanceof NotLoaded)
    return <Trans>It did not come over the network. Your data is safe, and the rest of the page works.</Trans>;
  return <Trans>Something on our side failed. Your data is safe; this part of the page could not be read.</Trans>;
}

interface ButtonProps {
  failure: Failure;
  look?: string;
  /** Takes the focus of its dialog. */
  isFirst?: boolean;
}

export function FailureButton({ failure, look = "btn s", isFirst = false }: ButtonProps) {
  const isLast = needsNewPage(failure);
  return (
    <button
      type="button"
      className={look}
      data-first={isFirst || undefined}
      onClick={isLast ? () => location.reload() : failure.retry}
    >
      {isLast ? <Trans>Reload</Trans> : <Trans>Try again</Trans>}
    </button>
  );
}

interface NoteProps {
  failure: Failure;
  what?: ReactNode;
}

export function FailureNote({ failure, what = <Trans>This part of the page did not load.</Trans> }: NoteProps) {
  return (
    <Failed what={what} button={<FailureButton failure={failure} />}>
      <FailureWords failure={failure} />
    </Failed>
  );
}

export function CardBoundary({ what, children }: { what: ReactNode; children: ReactNode }) {
  return <Boundary renderFailed={(failure) => <FailureNote failure={failure} what={what} />}>{children}</Boundary>;
}
