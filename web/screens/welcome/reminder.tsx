import { Plural, Trans } from "@lingui/react/macro";
import { Link } from "wouter";
import { Icon } from "../../parts/icon.tsx";
import { to } from "../../routes.ts";
import { useMay, usePlace } from "../../shell/organisation.tsx";
import { useOnboarding } from "./use-onboarding.ts";
import type { OnboardingSteps } from "./welcome.documents.ts";

/** A slim card on the Overview for the steps that are left, until they are done or put away. */
export function Reminder() {
  const mayConnect = useMay("CONNECT_DATASOURCE");
  const { onboarding, dismiss } = useOnboarding();
  if (!mayConnect || !onboarding) return null;
  return <ReminderView onboarding={onboarding} onDismiss={dismiss} />;
}

export function ReminderView({ onboarding, onDismiss }: { onboarding: OnboardingSteps; onDismiss: () => void }) {
  const { organisation } = usePlace();
  if (onboarding.isDone || onboarding.dismissedAt !== null) return null;
  const left = onboarding.steps.filter(({ state }) => state !== "DONE").length;
  return (
    <div className="note reminder">
      <Icon name="spark" />
      <p className="grow">
        <Plural value={left} one="# of 3 first steps is left." other="# of 3 first steps are left." />{" "}
        <Link href={to.welcome(organisation.slug)}>
          <Trans>Go on</Trans>
        </Link>
      </p>
      <button type="button" className="btn s ghost" onClick={onDismiss}>
        <Trans>Put away</Trans>
      </button>
    </div>
  );
}
