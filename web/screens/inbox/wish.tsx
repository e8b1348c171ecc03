import { Trans } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { useOnce } from "../../parts/use-once.ts";
import { send } from "../commands/use-commands.ts";
import { SetWishMutation } from "./requests.documents.ts";

interface WishProps {
  platform: { id: string; title: string; isWished: boolean };
}

/** Of what is coming soon: to be told of it once, or not after all. */
export function Wish({ platform: { id, title, isWished } }: WishProps) {
  const client = useClient();
  const { busy, once } = useOnce();
  const [set, setSet] = useState<boolean | null>(null);
  const [hasFailed, setFailed] = useState(false);
  const isKept = set ?? isWished;
  const turn = async (): Promise<void> => {
    const outcome = await send(client, SetWishMutation, { input: { platform: id, isWished: !isKept } });
    if (outcome.ok) setSet(!isKept);
    setFailed(!outcome.ok);
  };
  return (
    <span className="xs wish">
      <span role="status">{isKept && <Trans>You are told when it opens.</Trans>}</span>{" "}
      <button type="button" className="link" aria-disabled={busy} onClick={() => once(turn)}>
        {isKept ? <Trans comment="takes back a wish">Take it back</Trans> : <Trans>Tell me when it opens</Trans>}
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
