import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useLayoutEffect, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { useQuery } from "urql";
import { useFormat } from "../../language.tsx";
import { announce, unsay } from "../../parts/announcer.tsx";
import { CloseButton, Dialog } from "../../parts/dialog.tsx";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon } from "../../parts/icon.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { type ConnectPlatform, ConnectPlatformQuery } from "./connect.documents.ts";
import { to, withChosen } from "../../routes.ts";
import { useLiveDatasource } from "../../live/live.tsx";
import { usePlace } from "../../shell/organisation.tsx";
import { forgetDraftsOf } from "../../shell/use-draft.ts";
import { beginsAnew, replacedBy } from "./begins-anew.ts";
import { type ConnectFlow, type Purpose, useConnectFlow } from "./connect-flow.ts";
import { connectedWith, withOthers } from "./connected-with.ts";
import { cameToNothing } from "./first-data-stage.ts";
import { isKept } from "./is-kept.ts";
import { prefetchSteps, StepBody, type StepProps, WideSkeleton } from "./step-body.tsx";
import { type Step, stepsOf } from "./steps.ts";
import { useReplaced } from "./use-replaced.ts";
import { useSlots } from "./use-slots.ts";
import "./connect.css";

interface DrawerProps {
  platform: string;
  /** It has come: what lies behind it may follow. */
  onStands?: (() => void) | undefined;
  onClose: () => void;
}

export function ConnectDrawer({ platform, onStands, onClose }: DrawerProps) {
  const [{ data, error }, refresh] = useQuery({ query: ConnectPlatformQuery, variables: { name: platform } });
  const { organisation, me } = usePlace();
  const isFull = useSlots().free === 0;
  const wasFull = useRef(isFull);
  useEffect(() => {
    if (wasFull.current === isFull) return;
    wasFull.current = isFull;
    // What makes room is told with the platform, as it stood when that was asked.
    refresh({ requestPolicy: "network-only" });
  }, [isFull, refresh]);
  const [, navigate] = useLocation();
  const asked = purposeFrom(useSearch());
  const [held, setHeld] = useState<Held | null>(null);
  const isHeld = held !== null && "attempt" in asked && asked.attempt === held.attempt;
  // What this drawer began goes on in it, though its address now leads back to it as to one begun before.
  const purpose = isHeld ? held.purpose : asked;
  useEffect(() => onStands?.(), [onStands]);
  useEffect(() => {
    if (!held) return;
    // What was typed for it has been taken.
    forgetDraftsOf({ person: me.id, organisation: organisation.id, of: platform });
    navigate(addressOf(organisation.slug, platform, held), { replace: true });
  }, [held, navigate, me.id, organisation.id, organisation.slug, platform]);
  if (data?.platform)
    return (
      <ConnectSteps
        // What was begun for one purpose is over when it goes on as another.
        key={`${purpose.kind} ${"datasource" in purpose ? purpose.datasource : ""}`}
        platform={data.platform}
        purpose={purpose}
        onHeld={setHeld}
        onClose={onClose}
      />
    );
  return (
    <Dialog className="drawer" labelledBy="connect-title" onClose={onClose}>
      <header className="bare">
        <h2 className="grow" id="connect-title">
          <Trans>Connect a datasource</Trans>
        </h2>
        <CloseButton onClose={onClose} />
      </header>
      <div className="body">
        {error ? (
          <LoadFailed
            error={error}
            onRetry={() => refresh({ requestPolicy: "network-only" })}
            what={<Trans>This platform could not be read.</Trans>}
          />
        ) : data ? (
          <p className="dim">
            <Trans>There is no such platform in the catalog.</Trans>
          </p>
        ) : (
          <WideSkeleton />
        )}
      </div>
    </Dialog>
  );
}

/** An attempt that stands, and what it was begun for. */
interface Held {
  readonly purpose: Purpose;
  readonly attempt: string;
  readonly datasource: string;
  readonly replaces: string | null;
}

/** Where it goes on, in this tab or another. Whose place it takes stands in it: once it is gone nothing else tells. */
function addressOf(org: string, platform: string, { purpose, attempt, datasource, replaces }: Held): string {
  const leads = purpose.kind === "reauthorize" ? to.reauthorize : to.continueConnect;
  const others = "others" in purpose ? (purpose.others ?? []) : [];
  const address = new URL(leads(org, platform, datasource), location.origin);
  return address.pathname + withChosen(address.search, { attempt, replaces, ...withOthers(others) });
}

