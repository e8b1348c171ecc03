import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { Link } from "wouter";
import { useFormat } from "../../language.tsx";
import { Field } from "../../parts/field.tsx";
import { Icon } from "../../parts/icon.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import { isTextByName, useDraft } from "../../shell/use-draft.ts";
import { ProblemNote } from "../commands/problems.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { ConnectFlow, Purpose } from "./connect-flow.ts";
import { SlotsAfter } from "./slots-after.tsx";
import { StandsAlready } from "./stands-already.tsx";
import { useLimit } from "./use-slots.ts";

/** So much is read before anybody asks for more. */
const firstMonths = 24;

interface PrepareProps {
  platform: ConnectPlatform;
  purpose: Purpose;
  flow: Pick<ConnectFlow, "state" | "begin" | "paste" | "again">;
}

/** Everything a person wants to know before the consent screen, in plain words. */
export function Prepare({ platform, purpose, flow }: PrepareProps) {
  const { state } = flow;
  // What is given files has no sign-in that could end: another one would be made beside it.
  const filesOf = platform.method === "FILE_UPLOAD" && purpose.kind !== "connect" ? purpose.datasource : null;
  // A button that can only be refused is not shown; what stands in the way is said above.
  const limit = useLimit(platform, purpose);
  const mayBegin = filesOf === null && limit === null && (purpose.kind !== "connect" || platform.isConnectable);
  // A key is asked for when it can be tried, not beside the reading matter.
  const isNew = purpose.kind === "connect" || purpose.kind === "replace";
  const asks = isNew && mayBegin && platform.method === "OAUTH" ? platform.connectFields : [];
  const [values, type] = useTyped(platform.name, asks);
  // What was said of a field is said of what stood in it.
  const [changed, setChanged] = useState<readonly string[]>([]);
  const problem = limit ?? (state.kind === "prepare" ? state.problem : null);
  const errors = state.kind === "prepare" ? state.fields : [];
  const errorOf = (name: string): string | undefined =>
    changed.includes(name) ? undefined : errors.find(({ path }) => path === name || path.endsWith(`.${name}`))?.message;
  return (
    <form
      noValidate
      onSubmit={(event) => {
        event.preventDefault();
        setChanged([]);
        flow.begin(asks.map(({ name }) => ({ name, value: values[name] ?? "" })));
      }}
    >
      <p className="dim lead">{platform.summary}</p>
      {filesOf !== null && <NeedsNoSignIn platform={platform} datasource={filesOf} />}
      {problem && errors.length === 0 && (
        <ProblemNote problem={problem}>
          {"existing" in problem && problem.existing && <StandsAlready id={problem.existing.id} onEnded={flow.again} />}
        </ProblemNote>
      )}
      {platform.notConnectableReason && purpose.kind === "connect" && <Blocked platform={platform} />}
      {purpose.kind === "connect" && <Warnings platform={platform} />}
      <Asks
        fields={asks}
        values={values}
        errorOf={errorOf}
        onType={(name, value) => {
          type(name, value);
          setChanged([...changed, name]);
        }}
      />
      <Requirements platform={platform} />
      <Scopes platform={platform} />
      {purpose.kind !== "reauthorize" && <Facts platform={platform} />}
      <Powers platform={platform} />
      <Policy platform={platform} />
      {mayBegin && (
        <footer className="stick">
          {purpose.kind === "connect" && platform.takesSlot && <SlotsAfter more={1} />}
          <span className="grow" />
          {platform.keyFields.length > 0 && purpose.kind !== "continue" && (
            <button type="button" className="btn ghost" onClick={flow.paste}>
              <Trans>Paste a token instead</Trans>
            </button>
          )}
          <button type="submit" className="btn pri" aria-disabled={state.kind === "opening"}>
            <BeginVerb platform={platform} isOpening={state.kind === "opening"} />
          </button>
        </footer>
      )}
    </form>
  );
}

/** What is typed outlasts a reload, but for a secret. */
function useTyped(platform: string, asks: AsksProps["fields"]) {
  const [kept, keep] = useDraft(platform, "asks", isTextByName);
  const [values, setValues] = useState<Readonly<Record<string, string>>>(kept ?? {});
  const type = (name: string, value: string): void => {
    const next = { ...values, [name]: value };
    setValues(next);
    keep(Object.fromEntries(asks.filter(({ isSecret }) => !isSecret).map((ask) => [ask.name, next[ask.name] ?? ""])));
  };
  return [values, type] as const;
}

interface AsksProps {
  fields: ConnectPlatform["connectFields"];
  values: Readonly<Record<string, string>>;
  errorOf: (name: string) => string | undefined;
  onType: (name: string, value: string) => void;
}

function Asks({ fields, values, errorOf, onType }: AsksProps) {
  return fields.map(({ name, label, hint, example, suffix, isSecret }) => (
    <Field
      key={name}
      label={label}
      hint={hint}
      name={name}
      type={isSecret ? "password" : "text"}
      value={values[name] ?? ""}
      placeholder={example}
      autoComplete="off"
      autoCapitalize="none"
      spellCheck={false}
      data-first
      onChange={(event) => onType(name, event.target.value)}
      error={errorOf(name)}
      after={<Suffix suffix={suffix} typed={values[name] ?? ""} />}
    />
  ));
}

