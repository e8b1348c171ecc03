import { useEffect, useState } from "react";
import { useLocation } from "wouter";
import { makeClient } from "../client.ts";
import { to } from "../routes.ts";
import { PageFailed } from "./plain-pages.tsx";
import { SessionQuery } from "./session.documents.ts";

/** "/" leads to where the person belongs: a fresh organisation to its datasources, any other to its overview. */
export function FirstPlace() {
  const [, navigate] = useLocation();
  const [failed, setFailed] = useState(false);
  useEffect(() => {
    const client = makeClient({
      organisation: null,
      onSignedOut: () => navigate(to.signIn(), { replace: true }),
      onOutdated: () => location.reload(),
    });
    void client.query(SessionQuery, {}).then(({ data, error }) => {
      const slug = data?.organisation?.slug ?? data?.me?.memberships[0]?.organisation.slug;
      if (data && !data.me) navigate(to.signIn(), { replace: true });
      else if (slug)
        navigate(data?.organisation?.slots.used === 0 ? to.datasources(slug) : to.overview(slug), { replace: true });
      else if (error && !error.graphQLErrors.length) setFailed(true);
      else navigate(to.signIn(), { replace: true });
    });
  }, [navigate]);
  return failed ? <PageFailed /> : null;
}
