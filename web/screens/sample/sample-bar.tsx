import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useState } from "react";
import { useClient } from "urql";
import { useFormat } from "../../language.tsx";
import { announce } from "../../parts/announcer.tsx";
import { CloseButton } from "../../parts/dialog.tsx";
import { Icon } from "../../parts/icon.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { forgetRemoval, noteRemoved } from "./removed.ts";
import { RemoveSampleBrandMutation } from "./sample.documents.ts";
import "./sample.css";

/** On every page of a sample brand: that no number is anybody's, the way back, and its end in one click. */
export function SampleBar() {
  const { t } = useLingui();
  const client = useClient();
  const format = useFormat();
  const { organisation, me } = usePlace();
  const { busy, once } = useOnce();
  const own = me.memberships.find((membership) => !membership.organisation.isSample)?.organisation ?? null;
  const brand = own?.name;
  const { sampleUntil } = organisation;
  const day = sampleUntil === null ? null : format.day(format.dayOf(sampleUntil));
  const home = own ? to.overview(own.slug) : "/";
  const remove = () =>
    once(async () => {
      const outcome = await send(client, RemoveSampleBrandMutation, { input: { organisation: organisation.id } });
      if (!outcome.ok) return tellProblem(outcome.problem);
      noteRemoved();
      location.assign(home);
      return "leaves";
    });
  return (
    <section className="inkbar sample" aria-label={t`Sample data`}>
      <Icon name="spark" />
      <p>
        <b>
          <Trans>Sample data</Trans>
        </b>{" "}
        {day && <Trans>Made up, and removed on {day}.</Trans>}
      </p>
      <span className="row wrap ways">
        {own && (
          <a href={home}>
            <Trans>Back to {brand}</Trans>
          </a>
        )}
        <button type="button" className="btn s" aria-disabled={busy} onClick={remove}>
          {busy ? <Trans>Removing…</Trans> : <Trans>Remove sample data</Trans>}
        </button>
      </span>
    </section>
  );
}

/** On the page that its removal led to. */
export function SampleRemoved() {
  const { t } = useLingui();
  const { organisation } = usePlace();
  const [isRead, setRead] = useState(false);
  const said = t`Sample data is removed. ${organisation.name} is as it was.`;
  useEffect(() => {
    forgetRemoval();
    announce(said);
  }, [said]);
  if (isRead) return null;
  return (
    <div className="inkbar sample">
      <Icon name="tick" />
      <p>{said}</p>
      <CloseButton onClose={() => setRead(true)} />
    </div>
  );
}
