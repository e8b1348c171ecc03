const tabs = ["overview", "files", "runs", "timeline", "access", "numbers", "settings"] as const;
export type Tab = (typeof tabs)[number];

/** Its data come when somebody gives them: it has no rhythm of its own. */
export const comesInFiles = (method: string): boolean => method === "FILE_UPLOAD";

/**
 * Files are given to a datasource that has no other way in; no source stands behind them whose numbers could be held against
 * ours. Sample data has one, to which nobody gave access.
 */
export const tabsOf = (method: string): readonly Tab[] =>
  comesInFiles(method)
    ? tabs.filter((tab) => tab !== "access" && tab !== "numbers")
    : tabs.filter((tab) => tab !== "files" && (tab !== "access" || method !== "NONE"));

const listPath = "/:org/settings/integrations/datasources";

/** Patterns for the router. */
export const patterns = {
  signIn: "/sign-in",
  signUp: "/sign-up",
  confirm: "/sign-up/confirm",
  recover: "/recover",
  overview: "/:org/overview",
  datasources: `${listPath}/*?`,
  tokens: "/:org/settings/developers/tokens",
  plan: "/:org/settings/plan",
  welcome: "/:org/welcome",
  accessReview: "/:org/settings/integrations/access-review",
  reauthorizeLink: "/reauthorize",
  own: "/me/*?",
  mails: "/me/notifications",
} as const;

/** Builders for links: the only place that knows how an address is put together. */
export const to = {
  signIn: (next?: string) => (next ? `/sign-in?next=${encodeURIComponent(next)}` : "/sign-in"),
  signUp: () => "/sign-up",
  recover: () => "/recover",
  overview: (org: string) => `/${org}/overview`,
  datasources: (org: string) => `/${org}/settings/integrations/datasources`,
  connect: (org: string, platform: string) => `/${org}/settings/integrations/datasources/connect/${platform}`,
  reauthorize: (org: string, platform: string, id: string) =>
    `${to.connect(org, platform)}?reauthorize=${encodeURIComponent(id)}`,
  continueConnect: (org: string, platform: string, id: string) =>
    `${to.connect(org, platform)}?continue=${encodeURIComponent(id)}`,
  replace: (org: string, platform: string, id: string) =>
    `${to.connect(org, platform)}?replace=${encodeURIComponent(id)}`,
  datasource: (org: string, id: string, tab: Tab = "overview") =>
    `/${org}/settings/integrations/datasources/${encodeURIComponent(id)}${tab === "overview" ? "" : `/${tab}`}`,
  /** With a question open that its page asks. */
  asking: (org: string, id: string, asked: string) => `${to.datasource(org, id)}?ask=${encodeURIComponent(asked)}`,
  tokens: (org: string) => `/${org}/settings/developers/tokens`,
  welcome: (org: string) => `/${org}/welcome`,
  plan: (org: string) => `/${org}/settings/plan`,
  mails: () => "/me/notifications",
  accessReview: (org: string) => `/${org}/settings/integrations/access-review`,
  /** A file of the server's: whoever is in several organisations is asked for none but this. */
  file: (org: string, path: string) => `${path}?organisation=${org}`,
};

export type DatasourcesPlace =
  | { readonly kind: "list" }
  | { readonly kind: "connect"; readonly platform: string }
  | { readonly kind: "detail"; readonly id: string; readonly tab: Tab };

/** What follows `/datasources` in the address. */
export function datasourcesPlace(rest: string | undefined): DatasourcesPlace {
  const [first, second] = (rest ?? "").split("/").map((part) => decodeURIComponent(part));
  if (!first) return { kind: "list" };
  if (first === "connect" && second) return { kind: "connect", platform: second };
  return { kind: "detail", id: first, tab: tabs.find((tab) => tab === second) ?? "overview" };
}

export const shows = ["all", "attention", "fetching", "paused", "disconnected"] as const;
export type Show = (typeof shows)[number];

/** What is chosen on a screen lives in its address; where that names none of the values it is the first. */
export function chosenFrom<T extends string>(search: string, name: string, values: readonly [T, ...T[]]): T {
  const wanted = new URLSearchParams(search).get(name);
  return values.find((value) => value.toLowerCase() === wanted) ?? values[0];
}

/** The same address with other choices; null takes one out. */
export function withChosen(search: string, choices: Readonly<Record<string, string | null>>): string {
  const parameters = new URLSearchParams(search);
  for (const [name, value] of Object.entries(choices))
    if (value === null) parameters.delete(name);
    else parameters.set(name, value);
  const left = parameters.toString();
  return left === "" ? "" : `?${left}`;
}

/** Where to go after signing in: only ever a path of ours, read as the browser would read it. */
export function safeNext(search: string): string | null {
  const next = new URLSearchParams(search).get("next");
  if (!next || !next.startsWith("/") || /\p{Cc}/u.test(next)) return null;
  const base = "http://headwater.invalid";
  if (!URL.canParse(next, base)) return null;
  const { origin, pathname, search: query } = new URL(next, base);
  return origin === base && !pathname.startsWith("//") ? pathname + query : null;
}
