import { Trans } from "@lingui/react/macro";
import { latePart } from "../../parts/late.tsx";
import { LoadFailed, Skeleton } from "../../parts/states.tsx";
import type { ConnectPlatform } from "./connect.documents.ts";
import type { ConnectFlow, LoadFailure, Purpose } from "./connect-flow.ts";
import { Prepare } from "./prepare.tsx";
import type { Step } from "./steps.ts";

const Waiting = latePart(
  () => import("./waiting.tsx"),
  (part) => part.Waiting,
  <WideSkeleton />,
);
const PasteKey = latePart(
  () => import("./paste-key.tsx"),
  (part) => part.PasteKey,
  <WideSkeleton />,
);
const ChooseAccounts = latePart(
  () => import("./choose-accounts.tsx"),
  (part) => part.ChooseAccounts,
  <WideSkeleton />,
);
const FirstData = latePart(
  () => import("./first-data.tsx"),
  (part) => part.FirstData,
  <WideSkeleton />,
);

/** What follows the first step is there before anybody comes to it. */
export function prefetchSteps({ method, keyFields, reachesManyAccounts }: ConnectPlatform): void {
  if (method === "FILE_UPLOAD") return;
  Waiting.prefetch();
  if (method === "API_KEY" || keyFields.length > 0) PasteKey.prefetch();
  if (reachesManyAccounts) ChooseAccounts.prefetch();
  FirstData.prefetch();
}

export interface StepProps {
  /** Null while it is being asked for. */
  step: Step | null;
  platform: ConnectPlatform;
  purpose: Purpose;
  flow: ConnectFlow;
  /** Of which attempt accounts were chosen; null: they were not taken. */
  onChosen: (attempt: string | null) => void;
  onClose: () => void;
}

export function StepBody({ step, platform, purpose, flow, onChosen, onClose }: StepProps) {
  switch (step) {
    case null:
      return <Finding failure={flow.state.kind === "finding" ? flow.state.failure : null} />;
    case "prepare":
      return <Prepare platform={platform} purpose={purpose} flow={flow} />;
    case "sign-in":
      return flow.state.kind === "pasting" ? (
        <PasteKey platform={platform} purpose={purpose} flow={flow.key} />
      ) : (
        <Waiting platform={platform} flow={flow} />
      );
    case "choose":
      return "datasource" in flow.state && flow.attempt ? (
        <ChooseAccounts
          platform={platform}
          datasource={flow.state.datasource}
          attempt={flow.attempt}
          onChosen={onChosen}
          onGivenUp={() => flow.again()}
        />
      ) : null;
    case "first-data":
      return <FirstData platform={platform} purpose={purpose} flow={flow} onClose={onClose} />;
  }
}

function Finding({ failure }: { failure: LoadFailure | null }) {
  return failure ? (
    <LoadFailed
      error={failure.error}
      onRetry={failure.retry}
      what={<Trans>How far this sign-in has come could not be read.</Trans>}
    />
  ) : (
    <WideSkeleton />
  );
}

export function WideSkeleton() {
  return (
    <Skeleton>
      <div className="skcol">
        <span className="fade w160" />
        <span className="fade wide" />
        <span className="fade wide" />
      </div>
    </Skeleton>
  );
}
