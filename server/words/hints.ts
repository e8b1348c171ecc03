/**
 * Everything that Headwater can say went wrong: what it says, what it means for the data, what to do. From the codes of the
 * program and the English catalogues; `hints.md` beside this file is made of it.
 */
import { PLATFORMS } from "@headwater/connectors/platforms.ts";
import { failureClasses } from "@headwater/db/schema/values.ts";
import { RECOVERY } from "../access/recovery.ts";
import { CONNECT_REMEDY } from "../graphql/platform.ts";
import { FAILURE_REMEDY } from "../graphql/run.ts";
import { ERROR_CODES, PROBLEM_REMEDY } from "./problems.ts";
import { TOP_LEVEL_CODES } from "../graphql/mask.ts";
import { wordsOfPlatform } from "./platform-words.ts";
import { HOLD_REMEDY, REFUSAL_REMEDY } from "./reasons.ts";
import type { RemedyKind } from "./reasons.ts";
import { wordsIn } from "./words.ts";

export interface Hint {
  readonly code: string;
  readonly says: string;
  readonly means: string;
  readonly todo: string;
}
export interface HintFamily {
  readonly title: string;
  readonly told: string;
  readonly hints: readonly Hint[];
}

interface Family {
  readonly key: string;
  readonly title: string;
  readonly told: string;
  /** Where a code has no sentence of its own about the data. */
  readonly means: string;
  /** Where nothing is left to a person; or code by code, and then each code without a remedy must be in it. */
  readonly todo: string | Readonly<Record<string, string>>;
  readonly remedyOf: (code: string) => RemedyKind | null;
}

const words = wordsIn("en");
const say = (remedy: RemedyKind | null, otherwise: string): string =>
  remedy === null ? otherwise : words.say(`remedy.${remedy}`);

/** As `connectionReasonInWords` gives them. */
const connectionRemedy = (code: string): RemedyKind =>
  code === "otherAccount" ? "SWITCH_ACCOUNT" : code === "scopeMissing" ? "GRANT_SCOPES" : "REAUTHORIZE";
const DATA_SYNC_REMEDY: Readonly<Record<string, RemedyKind>> = {
  credentialsDoNotWork: "REAUTHORIZE",
  streamsFailed: "CONTACT_SUPPORT",
  recordsRejected: "CONTACT_SUPPORT",
  historyIncomplete: "RETRY",
  pausedByPerson: "RESUME",
  pausedWithNote: "RESUME",
};
const named =
  (table: Readonly<Partial<Record<string, RemedyKind | null>>>) =>
  (code: string): RemedyKind | null =>
    table[code] ?? null;

/** Reasons of a state, by the family of their words. */
const FAMILIES: readonly Family[] = [
  {
    key: "connection",
    title: "Why a connection is *Reauthorize*",
    told: "`Datasource.connection.reason`",
    means: "What was read stays; nothing new comes in until access is given again.",
    todo: "Give access at the source again.",
    remedyOf: connectionRemedy,
  },
  {
    key: "dataSync",
    title: "Why data does not come in",
    told: "`Datasource.dataSync.reason`",
    means: "What was read stays; the rest goes on.",
    todo: "Nothing: it goes on by itself.",
    remedyOf: named(DATA_SYNC_REMEDY),
  },
  {
    key: "hold",
    title: "Why Headwater paused a sync itself",
    told: "`Datasource.dataSync.reason`",
    means: "Credentials and data are kept.",
    todo: "Nothing: it is lifted by itself.",
    remedyOf: named(HOLD_REMEDY),
  },
  {
    key: "waiting",
    title: "What a run waits for",
    told: "`Datasource.dataSync.reason`, `Stream.reason`",
    means: "Nothing is lost and nothing is skipped.",
    todo: "Nothing: it goes on by itself.",
    remedyOf: () => "WAIT",
  },
  {
    key: "failureClass",
    title: "Why a slice or a run failed",
    told: "`Failure`, `Run.outcome`",
    means: "What was committed stays.",
    todo: "Nothing: it is tried again, or set aside and told.",
    remedyOf: named(FAILURE_REMEDY),
  },
  {
    key: "stream",
    title: "Why a stream stands apart",
    told: "`Stream.reason`",
    means: "The other streams go on.",
    todo: "Grant its scope at the source, or leave it.",
    remedyOf: named({ failed: "CONTACT_SUPPORT", rejected: "CONTACT_SUPPORT", incomplete: "RETRY" }),
  },
  {
    key: "refusal",
    title: "Why a command cannot be given now",
    told: "`NotPossibleNow.reason`, `ActionState.reason`",
    means: "Nothing was changed.",
    todo: "Nothing: what it asks for is so already, or comes by itself.",
    remedyOf: named(REFUSAL_REMEDY),
  },
  {
    key: "connect",
    title: "Why a platform cannot be connected now",
    told: "`Platform.notConnectableReason`",
    means: "Nothing was connected, and nothing else changes.",
    todo: {
      comingSoon: "Ask to be told when it opens.",
      inPreparation: "Ask to be told when it opens.",
      excluded: "Disconnect the other one, or put this one in its place.",
      sampleOnly: "Make a sample brand, and look at it there.",
    },
    remedyOf: named(CONNECT_REMEDY),
  },
  {
    key: "attempt",
    title: "What became of a consent",
    told: "`ConnectAttempt.problem`",
    means: "Nothing was read.",
    todo: {
      alreadyConnected: "Open the one that is connected: if it asks for it, reauthorize it there.",
      otherPlace: "Start again, signed in to the account that is meant.",
      refused: "Start again, and agree at the source.",
      replaced: "Start again then.",
    },
    remedyOf: () => "START_AGAIN",
  },
  {
    key: "candidate",
    title: "Why an account cannot be chosen",
    told: "`AccountCandidate.reason`",
    means: "Nothing was read of it.",
    todo: {
      chosen: "Nothing: it is being connected.",
      closed: "Open it again at the source, or choose another one.",
      connected: "Choose another one.",
      lapsed: "Start again.",
      replaced: "Try again then.",
      restricted: "Have it enabled at the source, or choose another one.",
      unreadable: "Ask for that right, or choose another one.",
    },
    remedyOf: () => null,
  },
];

