import { useEffect, useState } from "react";
import type { Client, CombinedError } from "urql";
import { useLocation } from "wouter";
import { errorReference, makeClient } from "../client.ts";
import { to } from "../routes.ts";
import { PageFailed } from "./plain-pages.tsx";
import { ConnectedQuery, type Session, SessionQuery } from "./session.documents.ts";

/** "/" leads to where the person belongs: a fresh organisation to its first steps, any other to its overview. */
export function FirstPlace() {
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState<CombinedError | null>(null);
  useEffect(() => {
    const client = makeClient({
      organisation: null,
      onSignedOut: () => navigate(to.signIn(), { replace: true }),
      onOutdated: () => location.reload(),
    });
    const lead = async (): Promise<void> => {
      const { data, error } = await client.query(SessionQuery, {});
      const slug = data?.organisation?.slug ?? data?.me?.memberships[0]?.organisation.slug;
      if (error && !data?.me) setFailed(error);
      else if (!data?.me || !slug) navigate(to.signIn(), { replace: true });
      else navigate((await isFresh(client, data)) ? to.welcome(slug) : to.overview(slug), { replace: true });
    };
    void lead();
  }, [navigate]);
  return failed && <PageFailed reference={errorReference(failed)} />;
}

/** Nothing is connected: a slot that is taken says so by itself. */
async function isFresh(client: Client, { organisation }: Session): Promise<boolean> {
  if (organisation?.slots.used !== 0) return false;
  const { data } = await client.query(ConnectedQuery, {});
  return data?.datasources.nodes.length === 0;
}
