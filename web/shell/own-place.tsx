import { useState } from "react";
import { errorReference } from "../client.ts";
import { useLastOrganisation } from "./last-organisation.ts";
import { OrganisationApp } from "./organisation-app.tsx";
import { PageFailed } from "./plain-pages.tsx";

/** What is one's own stands in the organisation that one was in last: the shell around it is that one's. */
export function OwnPlace() {
  const [slug, setSlug] = useState<string | null>(null);
  const failed = useLastOrganisation(setSlug);
  if (slug !== null) return <OrganisationApp key={slug} slug={slug} />;
  return failed && <PageFailed reference={errorReference(failed)} />;
}
