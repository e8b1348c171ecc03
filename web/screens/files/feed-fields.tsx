import { useLingui } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { Select } from "../../parts/select.tsx";
import { TextArea } from "../../parts/text-area.tsx";
import { asksName, authsOf, type FeedForm, withKind } from "./feed-form.ts";
import { modes } from "./words.ts";

interface PartProps {
  form: FeedForm;
  errorOf: (name: string) => string | undefined;
  onChange: (part: Partial<FeedForm>) => void;
}

/** A feed stays at the kind of place that it was made for. */
export function Place({ form, isNew, errorOf, onChange }: PartProps & { isNew: boolean }) {
  const { t } = useLingui();
  const plain = { className: "mono", autoCapitalize: "none", spellCheck: false, autoComplete: "off" } as const;
  return (
    <>
      {isNew && (
        <Select
          label={t`Where the file lies`}
          value={form.kind}
          options={[
            { value: "https", label: t`At a web address` },
            { value: "sftp", label: t`On an SFTP server` },
          ]}
          onChange={(kind) => onChange(withKind(form, kind === "sftp" ? "sftp" : "https"))}
        />
      )}
      {form.kind === "https" ? (
        <Field
          label={t`Web address`}
          {...plain}
          value={form.url}
          placeholder="https://"
          hint={t`It must begin with https and stand on the open internet.`}
          error={errorOf("address.url")}
          onChange={(event) => onChange({ url: event.target.value })}
        />
      ) : (
        <>
          <div className="fields2">
            <Field
              label={t`Server`}
              {...plain}
              value={form.host}
              placeholder="sftp.example.com"
              error={errorOf("address.host")}
              onChange={(event) => onChange({ host: event.target.value })}
            />
            <Field
              label={t`Port`}
              {...plain}
              inputMode="numeric"
              value={form.port}
              error={errorOf("address.port") && t`22, or 1024 to 65535`}
              onChange={(event) => onChange({ port: event.target.value })}
            />
          </div>
          <Field
            label={t`Files`}
            {...plain}
            value={form.pattern}
            placeholder="/out/*.csv"
            hint={t`Folder and name; * and ? stand for what changes in the name. Files are only read, never moved or deleted.`}
            error={errorOf("address.pattern")}
            onChange={(event) => onChange({ pattern: event.target.value })}
          />
        </>
      )}
    </>
  );
}

export function Secret({ form, isKept, errorOf, onChange }: PartProps & { isKept: boolean }) {
  const { t } = useLingui();
  const words: Record<string, string> = {
    none: t`Open to everybody`,
    bearer: t`With a token`,
    basic: t`With name and password`,
    header: t`With a header of its own`,
    password: t`With a password`,
    key: t`With a private key`,
  };
  return (
    <>
      <Select
        label={t`How it lets us in`}
        value={form.auth}
        options={authsOf[form.kind].map((auth) => ({ value: auth, label: words[auth] ?? auth }))}
        onChange={(auth) => onChange({ auth })}
      />
      {asksName(form) && (
        <Field
          label={form.auth === "header" ? t`Name of the header` : t`Name to sign in with`}
          className="mono"
          value={form.user}
          error={errorOf("address.name") ?? errorOf("address.user")}
          autoComplete="off"
          autoCapitalize="none"
          spellCheck={false}
          onChange={(event) => onChange({ user: event.target.value })}
        />
      )}
      {form.auth === "key" ? (
        <PrivateKey form={form} isKept={isKept} errorOf={errorOf} onChange={onChange} />
      ) : (
        form.auth !== "none" && (
          <Field
            label={t`Secret`}
            type="password"
            value={form.secret}
            hint={secretHint(t, isKept)}
            error={errorOf("secret")}
            autoComplete="off"
            onChange={(event) => onChange({ secret: event.target.value })}
          />
        )
      )}
    </>
  );
}

const secretHint = (t: ReturnType<typeof useLingui>["t"], isKept: boolean): string =>
  isKept
    ? t`Left empty, the one in use stays. It is never shown again.`
    : t`It is sealed as it arrives and never shown again.`;

function PrivateKey({ form, isKept, errorOf, onChange }: PartProps & { isKept: boolean }) {
  const { t } = useLingui();
  return (
    <>
      <TextArea
        label={t`Private key`}
        className="mono"
        rows={5}
        value={form.secret}
        placeholder="-----BEGIN OPENSSH PRIVATE KEY-----"
        hint={secretHint(t, isKept)}
        error={errorOf("secret")}
        autoComplete="off"
        autoCapitalize="none"
        spellCheck={false}
        onChange={(event) => onChange({ secret: event.target.value })}
      />
      <Field
        label={t`Passphrase of the key, if it has one`}
        type="password"
        value={form.passphrase}
        error={errorOf("passphrase")}
        autoComplete="off"
        onChange={(event) => onChange({ passphrase: event.target.value })}
      />
    </>
  );
}

const rhythms = [15, 60, 360, 1440] as const;

export function Rhythm({ form, onChange }: Pick<PartProps, "form" | "onChange">) {
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
        label={t`What it does to the costs already here`}
        value={form.mode}
        options={(["UPSERT", "REPLACE_RANGE"] as const).map((mode) => ({ value: mode, label: t(modes[mode].word) }))}
        onChange={(mode) => onChange({ mode: mode === "REPLACE_RANGE" ? "REPLACE_RANGE" : "UPSERT" })}
      />
    </>
  );
}
