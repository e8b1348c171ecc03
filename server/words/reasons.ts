/** Why a status is what it is, in words: what happened, what it means for the data, what to do. */
import type { Actor, Reason as StoredReason } from "@headwater/db/schema/values.ts";
import type { Allowance } from "@headwater/workflows/lifecycle/actions.ts";
import { EXPIRING_THRESHOLD_MS } from "@headwater/workflows/lifecycle/facts.ts";
import type { Rejected } from "@headwater/workflows/lifecycle/facts.ts";
import type { ConnectionReason, DataSyncReason } from "@headwater/workflows/lifecycle/status.ts";
import type { Words } from "./words.ts";
import type { Values } from "./catalog.ts";

export type RemedyKind =
  | "RESUME"
  | "REAUTHORIZE"
  | "RETRY"
  | "WAIT"
  | "START_AGAIN"
  | "SWITCH_ACCOUNT"
  | "GRANT_SCOPES"
  | "REPLACE_ONE"
  | "DISCONNECT_ONE"
  | "UPGRADE"
  | "CONTACT_SUPPORT"
  | "ASK_ADMIN"
  | "FIX_INPUT"
  | "UNDO"
  | "CONNECT_FIRST"
  | "AT_SOURCE"
  | "SIGN_IN";

export interface RemedyView {
  readonly kind: RemedyKind;
  readonly label: string;
  readonly url: string | null;
}

export interface ReasonView {
  readonly code: string;
  readonly message: string;
  readonly meaning: string | null;
  readonly since: Date | null;
  readonly until: Date | null;
  readonly by: Actor | null;
  readonly remedy: RemedyView | null;
}

/** Values that sentences need beside the reason's own. */
export interface Setting {
  readonly words: Words;
  readonly zone: string;
  readonly source: string;
  /** Something has been read already, so that there is something to keep. */
  readonly hasData: boolean;
  /** Its credential was pasted: what its owner did with it at the source is not known. */
  readonly isKey?: boolean;
  /** It is given files; nothing is fetched from it by a sync of ours. */
  readonly takesFiles?: boolean;
  /** One of them has been read, and counts once somebody has looked at it. */
  readonly fileWaits?: boolean;
  readonly nameOf: (actor: Actor | null) => Promise<string>;
}

export const remedy = (words: Words, kind: RemedyKind, url: string | null = null): RemedyView => ({
  kind,
  label: words.say(`remedy.${kind}`),
  url,
});

interface ReasonParts {
  readonly values?: Values;
  readonly since?: Date | number | null;
  readonly until?: Date | number | null;
  readonly by?: Actor | null;
  readonly remedy?: RemedyKind | null;
}

/** `<family>.<code>` is the sentence, `<family>.<code>.meaning` what it means for the data. */
export function reason(words: Words, family: string, code: string, parts: ReasonParts = {}): ReasonView {
  const key = `${family}.${code}`;
  return {
    code,
    message: words.has(key) ? words.say(key, parts.values) : words.say(`${family}.other`, { ...parts.values, code }),
    meaning: words.has(`${key}.meaning`) ? words.say(`${key}.meaning`, parts.values) : null,
    since: date(parts.since),
    until: date(parts.until),
    by: parts.by ?? null,
    remedy: parts.remedy == null ? null : remedy(words, parts.remedy),
  };
}

const date = (value: Date | number | null | undefined): Date | null => (value == null ? null : new Date(value));

/** What the source did; where one of ours did it, the timeline tells who. */
const bySource = (source: string): Actor => ({ kind: "system", name: `source:${source}` });
const OURS: readonly string[] = ["disconnectUndone", "otherAccount", "alreadyConnected"];
const HEADWATER: Actor = { kind: "system", name: "headwater" };
const endedBy = (cause: string | null, source: string): Actor | null => {
  if (cause === "revokedByOperator") return HEADWATER;
  return cause !== null && OURS.includes(cause) ? null : bySource(source);
};

