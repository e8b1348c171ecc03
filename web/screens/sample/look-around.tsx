import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { Icon } from "../../parts/icon.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { OpenSampleBrandMutation } from "./sample.documents.ts";
import "./sample.css";

/** For whoever has nothing to connect yet: a brand of made-up data, beside their own and never in it. */
export function LookAround() {
  const client = useClient();
  const { organisation } = usePlace();
  const { busy, once } = useOnce();
  const [refused, setRefused] = useState<string | null>(null);
  const open = () =>
    once(async () => {
      setRefused(null);
      const outcome = await send(client, OpenSampleBrandMutation, { input: { organisation: organisation.id } });
      if (!outcome.ok) {
        const [field] = outcome.fields;
        if (field) setRefused(field.message);
        else tellProblem(outcome.problem);
        return;
      }
      if (outcome.result.__typename !== "OpenSampleBrandSuccess") return;
      // Another organisation is another client: a page of its own.
      location.assign(to.overview(outcome.result.organisation.slug));
      return "leaves";
    });
  if (organisation.isSample) return null;
  return (
    <div className="row wrap look">
      <p className="grow sm dim">
        {refused ? (
          <b role="alert">{refused}</b>
        ) : (
          <Trans>Nothing to connect yet? See it all in a made-up brand beside yours. One click removes it.</Trans>
        )}
      </p>
      <button type="button" className="btn" aria-disabled={busy} onClick={open}>
        <Icon name="spark" />
        {busy ? <Trans>Opening sample data…</Trans> : <Trans>Look around with sample data</Trans>}
      </button>
    </div>
  );
}
