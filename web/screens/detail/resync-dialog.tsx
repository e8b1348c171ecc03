import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { useToldName } from "../../live/use-told-name.ts";
import { Dialog, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { HistoryCallsQuery } from "./history.documents.ts";

const everyStream = "";

interface ResyncProps {
  datasource: LiveDatasource;
  stream?: string;
  /** One day alone. */
  day?: string;
  onClose: () => void;
}

/** Reads again what is already here; what is on screen stays until the new reading takes its place. */
export function ResyncDialog({ datasource, stream: wanted = everyStream, day, onClose }: ResyncProps) {
  const { t } = useLingui();
  const commands = useCommands(datasource);
  const [stream, setStream] = useState(wanted);
  const [days, setDays] = useState<DayChoice>({ whole: day === undefined, from: day ?? "", until: day ?? "" });
  const [error, setError] = useState<string | null>(null);
  const name = useToldName(datasource);
  const { streams } = datasource;
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
        <Meaning datasource={datasource} stream={stream} isWhole={days.whole} />
        <Select
          label={t`Stream`}
          value={stream}
          options={[
            { value: everyStream, label: t`Every stream` },
            ...streams
              .filter(({ state }) => state !== "NOT_GRANTED")
              .map((each) => ({ value: each.name, label: each.title })),
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

interface MeaningProps {
  datasource: LiveDatasource;
  stream: string;
  isWhole: boolean;
}

/** One pass over the source reads several streams: what one of them costs is what they all cost. */
function Meaning({ datasource, stream: chosen, isWhole }: MeaningProps) {
  const format = useFormat();
  const { streams, rowsTotal } = datasource;
  const isAll = isWhole && chosen === everyStream;
  const [{ data }] = useQuery({ query: HistoryCallsQuery, variables: { id: datasource.id }, pause: !isAll });
  const calls = isAll ? data?.datasource?.backfill.calls : null;
  const stream = streams.find(({ name }) => name === chosen);
  const others = streams.filter(({ name }) => stream?.readWith.includes(name));
  const rows = stream ? [stream, ...others].reduce((sum, each) => sum + BigInt(each.rows), 0n).toString() : rowsTotal;
  const source = datasource.platform.title;
  return (
    <p className="sm dim">
      <span role="status">
        {stream && others.length > 0 && (
          <>
            <Trans>
              One pass over {source} reads {stream.title} together with {format.list(others.map(({ title }) => title))}.
            </Trans>{" "}
          </>
        )}
        {/* How many rows those days hold is not known before they are read. */}
        {isWhole && (
          <>
            <Trans>About {format.count(rows)} rows are read again.</Trans>{" "}
            {/* The ledger tells calls apart by hours, not by streams. */}
            {calls && (
              <>
                <Trans>The first time that took about {format.count(calls)} calls.</Trans>{" "}
              </>
            )}
          </>
        )}
      </span>
      <Trans>All of it counts against what {source} allows, beside the regular syncs.</Trans>{" "}
      <Trans>Your numbers stay visible until each part is swapped, and newer rows win.</Trans>
    </p>
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
