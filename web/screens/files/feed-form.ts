import type { Feed, Mode } from "./files.documents.ts";

export type FeedKind = "https" | "sftp";

export interface FeedForm {
  kind: FeedKind;
  name: string;
  url: string;
  host: string;
  port: string;
  /** Folder and name of the files on a server. */
  pattern: string;
  auth: string;
  /** For a name and password the name, for a header its name. */
  user: string;
  secret: string;
  passphrase: string;
  mode: Mode;
  everyMinutes: number;
}

export const authsOf = { https: ["none", "bearer", "basic", "header"], sftp: ["password", "key"] } as const;

export const formOf = (feed: Feed | null): FeedForm => ({
  kind: feed?.kind === "sftp" ? "sftp" : "https",
  name: feed?.name ?? "",
  url: feed?.url ?? "",
  host: feed?.host ?? "",
  port: String(feed?.port ?? 22),
  pattern: feed?.pattern ?? "",
  auth: feed?.auth ?? "none",
  user: feed?.user ?? "",
  secret: "",
  passphrase: "",
  mode: feed?.mode ?? "UPSERT",
  everyMinutes: feed?.everyMinutes ?? 1440,
});

/** Another place asks in another way; what was typed of the first stays, should it be chosen again. */
export const withKind = (form: FeedForm, kind: FeedKind): FeedForm => ({ ...form, kind, auth: authsOf[kind][0] });

export const asksName = ({ kind, auth }: FeedForm): boolean => kind === "sftp" || auth === "basic" || auth === "header";

/** As the mutation takes it: only what the chosen place has. */
export function inputOf(form: FeedForm) {
  const { kind, auth, mode, everyMinutes } = form;
  const place =
    kind === "https"
      ? { url: form.url.trim() }
      : { host: form.host.trim(), port: Number(form.port.trim()) || 0, pattern: form.pattern.trim() };
  return {
    name: form.name.trim(),
    auth,
    mode,
    everyMinutes,
    ...place,
    ...(asksName(form) ? { user: form.user.trim() } : {}),
    ...(form.secret === "" ? {} : { secret: form.secret }),
    ...(form.passphrase === "" ? {} : { passphrase: form.passphrase }),
  };
}

/** Where it is, in one line. */
export function placeOf({ kind, url, user, host, port, pattern }: Feed): string {
  if (kind !== "sftp") return url ?? "";
  const folder = pattern?.startsWith("/") === true ? pattern : `/${pattern ?? ""}`;
  return `sftp://${user ?? ""}@${host ?? ""}${port === 22 ? "" : `:${String(port ?? "")}`}${folder}`;
}

/** The server has shown a key that nobody has agreed to. */
export const asksForKey = ({ metHostKey, hostKey }: Pick<Feed, "metHostKey" | "hostKey">): boolean =>
  metHostKey !== null && metHostKey !== hostKey;
