import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState, useSyncExternalStore } from "react";
import { createPortal } from "react-dom";
import { useClient } from "urql";
import { useFormat } from "../../language.tsx";
import type { SessionEnd } from "../../live/live-link.ts";
import { announce } from "../../parts/announcer.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { SessionQuery } from "../../shell/session.documents.ts";

const topDialog = (): Element | null => [...document.querySelectorAll("dialog[open]")].at(-1) ?? null;

function onDialogs(hearer: () => void): () => void {
  const watch = new MutationObserver(hearer);
  watch.observe(document.body, { subtree: true, childList: true, attributeFilter: ["open"] });
  return () => watch.disconnect();
}

/** In the dialog that is open, for what is behind it can be reached by nobody. */
export function SessionBar({ end }: { end: SessionEnd }) {
  const dialog = useSyncExternalStore(onDialogs, topDialog);
  return dialog ? createPortal(<Bar end={end} />, dialog) : <Bar end={end} />;
}

let toldOf: string | null = null;

/** Two minutes before the session ends: when, why, and how to stay. It leaves once the server says that it goes on. */
function Bar({ end: { at, canStay } }: { end: SessionEnd }) {
  const { t } = useLingui();
  const client = useClient();
  const format = useFormat();
  const { busy, once } = useOnce();
  const time = format.time(at);
  const ends = t`You are signed out at ${time}.`;
  const [hasFailed, setFailed] = useState(false);
  // The bar moves into a dialog and out of it; what it says is told aloud once.
  useEffect(() => {
    if (toldOf !== at) announce(ends);
    toldOf = at;
  }, [at, ends]);
  // Whatever is asked for is use.
  const stay = (): void =>
    once(async () => {
      const { error } = await client.query(SessionQuery, {}, { requestPolicy: "network-only" });
      setFailed(error !== undefined);
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
        {hasFailed && (
          <b role="alert">
            {" "}
            <Trans>Headwater did not answer. Nothing was changed.</Trans>
          </b>
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
