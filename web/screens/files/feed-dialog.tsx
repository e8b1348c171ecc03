import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { Dialog, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { Place, Rhythm, Secret } from "./feed-fields.tsx";
import { type FeedForm, formOf, inputOf } from "./feed-form.ts";
import { type Feed, SaveFeedMutation } from "./files.documents.ts";
import "./files.css";

interface FeedDialogProps {
  datasource: string;
  /** Null for a new one. */
  feed: Feed | null;
  onClose: () => void;
  onSaved: (feed: Feed | null) => void;
}

/** A place that is looked into as often as is said. A secret is sealed as it arrives; left empty it stays as it is. */
export function FeedDialog({ datasource, feed, onClose, onSaved }: FeedDialogProps) {
  const { t } = useLingui();
  const [form, setForm] = useState(() => formOf(feed));
  const { busy, problem, fields, save } = useSave(datasource, feed, onSaved);
  const change = (part: Partial<FeedForm>): void => setForm({ ...form, ...part });
  const errorOf = (name: string): string | undefined => fields.find(({ path }) => path === name)?.message;
  return (
    <Dialog className="dlg" labelledBy="feed-title" onClose={onClose}>
      <DialogHead id="feed-title" onClose={onClose}>
        {feed ? t`Change ${feed.name}` : t`Fetch a file on a schedule`}
      </DialogHead>
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
        <Place form={form} isNew={feed === null} errorOf={errorOf} onChange={change} />
        <Secret form={form} isKept={feed?.hasSecret ?? false} errorOf={errorOf} onChange={change} />
        <Rhythm form={form} onChange={change} />
      </form>
      <FormFoot form="feed-form" busy={busy} onCancel={onClose}>
        {busy ? <Trans>Saving…</Trans> : <Trans>Save and try it</Trans>}
      </FormFoot>
    </Dialog>
  );
}

function useSave(datasource: string, feed: Feed | null, onSaved: FeedDialogProps["onSaved"]) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const [fields, setFields] = useState<readonly { path: string; message: string }[]>([]);
  const save = async (form: FeedForm): Promise<void> => {
    setProblem(null);
    setFields([]);
    const input = { ...inputOf(form), datasource, feed: feed?.id ?? null, idempotencyKey: newIdempotencyKey() };
    const outcome = await send(client, SaveFeedMutation, { input });
    if (outcome.ok) return onSaved(outcome.result.__typename === "SaveFeedSuccess" ? outcome.result.feed : null);
    setProblem(outcome.problem);
    setFields(outcome.fields);
  };
  return { busy, problem, fields, save: (form: FeedForm) => once(() => save(form)) };
}
