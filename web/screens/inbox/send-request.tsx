import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient, useQuery } from "urql";
import { newIdempotencyKey } from "../../client.ts";
import { useFormat } from "../../language.tsx";
import { announce } from "../../parts/announcer.tsx";
import { useOnce } from "../../parts/use-once.ts";
import type { Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import {
  OwnRequestsQuery,
  type RequestAbout,
  SendRequestMutation,
  type StandingRequest,
} from "./requests.documents.ts";

export interface Asked {
  about: RequestAbout;
  /** Of which datasource, or which platform; neither: of the organisation. */
  datasource?: string;
  platform?: string;
  /** Of which of several in a list, for whoever hears it. */
  of?: string;
}

/** Of one datasource all that is asked is one thing, whatever it lacked when it was asked. */
const isSame = ({ about, datasource, platform }: StandingRequest, asked: Asked): boolean =>
  asked.datasource === undefined
    ? datasource === null && about === asked.about && platform?.id === asked.platform
    : datasource?.id === asked.datasource;

/** Behind the line that says who may: asks them, and says since when they are asked. */
export function SendRequest(asked: Asked) {
  const client = useClient();
  const { t } = useLingui();
  const format = useFormat();
  const { busy, once } = useOnce();
  const [{ data, error }, refresh] = useQuery({ query: OwnRequestsQuery, requestPolicy: "cache-and-network" });
  const [sent, setSent] = useState<StandingRequest | null>(null);
  const [refused, setRefused] = useState<{ words: string | null } | null>(null);
  const standing = sent ?? data?.organisation?.ownRequests.find((request) => isSame(request, asked)) ?? null;
  const saidOf = ({ askedAt }: StandingRequest): string =>
    t({
      message: `Asked, ${format.whenWithin(askedAt)}`,
      comment: "of a request that was sent, as in: Asked, 22:41",
    });
  const ask = async (): Promise<void> => {
    const { about, datasource = null, platform = null } = asked;
    const outcome = await send(client, SendRequestMutation, {
      input: { about, datasource, platform, idempotencyKey: newIdempotencyKey() },
    });
    if (!outcome.ok) return setRefused({ words: outcome.fields[0]?.message ?? wordsOf(outcome.problem) });
    setRefused(null);
    if (outcome.result.__typename !== "SendRequestSuccess") return;
    const { request } = outcome.result;
    setSent(request);
    announce(saidOf(request));
    // So that it stands wherever else the same may be asked, and when this place is come back to.
    refresh({ requestPolicy: "network-only" });
  };
  if (standing) return <span className="asked">{saidOf(standing)}</span>;
  if (!data && !error) return null;
  return (
    <>
      <button type="button" className="link" aria-disabled={busy} onClick={() => once(ask)}>
        <Trans>Send a request</Trans>
        {asked.of && <span className="vh">, {asked.of}</span>}
      </button>
      {refused && (
        <span role="alert"> {refused.words ?? <Trans>Headwater did not answer. Nothing was sent.</Trans>}</span>
      )}
    </>
  );
}

const wordsOf = (problem: Told): string | null => ("message" in problem ? problem.message : null);
