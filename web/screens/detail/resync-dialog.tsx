import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Dialog, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { useCommands } from "../commands/use-commands.ts";

const everyStream = "";

interface ResyncProps {
  datasource: LiveDatasource;
  stream?: string;
  onClose: () => void;
}

/** Reads again what is already here; what is on screen stays until the new reading takes its place. */
export function ResyncDialog({ datasource, stream: wanted = everyStream, onClose }: ResyncProps) {
  const { t } = useLingui();
  const format = useFormat();
  const commands = useCommands(datasource);
  const [stream, setStream] = useState(wanted);
  const [days, setDays] = useState<DayChoice>({ whole: true, from: "", until: "" });
  const [error, setError] = useState<string | null>(null);
  const { name, streams } = datasource;
  const rows =
    stream === everyStream ? datasource.rowsTotal : (streams.find((each) => each.name === stream)?.rows ?? "0");
  const submit = (): void => {
    const { whole, from, until } = days;
    if (!whole && (!from || !until || from > until)) return setError(t`Choose a first and a last day, in this order.`);
    void commands.resync({ stream: stream || null, from: whole ? null : from, to: whole ? null : until });
    onClose();
  };
  return (
    <Dialog className="dlg narrow" labelledBy="resync-title" onClose={onClose}>
      <DialogHead id="resync-title" onClose={onClose}>
        <Trans>Resync {name}?</Trans>
      </DialogHead>
      <form
        className="b"
        id="resync-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        <p className="sm dim">
          {/* How many rows those days hold is not known before they are read. */}
          {days.whole && <Trans>About {format.count(rows)} rows are read again.</Trans>}{" "}
          <Trans>Your numbers stay visible until each part is swapped, and newer rows win.</Trans>
        </p>
        <Select
          label={t`Stream`}
          value={stream}
          options={[
            { value: everyStream, label: t`Every stream` },
            ...streams.map((each) => ({ value: each.name, label: each.title })),
          ]}
          onChange={setStream}
        />
        <DayChoices days={days} historyFrom={datasource.backfill.historyFrom} error={error} onChange={setDays} />
      </form>
      <FormFoot form="resync-form" onCancel={onClose}>
        <Trans>Resync</Trans>
      </FormFoot>
    </Dialog>
  );
}

interface DayChoice {
  whole: boolean;
  from: string;
  until: string;
}

interface DayChoicesProps {
  days: DayChoice;
  historyFrom: string | null;
  error: string | null;
  onChange: (days: DayChoice) => void;
}

function DayChoices({ days, historyFrom, error, onChange }: DayChoicesProps) {
  const { t } = useLingui();
  const format = useFormat();
  const { whole, from, until } = days;
  return (
    <>
      <fieldset>
        <legend>
          <Trans>Days</Trans>
        </legend>
        <div className="opts">
          <label className="opt">
            <input type="radio" name="days" checked={whole} onChange={() => onChange({ ...days, whole: true })} />
            <span>
              <b>
                <Trans>The whole history</Trans>
              </b>
              {historyFrom && (
                <span className="xs dim block">
                  <Trans>Back to {format.day(historyFrom, { year: true })}</Trans>
                </span>
              )}
            </span>
          </label>
          <label className="opt">
            <input type="radio" name="days" checked={!whole} onChange={() => onChange({ ...days, whole: false })} />
            <b>
              <Trans>Some days</Trans>
            </b>
          </label>
        </div>
      </fieldset>
      {!whole && (
        <div className="pair2">
          <Field
            label={t`First day`}
            name="from"
            type="date"
            max={format.today()}
            value={from}
            error={error}
            onChange={(event) => onChange({ ...days, from: event.target.value })}
          />
          <Field
            label={t`Last day`}
            name="to"
            type="date"
            max={format.today()}
            value={until}
            onChange={(event) => onChange({ ...days, until: event.target.value })}
          />
        </div>
      )}
    </>
  );
}
