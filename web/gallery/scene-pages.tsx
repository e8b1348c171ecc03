import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { useLiveDatasource } from "../live/live.tsx";
import { datasourcesPlace, type Tab } from "../routes.ts";
import { DetailView } from "../screens/detail/detail-page.tsx";
import { ListAndDrawer } from "../shell/list-and-drawer.tsx";
import { Shell } from "../shell/shell.tsx";
import type { SceneSetting } from "./scene-frame.tsx";

export const list = "/monsoon-and-moss/settings/integrations/datasources";

export const viewer: NonNullable<SceneSetting["organisation"]> = { viewerRole: "VIEWER", viewerCan: [] };

export function ListScene() {
  const [path] = useLocation();
  const place = datasourcesPlace(path.startsWith(`${list}/`) ? path.slice(list.length + 1) : "");
  return (
    <Shell crumbs={[{ label: "Integrations" }, { label: "Datasources" }]}>
      <ListAndDrawer connecting={place.kind === "connect" ? place.platform : null} />
    </Shell>
  );
}

export function DetailScene({ id, tab = "overview", children }: { id: string; tab?: Tab; children?: ReactNode }) {
  const datasource = useLiveDatasource(id);
  const [path] = useLocation();
  const [atFirst] = useState(path);
  const gone = path === atFirst ? null : datasourcesPlace(path.slice(list.length + 1));
  const shown = gone?.kind === "detail" ? gone.tab : tab;
  const back = { label: "Datasources", href: list };
  return (
    <Shell crumbs={[{ label: "Integrations" }, back, { label: datasource?.name ?? id }]} back={back}>
      {datasource && <DetailView datasource={datasource} tab={shown} />}
      {children}
    </Shell>
  );
}
