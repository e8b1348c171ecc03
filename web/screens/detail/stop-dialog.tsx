import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useToldName } from "../../live/use-told-name.ts";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { addDays } from "../overview/ranges.ts";
import { Alternatives } from "./alternatives.tsx";
import { useRehearsal, WhatStops } from "./rehearsal.tsx";

/** Which tiles go stale and when, said before; credentials are kept. */
export function StopDialog({ datasource, onClose }: { datasource: LiveDatasource; onClose: () => void }) {
  const { t } = useLingui();
  const format = useFormat();
  const commands = useCommands(datasource);
  const rehearsed = useRehearsal(datasource.id, "STOP");
  const [note, setNote] = useState("");
  const [until, setUntil] = useState("");
  const name = useToldName(datasource);
  return (
    <Dialog className="dlg narrow" labelledBy="stop-title" onClose={onClose}>
      <DialogHead id="stop-title" onClose={onClose}>
        <Trans>Stop data sync of {name}?</Trans>
      </DialogHead>
      <form
        className="b"
        id="stop-form"
        onSubmit={(event) => {
          event.preventDefault();
          void commands.pause(note.trim(), until ? format.startOf(until).toISOString() : null);
          onClose();
        }}
      >
        <p className="sm dim">
          <Trans>It stays connected and its data stays. Resuming fills the gap.</Trans>
        </p>
        <WhatStops rehearsed={rehearsed} />
        <Field
          label={t`Note for the others (optional)`}
          name="note"
          value={note}
          maxLength={200}
          onChange={(event) => setNote(event.target.value)}
        />
        <Field
          label={t`Resume by itself on (optional)`}
          name="until"
          type="date"
          min={addDays(format.today(), 1)}
          value={until}
          onChange={(event) => setUntil(event.target.value)}
        />
      </form>
      <DialogFoot beside={<Alternatives datasource={datasource} rehearsal={rehearsed.rehearsal} onInstead={onClose} />}>
        <button type="button" className="btn ghost" onClick={onClose}>
          <Trans>Keep it running</Trans>
        </button>
        <button type="submit" form="stop-form" className="btn pri">
          <Trans>Stop data sync</Trans>
        </button>
      </DialogFoot>
    </Dialog>
  );
}
