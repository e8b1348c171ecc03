import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useQuery } from "urql";
import { useLocation } from "wouter";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useToldName } from "../../live/use-told-name.ts";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { Select } from "../../parts/select.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { CatalogQuery } from "../datasources/datasources.documents.ts";
import { type LastReading, NotReadOnceMore, ReadOnceMore, useLastReading } from "./last-hours.tsx";

/** With what: another account of the same platform, or another platform. The rest is the connect flow. */
export function ReplaceDialog({ datasource, onClose }: { datasource: LiveDatasource; onClose: () => void }) {
  const { t } = useLingui();
  const [, navigate] = useLocation();
  const { organisation } = usePlace();
  const { id, platform } = datasource;
  const name = useToldName(datasource);
  const [{ data }] = useQuery({ query: CatalogQuery });
  const [chosen, setChosen] = useState(platform.name);
  // Until it is known what of the old one is still read, nobody can agree to it.
  const reading = useLastReading(datasource);
  const mayGoOn = reading.kind === "told";
  const others = (data?.catalog ?? []).filter(
    (each) => each.availability === "AVAILABLE" && each.takesSlot && each.name !== platform.name,
  );
  // What stands beside it does the same work; another category would leave its numbers without a source.
  const sorted = others.toSorted(
    (a, b) => Number(b.category === platform.category) - Number(a.category === platform.category),
  );
  return (
    <Dialog className="dlg narrow" labelledBy="replace-title" onClose={onClose}>
      <DialogHead id="replace-title" onClose={onClose}>
        <Trans>Replace {name}?</Trans>
      </DialogHead>
      <form
        className="b"
        id="replace-form"
        onSubmit={(event) => {
          event.preventDefault();
          if (mayGoOn) navigate(to.replace(organisation.slug, chosen, id));
        }}
      >
        <NotReadOnceMore datasource={{ ...datasource, name }} reading={reading} />
        <WhatChanges name={name} reading={reading} />
        <Select
          label={t`Replace it with`}
          value={chosen}
          options={[
            { value: platform.name, label: t`Another account at ${platform.title}` },
            ...sorted.map(({ name: value, title }) => ({ value, label: title })),
          ]}
          onChange={setChosen}
        />
      </form>
      <DialogFoot>
        <button type="button" className="btn ghost" onClick={onClose}>
          <Trans>Keep {name}</Trans>
        </button>
        <button type="submit" form="replace-form" className="btn pri" data-first aria-disabled={!mayGoOn}>
          {mayGoOn && !reading.readsToSwitch ? (
            <Trans comment="goes on to connect what takes its place, without what is not read any more">
              Go on without it
            </Trans>
          ) : (
            <Trans comment="goes on to connect what takes its place">Go on</Trans>
          )}
        </button>
      </DialogFoot>
    </Dialog>
  );
}

/** What cannot be taken back before what can. */
function WhatChanges({ name, reading }: { name: string; reading: LastReading }) {
  const format = useFormat();
  const { zone } = format;
  return (
    <ul className="bullets sm">
      <li>
        <Trans>
          {name} goes on until the new one’s access is proven, and is disconnected then: there is no Undo. If nobody
          finishes, nothing changes.
        </Trans>
      </li>
      <ReadOnceMore name={name} reading={reading} />
      <li>
        <Trans>
          The new one counts from the day of the switch on, by the brand’s clock ({zone}): today that is{" "}
          {format.day(format.today())}. Days before it go on counting from {name}; its data stays.
        </Trans>
      </li>
      <li>
        <Trans>The new one uses the same slot.</Trans>
      </li>
    </ul>
  );
}
