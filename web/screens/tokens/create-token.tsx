import { Trans, useLingui } from "@lingui/react/macro";
import { useRef, useState } from "react";
import { useClient } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useLive } from "../../live/live.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Dialog, DialogFoot, DialogHead, FormFoot } from "../../parts/dialog.tsx";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { comesInFiles } from "../../routes.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { CreateTokenMutation } from "./tokens.documents.ts";
import { type Use, useWords } from "./uses.ts";

const lifetimes = [7, 30, 90, 180, 365] as const;

const scopesFor: Record<Use, Use[]> = {
  READ: ["READ"],
  MANAGE: ["READ", "MANAGE"],
  COSTS_UPLOAD: ["COSTS_UPLOAD"],
};

interface Made {
  secret: string;
  use: Use;
}

export function CreateToken({ onClose }: { onClose: () => void }) {
  const { t } = useLingui();
  const [made, setMade] = useState<Made | null>(null);
  const close = (): void => {
    // A click beside the dialog must not lose what is shown only once.
    if (made === null) onClose();
  };
  return (
    <Dialog className="dlg narrow" labelledBy="create-title" onClose={close}>
      <DialogHead id="create-title" onClose={made === null ? onClose : null}>
        {made ? t`Copy the token now` : t`Create a token`}
      </DialogHead>
      {made ? <SecretShown {...made} onDone={onClose} /> : <CreateForm onCreated={setMade} onCancel={onClose} />}
    </Dialog>
  );
}

/** Sends the form once; what is wrong with the name goes to its field, all else above the form. */
function useCreate(onCreated: (made: Made) => void) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const [nameError, setNameError] = useState<string | null>(null);
  const create = async (name: string, use: Use, days: number): Promise<void> => {
    const outcome = await send(client, CreateTokenMutation, {
      input: { name, scopes: scopesFor[use], days, idempotencyKey: newIdempotencyKey() },
    });
    if (!outcome.ok) {
      const onName = outcome.fields.find(({ path }) => path.endsWith("name"));
      if (onName) setNameError(onName.message);
      else setProblem(outcome.problem);
    } else if ("secret" in outcome.result && outcome.result.secret) onCreated({ secret: outcome.result.secret, use });
    else setProblem({ code: "UNREACHABLE" });
  };
  return {
    busy,
    problem,
    nameError,
    setNameError,
    create: (name: string, use: Use, days: number) => once(() => create(name, use, days)),
  };
}

function CreateForm({ onCreated, onCancel }: { onCreated: (made: Made) => void; onCancel: () => void }) {
  const { t } = useLingui();
  const [name, setName] = useState("");
  const [use, setUse] = useState<Use>("READ");
  const [days, setDays] = useState("90");
  const { busy, problem, nameError, setNameError, create } = useCreate(onCreated);
  const form = useRef<HTMLFormElement>(null);
  const submit = (): void => {
    if (name.trim()) return create(name.trim(), use, Number(days));
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
        <UseChoice chosen={use} onChange={setUse} />
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

function UseChoice({ chosen, onChange }: { chosen: Use; onChange: (use: Use) => void }) {
  const { t } = useLingui();
  const uses: { use: Use; does: string }[] = [
    { use: "READ", does: t`Numbers, statuses, progress` },
    { use: "MANAGE", does: t`Also sync, stop, resync, disconnect` },
    { use: "COSTS_UPLOAD", does: t`Files of costs and how each fares, nothing else` },
  ];
  return (
    <fieldset>
      <legend>
        <Trans>What it may do</Trans>
      </legend>
      <div className="opts">
        {uses.map(({ use, does }) => (
          <label key={use} className="opt">
            <input type="radio" name="scope" checked={use === chosen} onChange={() => onChange(use)} />
            <span>
              <b>{t(useWords[use])}</b>
              <span className="xs dim block">{does}</span>
            </span>
          </label>
        ))}
      </div>
    </fieldset>
  );
}

function curlFor(secret: string, path: string, rest: readonly string[]): string {
  return [
    `curl ${location.origin}${path} \\`,
    `  -H 'authorization: Bearer ${secret}' \\`,
    `  -H 'content-type: application/json' \\`,
    ...rest,
  ].join("\n");
}

const question =
  "{ datasources(first: 20) { nodes { name connection { status } dataSync { status } completeThrough } } }";
const asking = (secret: string): string =>
  curlFor(secret, "/graphql", [`  -d '${JSON.stringify({ query: question })}'`]);

/** A file that is looked at only: the answer says where its bytes go. */
const announcing = (secret: string, datasource: string): string =>
  curlFor(secret, `/v1/datasources/${datasource}/uploads`, [
    `  -H 'idempotency-key: try-1' \\`,
    `  -d "{\\"filename\\":\\"costs.csv\\",\\"size\\":$(wc -c < costs.csv),\\"sha256\\":\\"$(sha256sum costs.csv | cut -d' ' -f1)\\",\\"mode\\":\\"upsert\\",\\"dry_run\\":true}"`,
  ]);

export function SecretShown({ secret, use, onDone }: Made & { onDone: () => void }) {
  const { t } = useLingui();
  const costs = useLive(({ order, byId }) => order.find((id) => comesInFiles(byId.get(id)?.platform.method ?? "")));
  return (
    <>
      <div className="b">
        <p className="sm dim">
          <Trans>It is shown this once; we keep only a hash of it.</Trans>
        </p>
        <Copyable label={t`Token`} text={secret} />
        <Copyable
          label={t`Try it`}
          text={use === "COSTS_UPLOAD" ? announcing(secret, costs ?? "DATASOURCE") : asking(secret)}
        />
      </div>
      <DialogFoot>
        <button type="button" className="btn pri" onClick={onDone}>
          <Trans>I have copied it</Trans>
        </button>
      </DialogFoot>
    </>
  );
}
