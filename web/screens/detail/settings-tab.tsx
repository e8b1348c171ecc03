import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Field } from "../../parts/field.tsx";
import { isForInputMethod } from "../../parts/input-method.ts";
import { inTurn } from "../../parts/in-turn.ts";
import { Select } from "../../parts/select.tsx";
import { lateDialog } from "../../parts/late.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { useNow } from "../../parts/time.tsx";
import { comesInFiles } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { useCommands } from "../commands/use-commands.ts";
import { tellProblem } from "../commands/problems.tsx";
import { isDataGone } from "../ended/data-state.ts";
import { QuotaCeiling } from "../settings/quota-ceiling.tsx";
import { ChoicesCard } from "./choices-card.tsx";
import { HistoryStart } from "./history-start.tsx";
import { QuietHours } from "./quiet-hours.tsx";
import { ReachQuery } from "./history.documents.ts";
import { SwitchDay } from "./switch-day.tsx";

const Disconnect = lateDialog(
  () => import("./disconnect-dialog.tsx"),
  (part) => part.DisconnectDialog,
);
const Replace = lateDialog(
  () => import("./replace-dialog.tsx"),
  (part) => part.ReplaceDialog,
);
const Stop = lateDialog(
  () => import("./stop-dialog.tsx"),
  (part) => part.StopDialog,
);

const cadences = [900, 1800, 3600, 7200, 21_600, 43_200, 86_400];

/** Of sample data nothing can be set, by nobody: said once. */
export function SettingsTab({ datasource }: { datasource: LiveDatasource }) {
  const isGone = isDataGone(datasource, useNow());
  const { isSample } = usePlace().organisation;
  if (!isSample && !isGone) return <Settings datasource={datasource} />;
  return (
    <p className="card pad dim">
      {isSample ? <Trans>Sample data can only be looked at.</Trans> : <Trans>There is nothing left to set.</Trans>}
    </p>
  );
}

/** Saves each field on its own, when the person leaves it; what cannot be undone stands at the end. */
function Settings({ datasource }: { datasource: LiveDatasource }) {
  const [asking, setAsking] = useState<"disconnect" | "stop" | "replace" | null>(null);
  const commands = useCommands(datasource);
  const { name, platform } = datasource;
  return (
    <div className="stack settings">
      <section className="card pad" aria-labelledby="general">
        <h2 id="general">
          <Trans>General</Trans>
        </h2>
        {commands.may("RENAME") ? (
          <NameField datasource={datasource} />
        ) : (
          <p className="sm dim">{commands.whyNot("RENAME") ?? name}</p>
        )}
        <CadenceField datasource={datasource} />
      </section>
      <Reaching datasource={datasource} />
      {commands.may("REPLACE") && datasource.takesSlot && (
        <section className="card pad" aria-labelledby="replacing">
          <h2 id="replacing">
            <Trans comment="another account in the place of this one">Replace</Trans>
          </h2>
          <p className="sm dim">
            <Trans>
              Another account or platform takes its place and its slot. It goes on until that one’s access is proven,
              and is disconnected then: its data stays, and there is no Undo.
            </Trans>
          </p>
          <button type="button" className="btn" onClick={() => setAsking("replace")}>
            <Trans>Replace {name}…</Trans>
          </button>
        </section>
      )}
      {commands.may("DISCONNECT") && (
        <section className="card pad" aria-labelledby="ending">
          <h2 id="ending">
            <Trans>Disconnect</Trans>
          </h2>
          <p className="sm dim">
            {comesInFiles(platform.method) ? (
              <Trans>You choose whether its data stays, and can undo it for ten minutes.</Trans>
            ) : (
              <Trans>
                Frees its slot at once and revokes the access. You choose whether its data stays, and can undo it for
                ten minutes.
              </Trans>
            )}
          </p>
          <button type="button" className="btn" onClick={() => setAsking("disconnect")}>
            <Trans>Disconnect {name}…</Trans>
          </button>
        </section>
      )}
      {asking === "disconnect" && (
        <Disconnect datasource={datasource} onClose={() => setAsking(null)} onInstead={setAsking} />
      )}
      {asking === "replace" && <Replace datasource={datasource} onClose={() => setAsking(null)} />}
      {asking === "stop" && <Stop datasource={datasource} onClose={() => setAsking(null)} />}
    </div>
  );
}

