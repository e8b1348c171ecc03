import { Trans } from "@lingui/react/macro";
import { type ReactNode, Suspense } from "react";
import { Boundary, type Failure, FailureNote } from "../parts/failure.tsx";
import { PageHeading } from "./page.tsx";

interface EdgeProps {
  children: ReactNode;
  /** What the page has around itself, where it brings that along. */
  around?: (page: ReactNode) => ReactNode;
}

/** A page's chunk arrives within a blink; a skeleton before that would only flicker. Where it does not come, the shell stays. */
export function Edge({ children, around = (page) => page }: EdgeProps) {
  return (
    <Boundary renderFailed={(failure) => around(<FailedPage failure={failure} />)}>
      <Suspense fallback={null}>{children}</Suspense>
    </Boundary>
  );
}

function FailedPage({ failure }: { failure: Failure }) {
  return (
    <>
      <div className="ph">
        <PageHeading>
          <Trans>This page could not be opened</Trans>
        </PageHeading>
      </div>
      <FailureNote failure={failure} />
    </>
  );
}