function NeedsNoSignIn({ platform, datasource }: { platform: ConnectPlatform; datasource: string }) {
  const { organisation } = usePlace();
  return (
    <div className="note">
      <Icon name="file" />
      <p className="grow">
        <Trans>{platform.title} needs no sign-in: its numbers come with the files that you give.</Trans>
      </p>
      <Link className="btn s" href={to.datasource(organisation.slug, datasource, "files")}>
        <Trans>Give a file</Trans>
      </Link>
    </div>
  );
}

function BeginVerb({ platform, isOpening }: { platform: ConnectPlatform; isOpening: boolean }) {
  if (platform.method === "API_KEY") return <Trans>Paste the key</Trans>;
  if (platform.method === "FILE_UPLOAD") return <Trans>Add {platform.title}</Trans>;
  return (
    <>
      {isOpening ? <Trans>Opening {platform.title}…</Trans> : <Trans>Continue to {platform.title}</Trans>}
      <Icon name="out" />
    </>
  );
}

/** What we shall add to what was typed, once something without a dot stands there. */
function Suffix({ suffix, typed }: { suffix: string | null; typed: string }) {
  if (!suffix || !typed || typed.includes(".")) return null;
  return <span className="faint sm">{suffix.startsWith(".") ? suffix : `.${suffix}`}</span>;
}

/** What would be counted twice, or does not go together, and how much is at risk. */
function Warnings({ platform }: { platform: ConnectPlatform }) {
  const format = useFormat();
  return platform.warnings.map(({ kind, message, amountAtRisk, datasource }) => (
    <div key={`${kind} ${datasource?.id ?? ""} ${message}`} className="note w">
      <Icon name="warning" />
      <div>
        <p>
          <b>{message}</b>
        </p>
        {amountAtRisk?.currency && (
          <p>
            <Trans>
              {format.money(amountAtRisk.amount, amountAtRisk.currency, { whole: true })} of the last 30 days may be
              counted twice.
            </Trans>
          </p>
        )}
      </div>
    </div>
  ));
}

function Blocked({ platform }: { platform: ConnectPlatform }) {
  const reason = platform.notConnectableReason;
  if (!reason) return null;
  return (
    <div className="note w">
      <Icon name="warning" />
      <div>
        <p>
          <b>{reason.message}</b>
        </p>
        {reason.meaning && <p>{reason.meaning}</p>}
        {reason.remedy && reason.remedy.kind !== "WAIT" && (
          <p>{reason.remedy.url ? <a href={reason.remedy.url}>{reason.remedy.label}</a> : reason.remedy.label}</p>
        )}
      </div>
    </div>
  );
}

function Requirements({ platform }: { platform: ConnectPlatform }) {
  if (platform.prerequisites.length === 0) return null;
  return (
    <section className="part">
      <h3>
        {platform.method === "FILE_UPLOAD" ? (
          <Trans>What you need</Trans>
        ) : (
          <Trans>What you need at {platform.title}</Trans>
        )}
      </h3>
      <ul className="bullets sm">
        {platform.prerequisites.map((line) => (
          <li key={line}>{line}</li>
        ))}
      </ul>
    </section>
  );
}

function Scopes({ platform }: { platform: ConnectPlatform }) {
  if (platform.scopes.length === 0) return null;
  return (
    <section className="part">
      <h3>
        <Trans>What will be read, and never changed</Trans>
      </h3>
      <ul className="ls scopes">
        {platform.scopes.map(({ name, purpose, isRequired }) => (
          <li key={name}>
            <span>
              {purpose}
              {!isRequired && (
                <span className="faint nowrap">
                  {" · "}
                  <Trans comment="a scope that is not required">optional</Trans>
                </span>
              )}
            </span>
            <code translate="no">{name}</code>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Facts({ platform }: { platform: ConnectPlatform }) {
  const { t } = useLingui();
  const format = useFormat();
  const { historyMonths, historyNote, cadenceSeconds } = platform;
  const isFiles = platform.method === "FILE_UPLOAD";
  return (
    <dl className="facts3">
      <div>
        <dt>
          <Trans>History</Trans>
        </dt>
        <dd>
          {isFiles
            ? t`What your files hold`
            : t`The newest ${Math.min(historyMonths ?? firstMonths, firstMonths)} months`}
        </dd>
        <dd>{historyNote}</dd>
      </div>
      <div>
        <dt>
          <Trans>First numbers</Trans>
        </dt>
        <dd>{isFiles ? t`With your first file` : t`Within a minute`}</dd>
        <dd>
          {isFiles
            ? t`You see every line first; nothing counts before you agree`
            : t`Yesterday first; older days follow, newest first`}
        </dd>
      </div>
      <div>
        <dt>
          <Trans>Kept fresh</Trans>
        </dt>
        <dd className="cap">{isFiles ? t`With each file` : format.cadence(cadenceSeconds)}</dd>
        <dd>
          {isFiles
            ? t`By hand, by a program, or fetched from a server as often as you say`
            : t`Stop or disconnect at any time`}
        </dd>
      </div>
    </dl>
  );
}

function Powers({ platform }: { platform: ConnectPlatform }) {
  if (platform.powers.length === 0) return null;
  return (
    <section className="part">
      <h3>
        <Trans>What it powers</Trans>
      </h3>
      <ul className="chips wrap">
        {platform.powers.map((power) => (
          <li key={power} className="chip flat">
            {power}
          </li>
        ))}
      </ul>
    </section>
  );
}

function Policy({ platform }: { platform: ConnectPlatform }) {
  if (!platform.policyUrl) return null;
  return (
    <p className="xs">
      <OutsideLink href={platform.policyUrl}>
        <Trans>Policy of {platform.title}</Trans>
      </OutsideLink>
    </p>
  );
}