/** What of the source, of the history and of a replacement can be set. */
function Reaching({ datasource }: { datasource: LiveDatasource }) {
  const [{ data, error }, refresh] = useQuery({
    query: ReachQuery,
    variables: { id: datasource.id },
    requestPolicy: "cache-and-network",
  });
  const reach = data?.datasource;
  const again = (): void => refresh({ requestPolicy: "network-only" });
  if (!reach)
    return (
      error && (
        <LoadFailed error={error} onRetry={again} what={<Trans>What else can be set could not be read.</Trans>} />
      )
    );
  return (
    <>
      <QuietHours datasource={datasource} quietHours={reach.quietHours} onChanged={again} />
      {!comesInFiles(datasource.platform.method) && (
        <QuotaCeiling datasource={datasource} percent={reach.quotaCeiling?.percent ?? null} onChanged={again} />
      )}
      <ChoicesCard datasource={datasource} choices={reach.choices} onChanged={again} />
      <HistoryStart datasource={datasource} reach={reach} />
      <SwitchDay datasource={datasource} reach={reach} onChanged={again} />
    </>
  );
}

function NameField({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const commands = useCommands(datasource);
  const [typed, setTyped] = useState<string | null>(null);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [error, setError] = useState<string | null>(null);
  const [turn] = useState(inTurn);
  /** The newest name that is on its way. */
  const sent = useRef<string | null>(null);
  /** What was refused is not sent again by leaving the field. */
  const refused = useRef<string | null>(null);
  const save = async (): Promise<void> => {
    const name = typed?.trim() ?? datasource.name;
    if (name === (sent.current ?? datasource.name) || name === refused.current) return;
    if (!name) return setError(t`A datasource needs a name.`);
    sent.current = name;
    setState("saving");
    const { result: outcome, isLast } = await turn(() => commands.rename(name));
    if (!isLast) return;
    sent.current = null;
    setState(outcome.ok ? "saved" : "idle");
    if (outcome.ok) return setTyped((now) => (now?.trim() === name ? null : now));
    if (!outcome.fields[0]) return tellProblem(outcome.problem);
    refused.current = name;
    setError(outcome.fields[0].message);
  };
  return (
    <Field
      label={t`Name`}
      name="name"
      maxLength={80}
      value={typed ?? datasource.name}
      error={error}
      hint={
        state === "saved" && typed === null ? (
          <Trans>Saved</Trans>
        ) : state === "saving" ? (
          <Trans>Saving…</Trans>
        ) : (
          <Trans>Saved when you leave the field</Trans>
        )
      }
      onChange={(event) => {
        setTyped(event.target.value);
        setError(null);
        refused.current = null;
      }}
      onBlur={() => void save()}
      onKeyDown={(event) => {
        if (event.key !== "Enter" || isForInputMethod(event.nativeEvent)) return;
        refused.current = null;
        void save();
      }}
    />
  );
}

function CadenceField({ datasource }: { datasource: LiveDatasource }) {
  const { t } = useLingui();
  const format = useFormat();
  const commands = useCommands(datasource);
  const now = datasource.cadenceSeconds;
  if (comesInFiles(datasource.platform.method)) return <p className="sm dim">{commands.whyNot("SET_CADENCE")}</p>;
  if (!commands.may("SET_CADENCE"))
    return (
      <p className="sm dim">
        <Trans>Synced {format.cadence(now)}.</Trans> {commands.whyNot("SET_CADENCE")}
      </p>
    );
  const choices = [...new Set([...cadences, now])].toSorted((a, b) => a - b);
  return (
    <Select
      label={t`Cadence`}
      value={String(now)}
      options={choices.map((seconds) => ({ value: String(seconds), label: format.cadence(seconds) }))}
      onChange={(value) => void commands.setCadence(Number(value))}
    />
  );
}
