import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState } from "react";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { hasNoRoom, ProblemNote } from "../commands/problems.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { Purpose } from "./connect-flow.ts";
import type { KeyCheck, KeyReads } from "./key.documents.ts";
import { SlotsAfter } from "./slots-after.tsx";
import { StandsAlready } from "./stands-already.tsx";
import type { KeyFlow, Pasted } from "./use-key.ts";
import { useMistaken } from "./use-mistaken.ts";
import { useLimit } from "./use-slots.ts";

interface PasteProps {
  platform: ConnectPlatform;
  purpose: Purpose;
  flow: KeyFlow;
}

/** One field a secret; what it may read is tried before anything is kept. */
export function PasteKey({ platform, purpose, flow }: PasteProps) {
  const { trial, forget, tryIt, keep } = flow;
  const [values, setValues] = useState<Readonly<Record<string, string>>>({});
  const asked = platform.method === "API_KEY" ? platform.connectFields : platform.keyFields;
  const pasted: Pasted = asked.map(({ name }) => ({ name, value: (values[name] ?? "").trim() }));
  const limit = useLimit(platform, purpose);
  const problem = trial.problem ?? limit;
  const isTried = trial.checks !== null && (problem === null || hasNoRoom(problem));
  const refused = trial.checks?.find((check) => check.state === "FAILED" && isOfTheField(check));
  const marked = refused && asked.find(({ isSecret }) => isSecret)?.name;
  const submit = (): void => {
    if (trial.busy !== null) return;
    if (isTried) keep(pasted);
    else tryIt(pasted);
  };
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        submit();
      }}
    >
      <PasteLead platform={platform} purpose={purpose} />
      {problem && trial.fields.length === 0 && marked === undefined && (
        <ProblemNote problem={problem} keepsPage>
          {"existing" in problem && problem.existing && <StandsAlready id={problem.existing.id} onEnded={forget} />}
        </ProblemNote>
      )}
      {asked.map((field) => (
        <KeyField
          key={field.name}
          field={field}
          typed={values[field.name] ?? ""}
          isKept={trial.busy === "keeping"}
          error={
            trial.fields.find(({ path }) => path === field.name || path.endsWith(`.${field.name}`))?.message ??
            (field.name === marked ? refused?.message : null)
          }
          onType={(value) => {
            setValues({ ...values, [field.name]: value });
            forget();
          }}
        />
      ))}
      <Checks platform={platform} trial={trial} />
      <footer className="stick">
        {purpose.kind === "connect" && platform.takesSlot && <SlotsAfter more={1} />}
        <span className="grow" />
        {!(isTried && limit) && (
          <button type="submit" className="btn pri" aria-disabled={trial.busy !== null}>
            <PasteVerb platform={platform} purpose={purpose} busy={trial.busy} isTried={isTried} />
          </button>
        )}
      </footer>
    </form>
  );
}

interface KeyFieldProps {
  field: ConnectPlatform["connectFields"][number];
  typed: string;
  /** It is being stored: what stands here is that key. */
  isKept: boolean;
  error: string | null | undefined;
  onType: (value: string) => void;
}

/** Its cure is in the field: it is said there, and nowhere else. */
const isOfTheField = ({ remedy }: KeyCheck): boolean => remedy?.kind === "FIX_INPUT";

function KeyField({ field, typed, isKept, error, onType }: KeyFieldProps) {
  const { t } = useLingui();
  const mistaken = useMistaken(field, typed);
  return (
    <Field
      label={field.label}
      hint={typed === typed.trim() ? field.hint : t`Spaces around it are taken off.`}
      name={field.name}
      className="mono"
      value={typed}
      placeholder={field.example}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      data-first
      readOnly={isKept}
      onChange={(event) => onType(event.target.value)}
      error={error ?? mistaken}
    />
  );
}

function PasteLead({ platform, purpose }: Omit<PasteProps, "flow">) {
  return (
    <p className="dim lead">
      {purpose.kind === "reauthorize" ? (
        <Trans>
          Paste the new key. The one in use stays until the new one has been seen to reach the same account, so nothing
          is missed.
        </Trans>
      ) : (
        <Trans>
          Make the key at {platform.title} and paste it here. Keep that tab open until it is connected: most sources
          show a key once.
        </Trans>
      )}{" "}
      <Trans>It is sealed as it arrives; nobody can read it back, only its last four characters are shown.</Trans>
    </p>
  );
}

