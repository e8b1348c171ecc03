import { Trans } from "@lingui/react/macro";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";

/** A token that is renewed with every use ends only if nobody uses it. */
export function GrantEnd({ endsAt, renewsItself }: { endsAt: string | null; renewsItself: boolean }) {
  const format = useFormat();
  if (!endsAt) return <Trans>not by itself</Trans>;
  const day = format.day(format.dayOf(endsAt), { year: true });
  return renewsItself ? <Trans>renews itself; unused it ends {day}</Trans> : day;
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
