import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { Copyable } from "../../parts/copyable.tsx";
import { Dialog, DialogFoot, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { CreateTokenMutation } from "./tokens.documents.ts";

const lifetimes = [7, 30, 90, 180, 365] as const;

export function CreateToken({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const [secret, setSecret] = useState<string | null>(null);
  const close = (): void => {
    // A click beside the dialog must not lose what is shown only once.
    if (secret === null) onClose();
  };
  return (
    <Dialog className="dlg narrow" labelledBy="create-title" onClose={close}>
      <DialogHead id="create-title" onClose={secret === null ? onClose : null}>
        {secret ? t`Copy the token now` : t`Create a token`}
      </DialogHead>
      {secret ? (
        <SecretShown secret={secret} onDone={onClose} />
      ) : (
        <CreateForm onCreated={setSecret} onCancel={onClose} />
      )}
    </Dialog>
  );
}

/** Sends the form once; what is wrong with the name goes to its field, all else above the form. */
function useCreate(onCreated: (secret: string) => void) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const [nameError, setNameError] = useState<string | null>(null);
  const create = async (name: string, manage: boolean, days: number): Promise<void> => {
    const scopes: ("READ" | "MANAGE")[] = manage ? ["READ", "MANAGE"] : ["READ"];
    const outcome = await send(client, CreateTokenMutation, {
      input: { name, scopes, days, idempotencyKey: newIdempotencyKey() },
    });
    if (!outcome.ok) {
      const onName = outcome.fields.find(({ path }) => path.endsWith("name"));
      if (onName) setNameError(onName.message);
      else setProblem(outcome.problem);
    } else if ("secret" in outcome.result && outcome.result.secret) onCreated(outcome.result.secret);
    else setProblem({ code: "UNREACHABLE" });
  };
  return {
    busy,
    problem,
    nameError,
    setNameError,
    create: (name: string, manage: boolean, days: number) => once(() => create(name, manage, days)),
  };
}

function CreateForm({ onCreated, onCancel }: { onCreated: (secret: string) => void; onCancel: () => void }) {
  const { t } = useLingui();
  const [name, setName] = useState("");
  const [manage, setManage] = useState(false);
  const [days, setDays] = useState("90");
  const { busy, problem, nameError, setNameError, create } = useCreate(onCreated);
  const form = useRef<HTMLFormElement>(null);
  const submit = (): void => {
    if (name.trim()) return create(name.trim(), manage, Number(days));
    setNameError(t`Name it after the tool that will use it.`);
    form.current?.querySelector<HTMLInputElement>("[name=name]")?.focus();
  };
  return (
    <>
      <form
        ref={form}
        className="b"
        id="create-form"
        noValidate
        onSubmit={(event) => {
          event.preventDefault();
          submit();
        }}
      >
        {problem && <ProblemNote problem={problem} />}
        <Field
          label={t`Name`}
          name="name"
          maxLength={80}
          value={name}
          error={nameError}
          placeholder={t`Warehouse sheet`}
          data-first
          onChange={(event) => {
            setName(event.target.value);
            setNameError(null);
          }}
        />
        <ScopeChoice manage={manage} onChange={setManage} />
        <Select
          label={t`Ends after`}
          value={days}
          options={lifetimes.map((count) => ({ value: String(count), label: t`${count} days` }))}
          onChange={setDays}
        />
      </form>
      <FormFoot form="create-form" busy={busy} onCancel={onCancel}>
        {busy ? <Trans>Creating…</Trans> : <Trans>Create the token</Trans>}
      </FormFoot>
    </>
  );
}

function ScopeChoice({ manage, onChange }: { manage: boolean; onChange: (manage: boolean) => void }) {
  return (
    <fieldset>
      <legend>
        <Trans>What it may do</Trans>
      </legend>
      <div className="opts">
        <label className="opt">
          <input type="radio" name="scope" checked={!manage} onChange={() => onChange(false)} />
          <span>
            <b>
              <Trans>Read</Trans>
            </b>
            <span className="xs dim block">
              <Trans>Numbers, statuses, progress</Trans>
            </span>
          </span>
        </label>
        <label className="opt">
          <input type="radio" name="scope" checked={manage} onChange={() => onChange(true)} />
          <span>
            <b>
              <Trans>Read and manage</Trans>
            </b>
            <span className="xs dim block">
              <Trans>Also sync, stop, resync, disconnect</Trans>
            </span>
          </span>
        </label>
      </div>
    </fieldset>
  );
}

function curlFor(origin: string, secret: string): string {
  const query =
    "{ datasources(first: 20) { nodes { name connection { status } dataSync { status } completeThrough } } }";
  return [
    `curl ${origin}/graphql \\`,
    `  -H 'authorization: Bearer ${secret}' \\`,
    `  -H 'content-type: application/json' \\`,
    `  -d '${JSON.stringify({ query })}'`,
  ].join("\n");
}

export function SecretShown({ secret, onDone }: { secret: string; onDone: () => void }) {
  const { t } = useLingui();
  return (
    <>
      <div className="b">
        <p className="sm dim">
          <Trans>It is shown this once; we keep only a hash of it.</Trans>
        </p>
        <Copyable label={t`Token`} text={secret} />
        <Copyable label={t`Try it`} text={curlFor(location.origin, secret)} />
      </div>
      <DialogFoot>
        <button type="button" className="btn pri" onClick={onDone}>
          <Trans>I have copied it</Trans>
        </button>
      </DialogFoot>
    </>
  );
}