function PasteVerb({
  platform,
  purpose,
  busy,
  isTried,
}: Omit<PasteProps, "flow"> & { busy: KeyFlow["trial"]["busy"]; isTried: boolean }) {
  if (busy === "trying") return <Trans>Trying the key…</Trans>;
  if (busy === "keeping") return <Trans>Connecting…</Trans>;
  if (!isTried) return <Trans>Try the key</Trans>;
  return purpose.kind === "reauthorize" ? <Trans>Use this key</Trans> : <Trans>Connect {platform.title}</Trans>;
}

interface ChecksProps {
  platform: ConnectPlatform;
  trial: KeyFlow["trial"];
}

/** Before: what will be tried. After: what each thing came to, and what to do at the source where it failed. */
function Checks({ platform, trial: { checks, reads, busy } }: ChecksProps) {
  const isTrying = busy === "trying";
  const planned: readonly KeyCheck[] = platform.scopes.map(({ name, purpose, isRequired, feeds }) => ({
    name,
    title: purpose,
    state: "SKIPPED",
    isRequired,
    feeds,
    message: null,
    remedy: null,
  }));
  return (
    <section className="part" aria-live="polite" aria-busy={isTrying}>
      <h3>{checks === null ? <Trans>What the key must be allowed to read</Trans> : <Trans>What was found</Trans>}</h3>
      {reads && <KeyOpens {...reads} />}
      <ul className="ls checks">
        {(checks ?? planned).map((check) => (
          <CheckLine key={check.name} check={check} isTried={checks !== null} isTrying={isTrying} />
        ))}
      </ul>
    </section>
  );
}

/** A key of another account is seen here, before anything is kept. */
function KeyOpens({ name, id }: KeyReads) {
  const known = <span translate="no">{id}</span>;
  return (
    <p>
      {name === null ? (
        <Trans>This key reads {known}</Trans>
      ) : (
        <Trans>
          This key reads <b translate="no">{name}</b> ({known})
        </Trans>
      )}
    </p>
  );
}

function CheckLine({ check, isTried, isTrying }: { check: KeyCheck; isTried: boolean; isTrying: boolean }) {
  const { t } = useLingui();
  const { name, title, state, isRequired, feeds, message, remedy } = check;
  return (
    <li>
      <CheckMark state={isTried ? state : null} isRequired={isRequired} isTrying={isTrying} />
      <span className="grow">
        {title}
        {!isRequired && (
          <span className="faint">
            {" · "}
            {isTried && state === "FAILED" ? (
              <Trans>not granted, optional</Trans>
            ) : (
              <Trans comment="a scope that is not required">optional</Trans>
            )}
          </span>
        )}
        {isTried && state === "FAILED" && !isOfTheField(check) && (
          <span className={isRequired ? "xs bad block" : "xs faint block"}>
            {[message, remedy?.label].filter(Boolean).join(" ")}
          </span>
        )}
        {isTried && state !== "PASSED" && feeds.length > 0 && (
          <span className="xs faint block">{t`Stays empty without it: ${feeds.join(", ")}`}</span>
        )}
      </span>
      {/* What is no scope has no name at the source. */}
      {name.includes(":") && <code translate="no">{name}</code>}
    </li>
  );
}

interface MarkProps {
  state: KeyCheck["state"] | null;
  isRequired: boolean;
  isTrying: boolean;
}

function CheckMark({ state, isRequired, isTrying }: MarkProps) {
  const { t } = useLingui();
  if (isTrying) return <Marked icon={<span className="dial spin" aria-hidden="true" />} says={t`being tried`} />;
  switch (state) {
    case null:
      return <Icon name="dashed" />;
    case "PASSED":
      return <Marked className="good" icon={<Icon name="tick" />} says={t`works`} />;
    case "FAILED":
      // The line says that it was not granted; without it the key works.
      if (!isRequired) return <Icon name="dashed" />;
      return <Marked className="bad" icon={<Icon name="cross" />} says={t`does not work`} />;
    case "SKIPPED":
      return <Marked icon={<Icon name="dashed" />} says={t`not tried`} />;
  }
}

function Marked({ icon, says, className }: { icon: ReactNode; says: string; className?: string }) {
  return (
    <span className={className}>
      {icon}
      <span className="vh">{says}</span>
    </span>
  );
}
