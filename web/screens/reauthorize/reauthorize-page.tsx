import { Trans, useLingui } from "@lingui/react/macro";
import { useEffect, useMemo, useState } from "react";
import { Provider, useClient, useQuery } from "urql";
import { makeClient } from "../../client.ts";
import { guessZone } from "../../format/places.ts";
import { browserRegion } from "../../format/region.ts";
import { FormatProvider, useFormat } from "../../language.tsx";
import { Icon } from "../../parts/icon.tsx";
import { OutsideLink } from "../../parts/outside-link.tsx";
import { LoadFailed } from "../../parts/states.tsx";
import { useOnce } from "../../parts/use-once.ts";
import { ProblemNote, type Told } from "../commands/problems.tsx";
import { EntryPage } from "../entry/entry-page.tsx";
import { FollowLinkMutation, type Invitation, InvitationQuery } from "./reauthorize.documents.ts";
import "./reauthorize.css";

/** For the person who holds a grant: no account, no navigation, and nothing of the brand's numbers. */
export function ReauthorizePage({ token }: { token: string }) {
  // The reader's own: they belong to no brand here.
  const [zone] = useState(guessZone);
  const client = useMemo(
    () => makeClient({ organisation: null, onSignedOut: () => undefined, onOutdated: () => location.reload() }),
    [],
  );
  useFreshOnReturn();
  return (
    <Provider value={client}>
      <FormatProvider zone={zone} region={browserRegion()}>
        <AskedFor token={token} />
      </FormatProvider>
    </Provider>
  );
}

/** Brought back by the browser's Back from the source: what was left in its place is read anew. */
function useFreshOnReturn(): void {
  useEffect(() => {
    const onShow = ({ persisted }: PageTransitionEvent): void => {
      if (persisted) location.reload();
    };
    addEventListener("pageshow", onShow);
    return () => removeEventListener("pageshow", onShow);
  }, []);
}

const askEveryMs = 3_000;

export function AskedFor({ token }: { token: string }) {
  const { t } = useLingui();
  const [{ data, error }, refresh] = useQuery({
    query: InvitationQuery,
    variables: { token },
    requestPolicy: "network-only",
  });
  const invitation = data?.reauthorizeLink;
  const isMoving = invitation?.state === "CHECKING";
  useEffect(() => {
    if (!isMoving) return;
    const timer = setInterval(() => refresh({ requestPolicy: "network-only" }), askEveryMs);
    return () => clearInterval(timer);
  }, [isMoving, refresh]);
  if (invitation) return <InvitationView token={token} invitation={invitation} />;
  if (error)
    return (
      <EntryPage title={t`Renew a sign-in`}>
        <LoadFailed
          error={error}
          onRetry={() => refresh({ requestPolicy: "network-only" })}
          what={<Trans>The link could not be read.</Trans>}
        />
      </EntryPage>
    );
  if (!data) return null;
  return (
    <EntryPage title={t`This link is not known`}>
      <p className="dim">
        <Trans>Perhaps a part of it was lost on the way. Ask for a new one whoever sent it.</Trans>
      </p>
    </EntryPage>
  );
}

export function InvitationView({ token, invitation }: { token: string; invitation: Invitation }) {
  const { t } = useLingui();
  const { state, platform, whoToAsk } = invitation;
  switch (state) {
    case "OPEN":
      return <OpenInvitation token={token} invitation={invitation} />;
    case "CHECKING":
      return (
        <EntryPage title={t`Checking what ${platform.title} granted`}>
          <p className="dim" role="status">
            <Trans>It takes a few seconds. You may close this page; it goes on.</Trans>
          </p>
        </EntryPage>
      );
    case "USED":
      return (
        <EntryPage title={t`Done`}>
          <p role="status" className="row">
            <Icon name="tick" />
            <span>
              <Trans>{invitation.askedBy} has been told. You can close this.</Trans>
            </span>
          </p>
          <p className="xs faint">
            <Trans>The link has had its one use. If something is still amiss, ask {whoToAsk}.</Trans>
          </p>
        </EntryPage>
      );
    case "EXPIRED":
      return (
        <EntryPage title={t`This link has ended`}>
          <p className="dim">
            <Trans>It was good for three days. Ask {whoToAsk} for a new one.</Trans>
          </p>
        </EntryPage>
      );
    case "REVOKED":
      return (
        <EntryPage title={t`This link was taken back`}>
          <p className="dim">
            <Trans>Nothing is needed from you. If that surprises you, ask {whoToAsk}.</Trans>
          </p>
        </EntryPage>
      );
  }
}

