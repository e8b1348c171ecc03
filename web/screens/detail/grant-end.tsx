import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";

interface GrantEndProps {
  endsAt: string | null;
  renewsItself: boolean;
  /** No word before it says that it is of the end. */
  isAlone?: boolean;
}

/** A token that is renewed with every use ends only if nobody uses it. */
export function GrantEnd({ endsAt, renewsItself, isAlone = false }: GrantEndProps) {
  const format = useFormat();
  if (!endsAt) return isAlone ? <Trans>does not end by itself</Trans> : <Trans>not by itself</Trans>;
  const day = format.day(format.dayOf(endsAt), { year: true });
  if (renewsItself) return <Trans>renews itself; unused it ends {day}</Trans>;
  return isAlone ? <Trans>ends {day}</Trans> : day;
}

export interface Ended {
  readonly at: string | null;
}

const stillHeld = ["scopeMissing", "roleMissing", "notPermitted", "otherAccount", "alreadyConnected"];

/** Since when nothing can be done with the grant; what lacks only a scope or a role is still a grant. */
export function endedAt({ connection, disconnectedAt }: LiveDatasource): Ended | null {
  if (disconnectedAt) return { at: disconnectedAt };
  const reason = connection?.isDead ? connection.reason : null;
  return reason && !stillHeld.includes(reason.code) ? { at: reason.since } : null;
}
