import { Trans, useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useFormat } from "../../language.tsx";
import type { LiveDatasource } from "../../live/live.documents.ts";
import { Select } from "../../parts/select.tsx";
import { tellProblem } from "../commands/problems.tsx";
import { useCommands, useGiving } from "../commands/use-commands.ts";
import { SetQuotaCeilingMutation } from "./quota-ceiling.documents.ts";

interface CeilingProps {
  datasource: LiveDatasource;
  /** Null where all that the source allows may be used. */
  percent: number | null;
  onChanged: () => void;
}

const ceilings = [25, 50, 75];
const ALL = 100;

/** How much of what the source allows is used at most. */
export function QuotaCeiling({ datasource, percent, onChanged }: CeilingProps) {
  const format = useFormat();
  const commands = useCommands(datasource);
  const source = datasource.platform.title;
  const share = format.percent(percent ?? ALL);
  return (
    <section className="card pad" aria-labelledby="quota-ceiling">
      <h2 id="quota-ceiling">
        <Trans comment="how much of what a source allows is used at most">Quota ceiling</Trans>
      </h2>
      <p className="sm dim">
        <Trans>
          How much of what {source} allows Headwater uses at most, so that the rest stays free for your other apps. With
          less, the history and long syncs take longer. What runs keeps to a change within ten minutes.
        </Trans>
      </p>
      {commands.may("SET_QUOTA_CEILING") ? (
        <CeilingField datasource={datasource} percent={percent} onChanged={onChanged} />
      ) : (
        <p className="sm">
          <Trans>At most {share}.</Trans> {commands.whyNot("SET_QUOTA_CEILING")}
        </p>
      )}
    </section>
  );
}

function CeilingField({ datasource, percent, onChanged }: CeilingProps) {
  const { t } = useLingui();
  const format = useFormat();
  const giving = useGiving(datasource);
  const [state, setState] = useState<"idle" | "saving" | "saved">("idle");
  const [chosen, setChosen] = useState<number | null>(null);
  const choose = async (one: number): Promise<void> => {
    setChosen(one);
    setState("saving");
    const input = { ...giving.base(), percent: one === ALL ? null : one };
    const outcome = await giving.give("SET_QUOTA_CEILING", SetQuotaCeilingMutation, { input }, t`Saved`);
    setState(outcome.ok ? "saved" : "idle");
    setChosen((now) => (now === one ? null : now));
    if (!outcome.ok) tellProblem(outcome.problem);
    onChanged();
  };
  return (
    <Select
      label={t({ message: "At most", comment: "quota ceiling: how much of what the source allows" })}
      value={String(chosen ?? percent ?? ALL)}
      options={[
        ...ceilings.map((one) => ({ value: String(one), label: format.percent(one) })),
        { value: String(ALL), label: t({ message: "All of it", comment: "all that the source allows" }) },
      ]}
      onChange={(value) => void choose(Number(value))}
      hint={
        state === "saved" ? (
          <Trans>Saved</Trans>
        ) : state === "saving" ? (
          <Trans>Saving…</Trans>
        ) : (
          <Trans>Saved when you choose</Trans>
        )
      }
    />
  );
}