function OpenInvitation({ token, invitation }: { token: string; invitation: Invitation }) {
  const { t } = useLingui();
  const format = useFormat();
  const client = useClient();
  const { busy, once } = useOnce();
  const [problem, setProblem] = useState<Told | null>(null);
  const { organisationName, askedBy, accountName, platform, expiresAt } = invitation;
  const isOtherLogin = invitation.problem?.remedy?.kind === "SWITCH_ACCOUNT";
  const go = async (): Promise<"leaves" | void> => {
    const { data } = await client.mutation(FollowLinkMutation, { input: { token } }).toPromise();
    if (data?.result.__typename !== "FollowReauthorizeLinkSuccess")
      return setProblem(data?.result ?? { code: "UNREACHABLE" });
    comeBackHere(token);
    location.assign(data.result.authorizeUrl);
    return "leaves";
  };
  return (
    <EntryPage title={t`${organisationName} asks you to sign in at ${platform.title} again`}>
      <p>
        <Trans>
          {askedBy} asks this for <b translate="no">{accountName}</b>, so that its numbers go on coming in.
        </Trans>
      </p>
      {invitation.problem && (
        <div className="note w">
          <Icon name="warning" />
          <div>
            <p>
              <b>{invitation.problem.message}</b>
            </p>
            {invitation.problem.meaning && <p>{invitation.problem.meaning}</p>}
            {isOtherLogin && (
              <p>
                <Trans>
                  If {platform.title} signs you in by itself, sign out there first; then choose the login that holds{" "}
                  <b translate="no">{accountName}</b>.
                </Trans>
              </p>
            )}
          </div>
        </div>
      )}
      {problem && <ProblemNote problem={problem} />}
      <Checklist platform={platform} />
      <button type="button" className="btn pri" aria-disabled={busy} onClick={() => once(go)}>
        {busy ? (
          <Trans>Opening {platform.title}…</Trans>
        ) : isOtherLogin ? (
          <Trans>Use the other login</Trans>
        ) : (
          <Trans>Continue to {platform.title}</Trans>
        )}
        <Icon name="out" />
      </button>
      <p className="xs faint">
        <Trans>
          You sign in at {platform.title} itself; nobody here sees your password. The link is for you alone, once, until{" "}
          {format.exact(expiresAt)}.
        </Trans>
      </p>
    </EntryPage>
  );
}

/** The page that a consent ends on reads it (`server/oauth/page.ts`), and leads this tab back to what became of it. */
function comeBackHere(token: string): void {
  try {
    sessionStorage.setItem("headwater-link", token);
  } catch {
    // A browser that keeps nothing ends on that page, which says it in one sentence.
  }
}

function Checklist({ platform }: Pick<Invitation, "platform">) {
  return (
    <>
      {platform.prerequisites.length > 0 && (
        <section>
          <h2>
            <Trans>What you need at {platform.title}</Trans>
          </h2>
          <ul className="plainlist sm">
            {platform.prerequisites.map((line) => (
              <li key={line}>{line}</li>
            ))}
          </ul>
        </section>
      )}
      <section>
        <h2>
          <Trans>What will be read, and never changed</Trans>
        </h2>
        <ul className="plainlist sm">
          {platform.scopes.map(({ name, purpose }) => (
            <li key={name}>
              {purpose} <code translate="no">{name}</code>
            </li>
          ))}
        </ul>
      </section>
      {platform.policyUrl && (
        <p className="xs faint">
          <OutsideLink href={platform.policyUrl}>
            <Trans>Policy of {platform.title}</Trans>
          </OutsideLink>
        </p>
      )}
    </>
  );
}
