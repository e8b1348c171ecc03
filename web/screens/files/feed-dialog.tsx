import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { CloseButton, Dialog } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { type Feed, type Mode, SaveFeedMutation } from "./files.documents.ts";
import { modes } from "./words.ts";

interface FeedDialogProps {
  datasource: string;
  /** Null for a new one. */
  feed: Feed | null;
  onClose: () => void;
  onSaved: () => void;
}

export interface FeedForm {
  name: string;
  url: string;
  auth: string;
  /** For a name and password the name, for a header its name. */
  user: string;
  secret: string;
  mode: Mode;
  everyMinutes: number;
}

const rhythms = [15, 60, 360, 1440] as const;
const auths = ["none", "bearer", "basic", "header"] as const;

export const formOf = (feed: Feed | null): FeedForm => ({
  name: feed?.name ?? "",
  url: feed?.url ?? "",
  auth: feed?.auth ?? "none",
  user: feed?.user ?? "",
  secret: "",
  mode: feed?.mode ?? "UPSERT",
  everyMinutes: feed?.everyMinutes ?? 1440,
});

/** An address that is fetched as often as is said. A secret is sealed as it arrives; left empty it stays as it is. */
export function FeedDialog({ datasource, feed, onClose, onSaved }: FeedDialogProps) {
  const { t } = useLingui();
  const [form, setForm] = useState(() => formOf(feed));
  const { busy, problem, fields, save } = useSave(datasource, feed, onSaved);
  const change = (part: Partial<FeedForm>): void => setForm({ ...form, ...part });
  const errorOf = (name: string): string | undefined => fields.find(({ path }) => path === name)?.message;
  return (
    <Dialog className="dlg" labelledBy="feed-title" onClose={onClose}>
      <div className="dh">
        <h2 id="feed-title" className="grow">
          {feed ? t`Change ${feed.name}` : t`Fetch a file on a schedule`}
        </h2>
        <CloseButton onClose={onClose} />
      </div>
      <form
        className="b"
        id="feed-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          save(form);
        }}
      >
        {problem && fields.length === 0 && <ProblemNote problem={problem} />}
        <Field
          label={t`Name`}
          value={form.name}
          error={errorOf("name")}
          data-first
          onChange={(event) => change({ name: event.target.value })}
        />
        <Place form={form} errorOf={errorOf} onChange={change} />
        <Secret form={form} isKept={feed?.hasSecret ?? false} errorOf={errorOf} onChange={change} />
        <Rhythm form={form} onChange={change} />
      </form>
      <div className="df">
        <span className="grow" />
        <button type="button" className="btn ghost" onClick={onClose}>
          <Trans>Cancel</Trans>
        </button>
        <button type="submit" form="feed-form" className="btn pri" aria-disabled={busy}>
          {busy ? <Trans>Saving…</Trans> : <Trans>Save and try it</Trans>}
        </button>
      </div>
    </Dialog>
  );
}

function useSave(datasource: string, feed: Feed | null, onSaved: () => void) {
  const client = useClient();
  const [busy, setBusy] = useState(false);
  const [problem, setProblem] = useState<Told | null>(null);
  const [fields, setFields] = useState<readonly { path: string; message: string }[]>([]);
  const save = async (form: FeedForm): Promise<void> => {
    if (busy) return;
    setBusy(true);
    setProblem(null);
    setFields([]);
    const { name, url, auth, user, mode, everyMinutes } = form;
    const named = asksName(auth) ? { user: user.trim() } : {};
    const secret = form.secret === "" ? {} : { secret: form.secret };
    const input = {
      datasource,
      feed: feed?.id ?? null,
      name: name.trim(),
      url: url.trim(),
      auth,
      mode,
      everyMinutes,
      ...named,
      ...secret,
    };
    const outcome = await send(client, SaveFeedMutation, { input: { ...input, idempotencyKey: newIdempotencyKey() } });
    setBusy(false);
    if (outcome.ok) return onSaved();
    setProblem(outcome.problem);
    setFields(outcome.fields);
  };
  return { busy, problem, fields, save: (form: FeedForm) => void save(form) };
}

interface PartProps {
  form: FeedForm;
  errorOf: (name: string) => string | undefined;
  onChange: (part: Partial<FeedForm>) => void;
}

function Place({ form, errorOf, onChange }: PartProps) {
  const { t } = useLingui();
  return (
    <Field
      label={t`Web address`}
      className="mono"
      value={form.url}
      placeholder="https://"
      hint={t`It must begin with https and stand on the open internet.`}
      error={errorOf("address.url")}
      autoCapitalize="none"
      spellCheck={false}
      onChange={(event) => onChange({ url: event.target.value })}
    />
  );
}

const asksName = (auth: string): boolean => auth === "basic" || auth === "header";

function Secret({ form, isKept, errorOf, onChange }: PartProps & { isKept: boolean }) {
  const { t } = useLingui();
  const words: Record<string, string> = {
    none: t`Open to everybody`,
    bearer: t`With a token`,
    basic: t`With name and password`,
    header: t`With a header of its own`,
  };
  return (
    <>
      <Select
        label={t`How it lets us in`}
        value={form.auth}
        options={auths.map((auth) => ({ value: auth, label: words[auth] ?? auth }))}
        onChange={(auth) => onChange({ auth })}
      />
      {asksName(form.auth) && (
        <Field
          label={form.auth === "basic" ? t`Name to sign in with` : t`Name of the header`}
          className="mono"
          value={form.user}
          error={errorOf("address.name")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => onChange({ user: event.target.value })}
        />
      )}
      {form.auth !== "none" && (
        <Field
          label={t`Secret`}
          type="password"
          value={form.secret}
          hint={
            isKept
              ? t`Left empty, the one in use stays. It is never shown again.`
              : t`It is sealed as it arrives and never shown again.`
          }
          error={errorOf("secret")}
          autoComplete="off"
          onChange={(event) => onChange({ secret: event.target.value })}
        />
      )}
    </>
  );
}

function Rhythm({ form, onChange }: Pick<PartProps, "form" | "onChange">) {
  const { t } = useLingui();
  const format = useFormat();
  const choices = [...new Set([...rhythms, form.everyMinutes])].toSorted((a, b) => a - b);
  return (
    <>
      <Select
        label={t`Cadence`}
        value={String(form.everyMinutes)}
        options={choices.map((minutes) => ({ value: String(minutes), label: format.cadence(minutes * 60) }))}
        onChange={(value) => onChange({ everyMinutes: Number(value) })}
      />
      <Select
        label={t`What it does to what stands`}
        value={form.mode}
        options={(["UPSERT", "REPLACE_RANGE"] as const).map((mode) => ({ value: mode, label: t(modes[mode].word) }))}
        onChange={(mode) => onChange({ mode: mode === "REPLACE_RANGE" ? "REPLACE_RANGE" : "UPSERT" })}
      />
    </>
  );
}
