import { Trans, useLingui } from "@lingui/react/macro";
import { type ReactNode, useRef, useState } from "react";
import { useClient, useQuery } from "urql";
import { announce } from "../../parts/announcer.tsx";
import { inTurn } from "../../parts/in-turn.ts";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import { PageHeading, usePageTitle } from "../../shell/page.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { send } from "../commands/use-commands.ts";
import { ChooseMailsMutation, type MailChoice, MailChoicesQuery, type MailTopic } from "./mail-choices.documents.ts";

/** What one is told stands in the bell; what of it is written to one as well is one's own to say. */
export function MailsPage() {
  const { t } = useLingui();
  usePageTitle(t`Mails to you`);
  const [{ data, error }, refresh] = useQuery({ query: MailChoicesQuery, requestPolicy: "cache-and-network" });
  return (
    <>
      <div className="ph">
        <div>
          <PageHeading>
            <Trans>Mails to you</Trans>
          </PageHeading>
          <p className="dim">
            <Trans>
              Every notice stands under the bell, on any page. Turn off the mails that you do not want: for yourself
              alone, in every organisation.
            </Trans>
          </p>
        </div>
      </div>
      {data?.me ? (
        <Choices choices={data.me.mails} />
      ) : error ? (
        <LoadFailed
          error={error}
          onRetry={() => refresh({ requestPolicy: "network-only" })}
          what={<Trans>Your choice of mails could not be read.</Trans>}
        />
      ) : (
        <Skeleton>
          <div className="card skmap" />
        </Skeleton>
      )}
    </>
  );
}

function Choices({ choices }: { choices: readonly MailChoice[] }) {
  const [turn] = useState(inTurn);
  const [last, setLast] = useState<MailTopic | null>(null);
  return (
    <div className="card pad stack">
      <ul className="ls">
        {choices.map((choice) => (
          <Choice
            key={choice.topic}
            choice={choice}
            turn={turn}
            isLast={choice.topic === last}
            onChoose={() => setLast(choice.topic)}
          />
        ))}
      </ul>
      <p className="xs faint">
        <Trans>
          Owners and admins are written to; whoever asked to be told of a platform, or was told of trouble, hears of
          that too. What keeps your account safe, such as a changed password, is written in any case.
        </Trans>
      </p>
    </div>
  );
}

interface ChoiceProps {
  choice: MailChoice;
  /** One at a time, in the order in which they were pressed: all are kept in one place. */
  turn: ReturnType<typeof inTurn>;
  /** No other one was chosen after it. */
  isLast: boolean;
  onChoose: () => void;
}

function Choice({ choice: { topic, isOn }, turn, isLast, onChoose }: ChoiceProps) {
  const { t } = useLingui();
  const client = useClient();
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [chosen, setChosen] = useState<boolean | null>(null);
  const presses = useRef(0);
  const choose = async (wanted: boolean): Promise<void> => {
    const press = ++presses.current;
    onChoose();
    setChosen(wanted);
    setState("saving");
    const { result, isLast: isNewest } = await turn(() =>
      send(client, ChooseMailsMutation, { input: { topic, isOn: wanted } }),
    );
    // What was pressed since then says how it stands.
    if (press !== presses.current) return;
    setState(result.ok ? "saved" : "idle");
    if (result.ok && isNewest) announce(t`Saved`);
    if (result.ok) return;
    setChosen(null);
    tellProblem(result.problem);
  };
  const { title, text } = wordsOf[topic];
  return (
    <li>
      <label className="row grow">
        <input
          type="checkbox"
          className="chk"
          checked={chosen ?? isOn}
          onChange={(event) => void choose(event.target.checked)}
        />
        <span>
          <b>{title}</b>
          <br />
          <span className="xs faint">{text}</span>
        </span>
      </label>
      <span className="xs faint nowrap">
        {state === "saving" ? <Trans>Saving…</Trans> : state === "saved" && isLast ? <Trans>Saved</Trans> : null}
      </span>
    </li>
  );
}

const wordsOf: Readonly<Record<MailTopic, { title: ReactNode; text: ReactNode }>> = {
  NEEDS_SOMEONE: {
    title: <Trans>Something needs somebody</Trans>,
    text: (
      <Trans>
        Access that is lost, a store that its source has frozen, an account that is gone at its source, data that cannot
        be read, more connected apps than the plan holds.
      </Trans>
    ),
  },
  GRANT_ENDING: {
    title: <Trans>Access is about to end</Trans>,
    text: <Trans>14, 7, 3 and 1 days before.</Trans>,
  },
  PAUSED_BY_PLATFORM: {
    title: <Trans>Headwater paused a sync</Trans>,
    text: <Trans>After repeated failures: somebody has to resume it.</Trans>,
  },
  RECOVERED: {
    title: <Trans>It works again</Trans>,
    text: <Trans>Once, when what a mail told you of is over and nothing failed for a quarter of an hour.</Trans>,
  },
  HISTORY_READ: {
    title: <Trans>A history is in</Trans>,
    text: <Trans>If it took over an hour.</Trans>,
  },
  REQUESTED: {
    title: <Trans>Somebody asks you for something</Trans>,
    text: <Trans>What they may not do themselves.</Trans>,
  },
  REVIEW_DUE: {
    title: <Trans>An access review is due</Trans>,
    text: <Trans>Once, two weeks before.</Trans>,
  },
  PLATFORM_OPENED: {
    title: <Trans>A platform can be connected</Trans>,
    text: <Trans>If you asked to be told.</Trans>,
  },
};
