import { useEffect, useState } from "react";
import type { Client, CombinedError } from "urql";
import { useLocation } from "wouter";
import { makeClient } from "../client.ts";
import { useAskingWhile } from "../live/use-refresh.ts";
import { to } from "../routes.ts";
import { type Session, SessionQuery } from "./session.documents.ts";

/** Whose organisation the person was in last, or belongs to; whoever has none, or is nobody, is led to sign in. */
export function useLastOrganisation(
  onFound: (slug: string, session: Session, client: Client) => unknown,
): CombinedError | null {
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState<CombinedError | null>(null);
  const [asked, setAsked] = useState(0);
  useAskingWhile(failed !== null, () => setAsked((times) => times + 1));
  useEffect(() => {
    let isOver = false;
    const signIn = (): void => navigate(to.signIn(pathNow()), { replace: true });
    const client = makeClient({ organisation: null, onSignedOut: signIn, onOutdated: () => location.reload() });
    const find = async (): Promise<void> => {
      const { data, error } = await client.query(SessionQuery, {});
      // Asked again meanwhile, or left: where it would lead is nowhere to go any more.
      if (isOver) return;
      const slug = data?.organisation?.slug ?? data?.me?.memberships[0]?.organisation.slug;
      if (error && !data?.me) return setFailed(error);
      setFailed(null);
      if (!data?.me || !slug) signIn();
      else await onFound(slug, data, client);
    };
    void find();
    return () => {
      isOver = true;
    };
    // oxlint-disable-next-line react/exhaustive-deps -- asked once, and again where nothing came; whoever hears of it may change
  }, [navigate, asked]);
  return failed;
}

const pathNow = (): string | undefined => (location.pathname === "/" ? undefined : location.pathname);