/** Words that are no fault, or that stand where a code has none of its own. */
const notTold = (code: string): boolean =>
  code === "other" || code === "nothingYet" || /\.(?:meaning|one|carried|key)$/u.test(code);

/** Their sentence is what to do. */
const saysItself: ReadonlySet<string> = new Set(["noFileYet", "noFileYet.waits"]);

function whatToDo({ key, todo, remedyOf }: Family, code: string): string {
  if (typeof todo === "string") return say(remedyOf(code), saysItself.has(code) ? "As it says." : todo);
  const own = todo[code];
  const remedy = remedyOf(code);
  if (own === undefined && remedy === null) throw new Error(`${key}.${code} does not say what to do`);
  return own ?? say(remedy, "");
}

const familyHints = (family: Family): Hint[] =>
  words
    .codes(family.key)
    .filter((code) => !notTold(code))
    .map((code) => ({
      code,
      says: words.say(`${family.key}.${code}`),
      means: words.has(`${family.key}.${code}.meaning`) ? words.say(`${family.key}.${code}.meaning`) : family.means,
      todo: whatToDo(family, code),
    }));

const problems: HintFamily = {
  title: "What a mutation answers instead of its success",
  told: "`UserError`, by its `code`",
  hints: ERROR_CODES.map((code) => ({
    code,
    says: words.say(`problem.${code}`),
    means: words.say(`problem.${code}.meaning`),
    todo: say(
      PROBLEM_REMEDY[code],
      code === "NOT_POSSIBLE_NOW" || code === "PLATFORM_UNAVAILABLE" ? "As its reason says." : "Nothing.",
    ),
  })),
};

const requests: HintFamily = {
  title: "Why a request was not answered",
  told: "`errors[].extensions.code` of GraphQL, `code` of `/api/auth` and `/v1`",
  hints: Object.entries(RECOVERY).map(([code, hint]) => ({ code, ...hint })),
};

/** A connector's own words: what its source said, and what a person must know of it. */
function platformHints(): HintFamily[] {
  return PLATFORMS.flatMap((platform) => {
    const own = wordsOfPlatform(platform, "en");
    const hints = ["failure", "notice"].flatMap((family) =>
      own
        .codes(`${family}.${platform}`)
        .filter((code) => !notTold(code))
        .map((code) => ({
          code: `${platform}.${code}`,
          says: own.say(`${family}.${platform}.${code}`),
          means: own.has(`${family}.${platform}.${code}.meaning`)
            ? own.say(`${family}.${platform}.${code}.meaning`)
            : family === "failure"
              ? "What was committed stays; its class decides what follows."
              : "What was read stays.",
          todo: family === "failure" ? "As its class says, above." : "As it says.",
        })),
    );
    return hints.length === 0 ? [] : [{ title: `What ${platform} says`, told: "`Failure`, `Reason`", hints }];
  });
}

export const hintFamilies = (): HintFamily[] => [
  problems,
  requests,
  ...FAMILIES.map((family) => ({ title: family.title, told: family.told, hints: familyHints(family) })),
  ...platformHints(),
];

/** Every code that a program can meet, so that a test can ask whether one is missing. */
export const codesOfProgram: readonly string[] = [
  ...ERROR_CODES,
  ...TOP_LEVEL_CODES,
  ...failureClasses,
  ...Object.keys(HOLD_REMEDY),
  ...Object.keys(REFUSAL_REMEDY),
];
