import { useState } from "react";
import { useLocation, useSearch } from "wouter";
import { withLateWords } from "../language.tsx";
import { late, lateDialog } from "../parts/late.tsx";
import { to, withChosen } from "../routes.ts";
import { Edge } from "./edge.tsx";
import { usePlace } from "./organisation.tsx";

const Datasources = late(
  withLateWords(() => import("../screens/datasources/datasources-page.tsx"), "datasources"),
  (part) => part.DatasourcesPage,
);
const Connect = lateDialog(
  withLateWords(() => import("../screens/connect/connect-drawer.tsx"), "connect"),
  (part) => part.ConnectDrawer,
);

/** The datasources, and what connects one over them. Where a link leads into connecting, the list comes once the drawer stands. */
export function ListAndDrawer({ connecting }: { connecting: string | null }) {
  const { organisation } = usePlace();
  const [, navigate] = useLocation();
  const search = useSearch();
  const [isDue, setDue] = useState(connecting === null);
  // The drawer's address is its own: what was chosen in the list stays behind it, and is there again after.
  const [ofList, setOfList] = useState(connecting === null ? search : "");
  if (connecting === null && ofList !== search) setOfList(search);
  return (
    <>
      {(isDue || connecting === null) && (
        <Edge key="Datasources">
          <Datasources search={ofList} />
        </Edge>
      )}
      {connecting && (
        <Connect
          key={connecting}
          platform={connecting}
          onStands={() => setDue(true)}
          onClose={() => navigate(to.datasources(organisation.slug) + withChosen(ofList, {}))}
        />
      )}
    </>
  );
}
