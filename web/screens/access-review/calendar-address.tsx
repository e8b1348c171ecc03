import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useClient } from "urql";
import { useFormat } from "../../language.tsx";
import { Copyable } from "../../parts/copyable.tsx";
import { Dialog, DialogFoot, DialogHead } from "../../parts/dialog.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { RenewCalendarAddressMutation } from "./access-review.documents.ts";

interface AddressProps {
  organisation: string;
  /** When this person made the one that works now; null where there is none. */
  madeAt: string | null;
}

/** The way to the same days in one's own calendar program. */
export function CalendarAddress(props: AddressProps) {
  const [isOpen, setOpen] = useState(false);
  return (
    <>
      <button type="button" className="btn s" onClick={() => setOpen(true)}>
        <Trans>Show in your calendar…</Trans>
      </button>
      {isOpen && <AddressDialog {...props} onClose={() => setOpen(false)} />}
    </>
  );
}

export function AddressDialog({ organisation, madeAt, onClose }: AddressProps & { onClose: () => void }) {
  const { t } = useLingui();
  const client = useClient();
  const { busy, once } = useOnce();
  const [url, setUrl] = useState<string | null>(null);
  const [problem, setProblem] = useState<Told | null>(null);
  const make = async (): Promise<void> => {
    setProblem(null);
    const outcome = await send(client, RenewCalendarAddressMutation, { input: { organisation } });
    if (!outcome.ok) setProblem(outcome.problem);
    else if ("url" in outcome.result) setUrl(outcome.result.url);
  };
  // A click beside the dialog must not lose what is shown only once.
  const close = url === null ? onClose : () => undefined;
  return (
    <Dialog className="dlg narrow" labelledBy="address-title" onClose={close}>
      <DialogHead id="address-title" onClose={url === null ? onClose : null}>
        {url === null ? t`Show these days in your calendar` : t`Copy the address now`}
      </DialogHead>
      {url === null ? (
        <>
          <div className="b">
            {problem && <ProblemNote problem={problem} />}
            <About madeAt={madeAt} />
          </div>
          <DialogFoot>
            <button type="button" className="btn ghost" onClick={onClose}>
              <Trans>Cancel</Trans>
            </button>
            <button type="button" className="btn pri" data-first aria-disabled={busy} onClick={() => once(make)}>
              {madeAt === null ? <Trans>Make an address</Trans> : <Trans>Make a new address</Trans>}
            </button>
          </DialogFoot>
        </>
      ) : (
        <AddressShown url={url} onDone={onClose} />
      )}
    </Dialog>
  );
}

function About({ madeAt }: Pick<AddressProps, "madeAt">) {
  const format = useFormat();
  return (
    <>
      <p className="sm">
        <Trans>
          A calendar program can follow an address of your own: it then shows whose access ends on which day, for as
          long as you are a member here.
        </Trans>
      </p>
      <p className="sm dim">
        <Trans>Whoever has the address sees these days too. Nothing can be changed with it.</Trans>
      </p>
      {madeAt !== null && (
        <p className="sm">
          <Trans>
            You made an address {format.whenWithin(madeAt)}. It cannot be shown again. A new one takes its place, and
            the old one stops at once.
          </Trans>
        </p>
      )}
    </>
  );
}

export function AddressShown({ url, onDone }: { url: string; onDone: () => void }) {
  const { t } = useLingui();
  return (
    <>
      <div className="b">
        <p className="sm dim">
          <Trans>It is shown this once; we keep only a hash of it.</Trans>
        </p>
        <Copyable label={t`Address`} text={url} />
        <p className="sm">
          <Trans>
            In your calendar program choose to subscribe to a calendar, or to add one from an address, and paste it.
          </Trans>
        </p>
      </div>
      <DialogFoot>
        <button type="button" className="btn pri" onClick={onDone}>
          <Trans>I have copied it</Trans>
        </button>
      </DialogFoot>
    </>
  );
}
