import { useEffect, useState } from "react";
import type { Client, CombinedError } from "urql";
import { useLocation } from "wouter";
import { makeClient } from "../client.ts";
import { to } from "../routes.ts";
import { type Session, SessionQuery } from "./session.documents.ts";

/** Whose organisation the person was in last, or belongs to; whoever has none, or is nobody, is led to sign in. */
export function useLastOrganisation(
  onFound: (slug: string, session: Session, client: Client) => unknown,
): CombinedError | null {
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState<CombinedError | null>(null);
  useEffect(() => {
    const signIn = (): void => navigate(to.signIn(pathNow()), { replace: true });
    const client = makeClient({ organisation: null, onSignedOut: signIn, onOutdated: () => location.reload() });
    const find = async (): Promise<void> => {
      const { data, error } = await client.query(SessionQuery, {});
      const slug = data?.organisation?.slug ?? data?.me?.memberships[0]?.organisation.slug;
      if (error && !data?.me) setFailed(error);
      else if (!data?.me || !slug) signIn();
      else await onFound(slug, data, client);
    };
    void find();
    // oxlint-disable-next-line react/exhaustive-deps -- asked once; whoever hears of it may change
  }, [navigate]);
  return failed;
}

const pathNow = (): string | undefined => (location.pathname === "/" ? undefined : location.pathname);
