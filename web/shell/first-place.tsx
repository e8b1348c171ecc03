import type { Client } from "urql";
import { useLocation } from "wouter";
import { errorReference } from "../client.ts";
import { to } from "../routes.ts";
import { useLastOrganisation } from "./last-organisation.ts";
import { PageFailed } from "./plain-pages.tsx";
import { ConnectedQuery, type Session } from "./session.documents.ts";

/** "/" leads to where the person belongs: a fresh organisation to its first steps, any other to its overview. */
export function FirstPlace() {
  const [, navigate] = useLocation();
  const failed = useLastOrganisation(async (slug, session, client) =>
    navigate((await isFresh(client, session)) ? to.welcome(slug) : to.overview(slug), { replace: true }),
  );
  return failed && <PageFailed reference={errorReference(failed)} />;
}

/** Nothing is connected: a slot that is taken says so by itself. */
async function isFresh(client: Client, { organisation }: Session): Promise<boolean> {
  if (organisation?.slots.used !== 0) return false;
  const { data } = await client.query(ConnectedQuery, {});
  return data?.datasources.nodes.length === 0;
}