function purposeFrom(search: string): Purpose {
  const parameters = new URLSearchParams(search);
  const reauthorize = parameters.get("reauthorize");
  const unfinished = parameters.get("continue");
  const attempt = parameters.get("attempt");
  const others = connectedWith(search);
  if (reauthorize) return { kind: "reauthorize", datasource: reauthorize, attempt, others };
  const replace = parameters.get("replace");
  if (replace) return { kind: "replace", datasource: replace };
  const replaces = parameters.get("replaces") ?? undefined;
  return unfinished ? { kind: "continue", datasource: unfinished, attempt, others, replaces } : { kind: "connect" };
}

/** Where it begins: nothing of it stands. */
function beginningOf(org: string, platform: string, purpose: Purpose): string {
  switch (purpose.kind) {
    case "connect":
      return to.connect(org, platform);
    case "continue":
      return to.continueConnect(org, platform, purpose.datasource);
    case "reauthorize":
      return to.reauthorize(org, platform, purpose.datasource);
    case "replace":
      return to.replace(org, platform, purpose.datasource);
  }
}

interface StepsProps {
  platform: ConnectPlatform;
  purpose: Purpose;
  onHeld: (held: Held) => void;
  onClose: () => void;
}

function ConnectSteps({ platform, purpose: asked, onHeld, onClose }: StepsProps) {
  const { purpose, finding } = useReplaced(asked);
  const flow = useConnectFlow(platform, purpose);
  const { organisation } = usePlace();
  const [, navigate] = useLocation();
  const made = flow.state.kind === "made" ? flow.state.datasource : null;
  useEffect(() => {
    if (made) navigate(to.datasource(organisation.slug, made, "files"));
  }, [made, navigate, organisation.slug]);
  useHolding(flow.state, purpose, onHeld);
  useEffect(() => prefetchSteps(platform), [platform]);
  const { isGivenUp } = flow;
  const again = (): void => {
    const replaced = replacedBy(purpose);
    const isAnew = beginsAnew(purpose, flow);
    const anew: Purpose = replaced === null ? { kind: "connect" } : { kind: "replace", datasource: replaced };
    if (!isAnew) flow.again();
    navigate(beginningOf(organisation.slug, platform.name, isAnew ? anew : purpose), { replace: true });
  };
  const latest = useRef(again);
  useLayoutEffect(() => {
    latest.current = again;
  });
  useLayoutEffect(() => {
    if (isGivenUp) latest.current();
  }, [isGivenUp]);
  const shown = finding === null ? flow.state : finding;
  return (
    <ConnectView platform={platform} purpose={purpose} flow={{ ...flow, state: shown, again }} onClose={onClose} />
  );
}

/** Tells of the attempt once there is one. */
function useHolding(state: ConnectFlow["state"], purpose: Purpose, onHeld: (held: Held) => void): void {
  const attempt = "attempt" in state ? state.attempt.id : null;
  const datasource = "datasource" in state ? state.datasource : null;
  const latest = useRef(purpose);
  useLayoutEffect(() => {
    latest.current = purpose;
  });
  const replaces = replacedBy(purpose);
  useEffect(() => {
    if (attempt !== null && datasource !== null) onHeld({ purpose: latest.current, attempt, datasource, replaces });
  }, [attempt, datasource, replaces, onHeld]);
}

/** Null while it is being asked for. Of several that were chosen together, one that came to nothing hides no other. */
function stepOf({ state, attempt }: Pick<ConnectFlow, "state" | "attempt">, isOfSeveral: boolean): Step | null {
  if (state.kind === "finding") return null;
  if (state.kind === "pasting") return "sign-in";
  if (state.kind !== "waiting" && state.kind !== "back") return "prepare";
  if (attempt?.state === "CHOOSING_ACCOUNT") return "choose";
  if (isOfSeveral && cameToNothing(attempt?.state)) return "first-data";
  return attempt?.state === "CONNECTED" || attempt?.state === "VERIFYING" ? "first-data" : "sign-in";
}

/** Accounts were chosen: until their first data it is their connecting that goes on, whichever word on it comes first. */
const isChoiceOnItsWay = (attempt: ConnectFlow["attempt"], sentFor: string | null): boolean =>
  attempt !== null && attempt.id === sentFor && (attempt.state === "CHOOSING_ACCOUNT" || attempt.state === "RETURNED");

