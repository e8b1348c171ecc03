import { Trans } from "@lingui/react/macro";
import { Mark } from "../parts/icon.tsx";

/** For what has no shell around it: the page could not even start. */
export function PageFailed({ reference = null }: { reference?: string | null }) {
  return (
    <main className="plain">
      <Mark />
      <h1>
        <Trans>This page could not be opened</Trans>
      </h1>
      <p className="dim">
        <Trans>Headwater did not answer as expected. Your data is safe and goes on being fetched.</Trans>
      </p>
      {reference && (
        <p className="mono faint" translate="no">
          {reference}
        </p>
      )}
      <button type="button" className="btn pri" onClick={() => location.reload()}>
        <Trans>Try again</Trans>
      </button>
    </main>
  );
}

/** The same page for what is unknown and what is forbidden. */
export function NotFound({ href }: { href: string }) {
  return (
    <section className="plain">
      <h1>
        <Trans>Nothing is here</Trans>
      </h1>
      <p className="dim">
        <Trans>It was removed, or you may not see it.</Trans>
      </p>
      <a className="btn" href={href}>
        <Trans>Go back to the start</Trans>
      </a>
    </section>
  );
}
