import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { Link } from "wouter";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { nameAmong } from "../../live/account-line.ts";
import { announce } from "../../parts/announcer.tsx";
import { Field } from "../../parts/field.tsx";
import { to } from "../../routes.ts";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { type Reach, SetSwitchDayMutation } from "./history.documents.ts";
import { ReadToSwitch } from "./read-to-switch.tsx";
import type { Named, Switched } from "./replaced.documents.ts";

interface SwitchProps {
  datasource: LiveDatasource;
  reach: Reach;
  onChanged: () => void;
}

/** From which day on a replacement counts: told on both, put right on the new one. */
export function SwitchDay({ datasource, reach, onChanged }: SwitchProps) {
  const format = useFormat();
  const mayManage = useMay("MANAGE_DATASOURCES");
  const { countsFrom, countsUntil, replacedBy, replacedAt } = reach;
  const replaces = reach.replaces && { ...reach.replaces, name: nameAmong(reach.replaces, [datasource]) };
  if (!replaces && !replacedBy) return null;
  return (
    <section className="card pad" aria-labelledby="switch">
      <h2 id="switch">
        <Trans>Replacement</Trans>
      </h2>
      {replaces && (
        <p className="sm">
          {countsFrom ? (
            <>
              <Trans>
                It took the place of <Other one={replaces} />. Days before {format.day(countsFrom, { year: true })}{" "}
                count from there, that day and later ones from here.
              </Trans>{" "}
              <ReadToSwitch old={replaces} />
            </>
          ) : (
            <Trans>
              It takes the place of <Other one={replaces} /> as soon as its access is proven. Until then that one goes
              on.
            </Trans>
          )}
        </p>
      )}
      {replacedBy && (
        <TookPlace old={{ ...datasource, replacedAt }} replacedBy={replacedBy} countsUntil={countsUntil} />
      )}
      {replaces && countsFrom && mayManage && (
        <DayField datasource={datasource} countsFrom={countsFrom} onChanged={onChanged} />
      )}
    </section>
  );
}

interface TookPlaceProps {
  old: Switched;
  replacedBy: Named;
  countsUntil: string | null;
}

/** Of the old one: what goes on in its place, and from which day. */
export function TookPlace({ old, replacedBy: taker, countsUntil }: TookPlaceProps) {
  const format = useFormat();
  const replacedBy = { ...taker, name: nameAmong(taker, [old]) };
  return (
    <p className="sm">
      {countsUntil ? (
        <>
          <Trans>
            <Other one={replacedBy} /> took its place. Days from {format.day(countsUntil, { year: true })} on count from
            there.
          </Trans>{" "}
          <ReadToSwitch old={old} />
        </>
      ) : (
        <Trans>
          <Other one={replacedBy} /> is on its way to take its place. Until its access is proven, this one goes on.
        </Trans>
      )}
    </p>
  );
}

function Other({ one }: { one: { id: string; name: string } }) {
  const { organisation } = usePlace();
  return <Link href={to.datasource(organisation.slug, one.id)}>{one.name}</Link>;
}

interface DayFieldProps {
  datasource: LiveDatasource;
  countsFrom: string;
  onChanged: () => void;
}

function DayField({ datasource, countsFrom, onChanged }: DayFieldProps) {
  const { t } = useLingui();
  const format = useFormat();
  const client = useClient();
  const [typed, setTyped] = useState<string | null>(null);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [error, setError] = useState<string | null>(null);
  const day = typed ?? countsFrom;
  const save = async (): Promise<void> => {
    if (!day || day === countsFrom || state === "saving") return;
    setState("saving");
    const input = { datasource: datasource.id, day, idempotencyKey: newIdempotencyKey() };
    const outcome = await send(client, SetSwitchDayMutation, { input });
    setState(outcome.ok ? "saved" : "idle");
    if (outcome.ok) {
      announce(t`Counted by the new day from now on.`);
      setTyped(null);
      onChanged();
    } else if (outcome.fields[0]) setError(outcome.fields[0].message);
    else tellProblem(outcome.problem);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        void save();
      }}
    >
      <Field
        label={t`Counts from`}
        name="switch-day"
        type="date"
        max={format.today()}
        value={day}
        error={error}
        hint={
          state === "saved" ? (
            <Trans>Saved</Trans>
          ) : (
            <Trans>No day is counted twice or left out, whichever day stands here.</Trans>
          )
        }
        onChange={(event) => {
          setTyped(event.target.value);
          setState("idle");
          setError(null);
        }}
      />
      <button type="submit" className="btn" aria-disabled={day === countsFrom || state === "saving"}>
        {state === "saving" ? <Trans>Saving…</Trans> : <Trans>Put the day right</Trans>}
      </button>
    </form>
  );
}
