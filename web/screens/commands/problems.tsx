import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useState, useSyncExternalStore } from "react";
import { Link } from "wouter";
import { useLive } from "../../live/live.tsx";
import { hearers } from "../../parts/hearers.ts";
import { Icon } from "../../parts/icon.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { Ago } from "../../parts/time.tsx";
import { to } from "../../routes.ts";
import { usePlace } from "../../shell/organisation.tsx";
import type { Problem } from "./commands.documents.ts";

export type Told = Problem | { readonly code: "UNREACHABLE" };

export const hasNoRoom = (problem: Told): problem is Problem => problem.code === "SLOT_LIMIT_REACHED";

const { subscribe, tell } = hearers();
let told: Told | null = null;

/** Shows what went wrong with a command, until the person closes it or gives another one. */
export function tellProblem(problem: Told | null): void {
  told = problem;
  tell();
}

/** One place for what a command could not do; it waits for the person and never leaves by itself. */
export function Problems() {
  const problem = useSyncExternalStore(subscribe, () => told);
  if (!problem) return null;
  const close = (): void => tellProblem(null);
  return (
    <div className="problem">
      <ProblemNote problem={problem} onClose={close} />
    </div>
  );
}

interface NoteProps {
  problem: Told;
  onClose?: () => void;
  /** What was typed here is kept nowhere else: a way out leads to a tab of its own. */
  keepsPage?: boolean;
  /** The one thing to do, where the page knows it. */
  children?: ReactNode;
}

export function ProblemNote({ problem, onClose, keepsPage = false, children }: NoteProps) {
  const { t } = useLingui();
  const words = "message" in problem ? problem : null;
  const note = (
    <div className={hasNoRoom(problem) ? "note w" : "note b"} role="alert">
      <Icon name="warning" />
      <div>
        <p>
          <b>{words?.message ?? <Trans>Headwater did not answer.</Trans>}</b>
        </p>
        <p>{words?.meaning ?? <Trans>Nothing was changed. Try again in a moment.</Trans>}</p>
        {words?.ways ? (
          <PlanWays ways={words.ways} leastUsed={words.leastUsed} keepsPage={keepsPage} />
        ) : (
          <WaysOut ways={words?.remedy ? [words.remedy] : []} />
        )}
      </div>
      {children}
      {onClose && (
        <button type="button" className="iconb" aria-label={t`Close`} onClick={onClose}>
          <Icon name="close" />
        </button>
      )}
    </div>
  );
  return hasNoRoom(problem) ? <UntilRoom>{note}</UntilRoom> : note;
}

/** That no slot is free is untrue once one is. The word on it may come after the refusal: only from then on does it count. */
function UntilRoom({ children }: { children: ReactNode }) {
  const { organisation: atStart } = usePlace();
  const isFull = (useLive((state) => state.organisation) ?? atStart).slots.free === 0;
  const [wasFull, setWasFull] = useState(isFull);
  if (isFull && !wasFull) setWasFull(true);
  return wasFull && !isFull ? null : children;
}

type Way = NonNullable<Problem["remedy"]>;

interface WaysProps {
  ways: readonly Way[];
  hrefOf?: (way: Way) => string | null;
  keepsPage?: boolean;
}

/** Each way out as a link where it leads somewhere, else in words. */
function WaysOut({ ways, hrefOf = ({ url }) => url, keepsPage = false }: WaysProps) {
  if (ways.length === 0) return null;
  return (
    <p>
      {ways.map((way, n) => {
        const href = hrefOf(way);
        return (
          <span key={way.kind}>
            {n > 0 && " · "}
            {href === null ? (
              way.label
            ) : href === way.url ? (
              <a href={href}>{way.label}</a>
            ) : keepsPage ? (
              <OutsideLink href={href}>{way.label}</OutsideLink>
            ) : (
              <Link href={href}>{way.label}</Link>
            )}
          </span>
        );
      })}
    </p>
  );
}

interface PlanProps {
  ways: readonly Way[];
  leastUsed: Problem["leastUsed"];
  keepsPage: boolean;
}

/** At the limit of the plan: to the one that brings the least, or to the plan. */
function PlanWays({ ways, leastUsed, keepsPage }: PlanProps) {
  const { slug } = usePlace().organisation;
  const asking = (what: string): string =>
    leastUsed ? `${to.datasource(slug, leastUsed.id)}?ask=${what}` : to.datasources(slug);
  const hrefOf = ({ kind, url }: Way): string | null => {
    if (url) return url;
    if (kind === "DISCONNECT_ONE") return asking("disconnect");
    if (kind === "REPLACE_ONE") return asking("replace");
    return kind === "UPGRADE" ? to.plan(slug) : null;
  };
  return (
    <>
      {leastUsed && (
        <p>
          {leastUsed.lastSuccessAt ? (
            <Trans>
              The least used is {leastUsed.name}: last synced <Ago at={leastUsed.lastSuccessAt} />.
            </Trans>
          ) : (
            <Trans>The least used is {leastUsed.name}: not synced yet.</Trans>
          )}{" "}
          {leastUsed.lastOpenedAt ? (
            <Trans>
              Its page was last opened <Ago at={leastUsed.lastOpenedAt} />.
            </Trans>
          ) : (
            <Trans>No opening of its page on record.</Trans>
          )}
        </p>
      )}
      <WaysOut ways={ways} hrefOf={hrefOf} keepsPage={keepsPage} />
    </>
  );
}