export function connectionReasonInWords(found: ConnectionReason, setting: Setting): ReasonView {
  const { words, zone, source } = setting;
  if (found.code === "expiringSoon")
    return reason(words, "connection", "expiringSoon", {
      values: { source, when: words.when(new Date(found.endsAt), zone) },
      since: found.endsAt - EXPIRING_THRESHOLD_MS,
      until: found.endsAt,
      by: bySource(source),
      remedy: "REAUTHORIZE",
    });
  const code = found.cause ?? found.code;
  const values = {
    source,
    when: found.since === null ? "" : words.when(new Date(found.since), zone),
    lacks: words.list(found.lacks),
    found: found.found,
    said: found.said,
  };
  const told = reason(words, "connection", code, {
    values,
    since: found.since,
    by: endedBy(found.cause, source),
    remedy: code === "otherAccount" ? "SWITCH_ACCOUNT" : code === "scopeMissing" ? "GRANT_SCOPES" : "REAUTHORIZE",
  });
  const ofKey = `connection.${code}.key`;
  const worded = setting.isKey && words.has(ofKey) ? { ...told, message: words.say(ofKey, values) } : told;
  return setting.hasData ? worded : { ...worded, meaning: words.say("connection.nothingYet.meaning") };
}

export async function dataSyncReasonInWords(found: DataSyncReason, setting: Setting): Promise<ReasonView> {
  const { words, zone, source } = setting;
  const at = (time: number | null) => (time === null ? "" : words.when(new Date(time), zone));
  switch (found.code) {
    case "pausedByPerson":
      return reason(words, "dataSync", found.note === null ? "pausedByPerson" : "pausedWithNote", {
        values: { by: await setting.nameOf(found.by), when: at(found.since), note: found.note },
        since: found.since,
        until: found.until,
        by: found.by,
        remedy: "RESUME",
      });
    case "held":
      return reason(words, "hold", found.hold, {
        values: { source, when: at(found.since), until: at(found.until), said: found.said },
        since: found.since,
        until: found.until,
        by: found.by ?? HEADWATER,
        remedy: HOLD_REMEDY[found.hold],
      });
    case "credentialsDoNotWork":
      return reason(words, "dataSync", found.code, {
        values: { source, when: at(found.since) },
        since: found.since,
        by: endedBy(found.cause, source),
        remedy: "REAUTHORIZE",
      });
    case "streamsFailed":
      return reason(words, "dataSync", found.code, {
        values: { source, streams: found.streams.join(", "), when: at(found.since), said: found.said },
        since: found.since,
        remedy: "CONTACT_SUPPORT",
      });
    case "recordsRejected":
      return rejectedInWords("dataSync", found.code, found.rejected, setting);
    case "historyIncomplete":
      return reason(words, "dataSync", found.code, { values: { source }, remedy: "RETRY" });
    case "waiting":
      return reason(words, "waiting", found.because, {
        values: { source, until: at(found.until) },
        until: found.until,
        remedy: "WAIT",
      });
    case "nothingLandedYet":
      if (setting.takesFiles !== true) return reason(words, "dataSync", found.code, { values: { source } });
      return reason(words, "dataSync", setting.fileWaits === true ? "noFileYet.waits" : "noFileYet");
    case "firstBackfill":
      return reason(words, "dataSync", found.code, { values: { source } });
    default:
      return found satisfies never;
  }
}

/** How many, since when, and for what most of them: in the sentence of the datasource, of the stream, or of one carried by it. */
export function rejectedInWords(
  family: string,
  code: string,
  rejected: readonly Rejected[],
  { words, zone, source, carrier }: Pick<Setting, "words" | "zone" | "source"> & { readonly carrier?: string },
): ReasonView {
  const [most] = rejected;
  const count = rejected.reduce((sum, one) => sum + one.count, 0);
  const since = Math.min(...rejected.map((one) => one.since));
  const why = reason(words, "rejected", most?.reason ?? "", { values: { field: most?.field } }).message;
  const shown = `${words.count(count)}${rejected.some(({ isMore }) => isMore) ? "+" : ""}`;
  const values = { source, carrier, count: shown, when: words.when(new Date(since), zone), why };
  const told = reason(words, family, code, { values, since, remedy: "CONTACT_SUPPORT" });
  const key = `${family}.${code}${carrier === undefined ? "" : ".carried"}${count === 1 ? ".one" : ""}`;
  return { ...told, message: words.say(key, values) };
}