function useStep(flow: Pick<ConnectFlow, "state" | "attempt">, sentFor: string | null): Step | null {
  const isOfSeveral = connectedWith(useSearch()).length > 0;
  return isChoiceOnItsWay(flow.attempt, sentFor) ? "choose" : stepOf(flow, isOfSeveral);
}

function useStepWords(platform: ConnectPlatform): Readonly<Record<Step, string>> {
  const { t } = useLingui();
  const byMethod: Record<ConnectPlatform["method"], string> = {
    OAUTH: t`Sign in at ${platform.title}`,
    API_KEY: t({ message: "Paste the key", comment: "step of connecting" }),
    FILE_UPLOAD: t({ message: "Upload", comment: "step of connecting" }),
    NONE: platform.title, // sample data, which nobody connects
  };
  return {
    prepare: t({ message: "Prepare", comment: "step of connecting" }),
    "sign-in": byMethod[platform.method],
    choose: t`Choose accounts`,
    "first-data": t({ message: "First data", comment: "step of connecting" }),
  };
}

export function ConnectView({ platform, purpose, flow, onClose }: Omit<StepProps, "step" | "onChosen">) {
  const { t } = useLingui();
  const format = useFormat();
  const [sentFor, setSentFor] = useState<string | null>(null);
  const step = useStep(flow, sentFor);
  const body = useRef<HTMLDivElement>(null);
  const words = useStepWords(platform);
  const of = useLiveDatasource("datasource" in purpose ? purpose.datasource : "");
  const steps = stepsOf(platform, purpose, of?.account ?? null);
  const at = steps.findIndex((each) => each === step);
  const label = step === null ? "" : words[step];
  const isFirst = useRef(true);
  useEffect(() => {
    if (label === "") return;
    if (!isFirst.current) {
      announce(label);
      body.current?.focus();
    }
    isFirst.current = false;
    return () => unsay(label);
  }, [label]);
  const close = (): void => {
    if (flow.attempt && isKept(flow.attempt))
      announce(t`Your sign-in is kept until ${format.time(flow.attempt.expiresAt)}.`);
    onClose();
  };
  return (
    <Dialog className="drawer" labelledBy="connect-title" onClose={close}>
      <header>
        <div className="row">
          <Glyph title={platform.title} category={platform.category} />
          <h2 className="grow" id="connect-title">
            <PurposeTitle platform={platform} purpose={purpose} />
          </h2>
          <CloseButton onClose={close} />
        </div>
        <ol className="steps">
          {steps.map((each, n) => (
            <li key={each} aria-current={n === at ? "step" : undefined}>
              {n < at ? <Icon name="tick" /> : <span className="n">{n + 1}</span>}
              <span>{words[each]}</span>
            </li>
          ))}
        </ol>
      </header>
      {/* Without a field or a button inside, what scrolls must take the focus itself. */}
      <div className="body" ref={body} tabIndex={platform.isConnectable ? -1 : 0}>
        <StepBody
          step={step}
          platform={platform}
          purpose={purpose}
          flow={flow}
          onChosen={setSentFor}
          onClose={onClose}
        />
      </div>
    </Dialog>
  );
}

function PurposeTitle({ platform, purpose }: Pick<StepProps, "platform" | "purpose">) {
  const replaced = replacedBy(purpose);
  if (purpose.kind === "reauthorize")
    return (
      <>
        <Trans>Reauthorize {platform.title}</Trans>
        <OfAccount datasource={purpose.datasource} />
      </>
    );
  if (replaced !== null) return <ReplaceTitle platform={platform} replaced={replaced} />;
  return <Trans>Connect {platform.title}</Trans>;
}

function OfAccount({ datasource }: { datasource: string }) {
  const name = useLiveDatasource(datasource)?.account?.name;
  return name ? ` · ${name}` : null;
}

function ReplaceTitle({ platform, replaced }: { platform: ConnectPlatform; replaced: string }) {
  const live = useLiveDatasource(replaced)?.name;
  // It leaves the list when its place is taken; what it was called still tells which.
  const [name, keep] = useState(live);
  if (live !== undefined && live !== name) keep(live);
  return name ? (
    <Trans>
      {platform.title} in the place of {name}
    </Trans>
  ) : (
    <Trans>Connect {platform.title}</Trans>
  );
}
