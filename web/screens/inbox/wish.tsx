import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { useOnce } from "../../parts/use-once.ts";
import { send } from "../commands/use-commands.ts";
import { SetWishMutation } from "./requests.documents.ts";

interface WishProps {
  platform: { id: string; title: string; isWished: boolean };
}

/** Of what cannot be connected yet: to be told once it can be, or not after all. The store of the page keeps what was answered. */
export function Wish({ platform: { id, title, isWished } }: WishProps) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [hasFailed, setFailed] = useState(false);
  const turn = async (): Promise<void> => {
    const outcome = await send(client, SetWishMutation, { input: { platform: id, isWished: !isWished } });
    setFailed(!outcome.ok);
  };
  return (
    <span className="xs ways">
      <span role="status">{isWished && <Trans>You are told when it opens.</Trans>}</span>{" "}
      <button type="button" className="link" aria-disabled={busy} onClick={() => once(turn)}>
        {isWished ? <Trans comment="takes back a wish">Take it back</Trans> : <Trans>Tell me when it opens</Trans>}
        <span className="vh">, {title}</span>
      </button>
      {hasFailed && (
        <span role="alert">
          {" "}
          <Trans>Headwater did not answer. Nothing was changed.</Trans>
        </span>
      )}
    </span>
  );
}