export const HOLD_REMEDY: Readonly<Record<Extract<DataSyncReason, { code: "held" }>["hold"], RemedyKind>> = {
  repeatedFailures: "RESUME",
  providerOutage: "WAIT",
  frozenAtSource: "AT_SOURCE",
  plan: "UPGRADE",
  abuse: "CONTACT_SUPPORT",
  maintenance: "WAIT",
  killSwitch: "WAIT",
};

type Refused = Extract<Allowance, { allowed: false }>;

export const refusalInWords = ({ because, hold }: Refused, words: Words): ReasonView =>
  reason(words, "refusal", because, {
    remedy: hold === undefined ? (REFUSAL_REMEDY[because] ?? null) : HOLD_REMEDY[hold],
  });

export const REFUSAL_REMEDY: Partial<Readonly<Record<Refused["because"], RemedyKind>>> = {
  role: "ASK_ADMIN",
  paused: "RESUME",
  /** Where it is known what holds it, that hold's own. */
  held: "WAIT",
  credentialsDoNotWork: "REAUTHORIZE",
  nothingLandedYet: "WAIT",
  backfillRunning: "WAIT",
  noAccountsListed: "WAIT",
  stillConnecting: "WAIT",
  undoLapsed: "START_AGAIN",
  undoOpen: "WAIT",
  deletionChosen: "WAIT",
  checkUnderWay: "WAIT",
  daysReadAnew: "WAIT",
};

/** A reason that a row holds as code and values, in the words of one of the families. */
export function storedReasonInWords(
  words: Words,
  family: string,
  stored: StoredReason | Readonly<Record<string, unknown>> | null,
  more: ReasonParts = {},
): ReasonView | null {
  const code: unknown = stored === null ? null : stored["code"];
  if (stored === null || typeof code !== "string") return null;
  const nested: unknown = "values" in stored ? stored.values : undefined;
  const values = Object.fromEntries(
    Object.entries({ ...stored, ...(typeof nested === "object" ? nested : {}) }).flatMap(([key, value]) =>
      typeof value === "string" || typeof value === "number"
        ? [[key, value] as const]
        : Array.isArray(value)
          ? [[key, words.list(value.map(String))] as const]
          : [],
    ),
  );
  return reason(words, family, code, { ...more, values: { ...values, ...more.values } });
}

/** Why a file of costs ended: a refusal in the words of what was found in it, with how to mend it. */
export function uploadReasonInWords(words: Words, stored: StoredReason | null): ReasonView | null {
  const worded = storedReasonInWords(words, "upload", stored);
  const found: unknown = stored?.code === "file" ? stored.values?.["code"] : null;
  if (worded === null || typeof found !== "string" || !words.has(`finding.${found}`)) return worded;
  const { value, why } = stored?.values ?? {};
  const values = { value: typeof value === "string" ? value : "" };
  const closer = typeof why === "string" ? `finding.${found}.${why}` : "";
  const [message, hint] = words.has(closer)
    ? [closer, `${closer}.hint`]
    : [`finding.${found}`, `finding.${found}.hint`];
  const isTold = values.value !== "" && words.has(`finding.${found}.begins`);
  return {
    ...worded,
    message: words.say(message, values),
    meaning: [hint, ...(isTold ? [`finding.${found}.begins`] : [])].map((key) => words.say(key, values)).join(" "),
  };
}

/** What came of a command about a file: as of any other, or why the file waits or was refused, in its platform's words. */
export function uploadOutcomeInWords(
  words: Words,
  own: Words,
  stored: Readonly<Record<string, unknown>> | null,
): ReasonView | null {
  const code = stored?.["code"];
  if (typeof code !== "string" || words.has(`command.${code}`)) return storedReasonInWords(words, "command", stored);
  if (own.has(`finding.${code}`)) return uploadReasonInWords(own, { code: "file", values: { code } });
  return storedReasonInWords(own, "upload", stored);
}
