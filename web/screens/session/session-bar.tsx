import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect } from "react";
import { useClient } from "urql";
import { useFormat } from "../../language.tsx";
import type { SessionEnd } from "../../live/live-link.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { SessionQuery } from "../../shell/session.documents.ts";

/** Two minutes before the session ends: when, why, and how to stay. It leaves once the server says that it goes on. */
export function SessionBar({ end: { at, canStay } }: { end: SessionEnd }) {
  const { t } = useLingui();
  const client = useClient();
  const format = useFormat();
  const { busy, once } = useOnce();
  const time = format.time(at);
  const ends = t`You are signed out at ${time}.`;
  useEffect(() => announce(ends), [ends]);
  // Whatever is asked for is use.
  const stay = (): void =>
    once(async () => {
      const { error } = await client.query(SessionQuery, {}, { requestPolicy: "network-only" });
      if (!error) announce(t`You stay signed in.`);
    });
  return (
    <section className="inkbar amber" aria-label={ends}>
      <Icon name="clock" />
      <span>
        <b>{ends}</b>{" "}
        {canStay ? (
          <Trans>Nothing was done here for 12 hours.</Trans>
        ) : (
          <Trans>A sign-in lasts 30 days at most; the next one leads back here.</Trans>
        )}
      </span>
      {canStay && (
        <button type="button" className="btn s" aria-disabled={busy} onClick={stay}>
          {busy ? <Trans>Staying signed in…</Trans> : <Trans>Stay signed in</Trans>}
        </button>
      )}
    </section>
  );
}
