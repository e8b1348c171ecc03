import { useLingui } from "@lingui/react/macro";
import { useState } from "react";
import { useLocation } from "wouter";
import { accountOf } from "../../live/account-line.ts";
import { useLive } from "../../live/live.tsx";
import type { LiveDatasource, LiveStream } from "../../live/live.documents.ts";
import { Glyph } from "../../parts/glyph.tsx";
import { Icon, type IconName } from "../../parts/icon.tsx";
import { datasourcesPlace, to } from "../../routes.ts";
import { useEntries } from "../entries.ts";
import { usePlace } from "../organisation.tsx";
import { type Ask, asksOf } from "./asks.ts";
import { wordsOf } from "./matching.ts";
import { recentOf } from "./recent.ts";
import { type Option, type Results, resultsFor } from "./results.ts";

const askIcons: Record<Ask, IconName> = {
  syncNow: "sync",
  checkNow: "tick",
  resume: "play",
  stop: "pause",
  reauthorize: "key",
  resync: "sync",
  replace: "undo",
  disconnect: "plug",
};

/** What can be found, as somebody types. */
export function useResults(typed: string): Results & { isLoading: boolean; here: LiveDatasource | null } {
  const { me, organisation } = usePlace();
  const { slug } = organisation;
  const here = useHere(slug);
  const byId = useLive((state) => state.byId);
  const isLoading = useLive((state) => state.revision === null);
  const [recent] = useState(() => recentOf({ person: me.id, slug }));
  const screens = useScreens();
  const datasources = useDatasources(slug);
  const streams = useStreams(slug);
  const asksOn = useAsks(slug);
  const results = resultsFor(typed, {
    screens,
    datasources,
    streams,
    here: here?.id ?? null,
    recent,
    asksOf: (id) => {
      const datasource = byId.get(id);
      return datasource === undefined ? [] : asksOn(datasource);
    },
  });
  return { ...results, isLoading, here };
}

/** The datasource whose page is open. */
function useHere(slug: string): LiveDatasource | null {
  const [path] = useLocation();
  const list = to.datasources(slug);
  const place = datasourcesPlace(path.startsWith(`${list}/`) ? path.slice(list.length + 1) : "");
  return useLive((state) => (place.kind === "detail" ? (state.byId.get(place.id) ?? null) : null));
}

function useScreens(): Option[] {
  const { t } = useLingui();
  const { home, datasources, review, plan, tokens } = useEntries();
  const places = [home, datasources, review, plan, tokens].filter((entry) => entry !== null);
  const help = { id: "help", icon: "help", label: t`Help and shortcuts`, href: null } as const;
  return [...places.map((entry) => ({ id: entry.href, ...entry })), help].map(({ id, icon, label, href }) => ({
    id,
    kind: "screen",
    label,
    about: "",
    mark: <Icon name={icon} />,
    href,
    datasource: null,
    ask: null,
    words: { called: wordsOf(label), about: [] },
  }));
}

/** A datasource that stays as it is keeps its words: others change by the second. */
function useOptions(optionsOf: (datasource: LiveDatasource) => Option[]): Option[] {
  const [known] = useState(() => new WeakMap<LiveDatasource, Option[]>());
  const order = useLive((state) => state.order);
  const byId = useLive((state) => state.byId);
  return order.flatMap((id) => {
    const datasource = byId.get(id);
    if (datasource === undefined || datasource.disconnectedAt !== null) return [];
    const options = known.get(datasource) ?? optionsOf(datasource);
    known.set(datasource, options);
    return options;
  });
}

const useDatasources = (slug: string): Option[] => useOptions((datasource) => [datasourceOption(slug, datasource)]);

const useStreams = (slug: string): Option[] =>
  useOptions((datasource) => datasource.streams.map((stream) => streamOption(slug, datasource, stream)));

function streamOption(slug: string, datasource: LiveDatasource, { name: stream, title }: LiveStream): Option {
  const { name, platform } = datasource;
  return {
    id: `stream:${datasource.id}:${stream}`,
    kind: "stream",
    label: title,
    about: name,
    mark: <Glyph title={platform.title} category={platform.category} size="s" />,
    href: to.datasource(slug, datasource.id),
    datasource: datasource.id,
    ask: null,
    words: { called: wordsOf(title), about: wordsOf(`${name} ${knownBy(datasource)}`) },
  };
}

function datasourceOption(slug: string, datasource: LiveDatasource): Option {
  const { id, name, platform } = datasource;
  return {
    id,
    kind: "datasource",
    label: name,
    about: accountOf(datasource) ?? "",
    mark: <Glyph title={platform.title} category={platform.category} size="s" />,
    href: to.datasource(slug, id),
    datasource: id,
    ask: null,
    words: { called: wordsOf(name), about: wordsOf(knownBy(datasource)) },
  };
}

/** Beside its name. */
const knownBy = ({ platform, account, attempt }: LiveDatasource): string =>
  [platform.title, account?.name, account?.domain, account?.externalId, attempt?.askedFor].filter(Boolean).join(" ");

function useAsks(slug: string): (datasource: LiveDatasource) => Option[] {
  const { t } = useLingui();
  const labels: Record<Ask, (name: string) => string> = {
    syncNow: (name) => t`Sync ${name} now`,
    checkNow: (name) => t`Check ${name} again`,
    resume: (name) => t`Resume ${name}`,
    stop: (name) => t`Stop ${name}…`,
    reauthorize: (name) => t`Reauthorize ${name}…`,
    resync: (name) => t`Resync ${name}…`,
    replace: (name) => t`Replace ${name}…`,
    disconnect: (name) => t`Disconnect ${name}…`,
  };
  return (datasource) =>
    asksOf(datasource).map((ask) => {
      const label = labels[ask](datasource.name);
      return {
        id: `${ask}:${datasource.id}`,
        kind: "ask",
        label,
        about: accountOf(datasource) ?? "",
        mark: <Icon name={askIcons[ask]} />,
        href: placeOf(slug, datasource, ask),
        datasource: datasource.id,
        ask,
        words: { called: wordsOf(label), about: wordsOf(knownBy(datasource)) },
      };
    });
}

/** Where the question is asked that the button of the same name asks; null where nothing is asked. */
function placeOf(slug: string, { id, platform }: LiveDatasource, ask: Ask): string | null {
  if (ask === "syncNow" || ask === "checkNow" || ask === "resume") return null;
  if (ask === "reauthorize") return to.reauthorize(slug, platform.name, id);
  return to.asking(slug, id, ask);
}
