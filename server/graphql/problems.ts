/** What a person can act on: one class each, thrown by the work, answered as a member of the mutation's union. */
import type { KeyCheck } from "@headwater/connectors/authorization.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import { organisationOf } from "../access/caller.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import { readMembers } from "../reading/people.ts";
import { remedy } from "../words/reasons.ts";
import type { ReasonView, RemedyKind } from "../words/reasons.ts";
import type { Values } from "../words/catalog.ts";
import { builder, rule } from "./builder.ts";
import type { Context } from "./context.ts";
import { Datasource } from "./datasource-ref.ts";
import { Platform } from "./platform.ts";
import { Reason, Remedy } from "./reason.ts";

export const ERROR_CODES = [
  "INVALID_INPUT",
  "NOT_ALLOWED",
  "DATASOURCE_GONE",
  "NOT_POSSIBLE_NOW",
  "KEY_REUSED",
  "SLOT_LIMIT_REACHED",
  "PLATFORM_UNAVAILABLE",
  "PREREQUISITE_MISSING",
  "EXCLUDED",
  "ALREADY_CONNECTED",
  "TOKEN_GONE",
  "TOKEN_LIMIT_REACHED",
  "ORGANISATION_GONE",
  "SESSION_GONE",
  "UPLOAD_GONE",
  "UPLOAD_REFUSED",
  "LINK_GONE",
  "LINK_LAPSED",
  "TOO_MANY_FOR_PLAN",
  "KEY_REFUSED",
] as const;
export type ErrorCode = (typeof ERROR_CODES)[number];

/** What a person does about each; a problem that has a reason of its own does as that reason says. */
export const PROBLEM_REMEDY: Readonly<Record<ErrorCode, RemedyKind | null>> = {
  INVALID_INPUT: "FIX_INPUT",
  NOT_ALLOWED: "ASK_ADMIN",
  DATASOURCE_GONE: null,
  NOT_POSSIBLE_NOW: null,
  KEY_REUSED: "RETRY",
  SLOT_LIMIT_REACHED: "UPGRADE",
  PLATFORM_UNAVAILABLE: null,
  PREREQUISITE_MISSING: "CONNECT_FIRST",
  EXCLUDED: "DISCONNECT_ONE",
  ALREADY_CONNECTED: null,
  TOKEN_GONE: null,
  TOKEN_LIMIT_REACHED: "RETRY",
  ORGANISATION_GONE: null,
  SESSION_GONE: null,
  UPLOAD_GONE: null,
  UPLOAD_REFUSED: "FIX_INPUT",
  LINK_GONE: null,
  LINK_LAPSED: null,
  TOO_MANY_FOR_PLAN: "FIX_INPUT",
  KEY_REFUSED: "FIX_INPUT",
};

interface Telling {
  readonly code: ErrorCode;
  /** Absent: as the table says. */
  readonly remedy?: RemedyKind | null;
  readonly values?: Values;
  /** Words that say it better than those of the code. */
  readonly reason?: ReasonView;
}

/** Not an `Error`: executors take any error that a resolver gives back for a failure, and this is an answer. */
export abstract class Problem {
  abstract readonly typename: string;
  readonly telling: Telling;
  constructor(telling: Telling) {
    this.telling = telling;
  }
}

export interface FieldProblem {
  readonly path: string;
  readonly message: string;
}

export class InvalidInput extends Problem {
  readonly typename = "InvalidInput";
  readonly fields: readonly FieldProblem[];
  constructor(fields: readonly FieldProblem[]) {
    super({ code: "INVALID_INPUT" });
    this.fields = fields;
  }
}

export class NotAllowed extends Problem {
  readonly typename = "NotAllowed";
  constructor() {
    super({ code: "NOT_ALLOWED" });
  }
}

export class DatasourceGone extends Problem {
  readonly typename = "DatasourceGone";
  constructor() {
    super({ code: "DATASOURCE_GONE" });
  }
}

export class NotPossibleNow extends Problem {
  readonly typename = "NotPossibleNow";
  readonly because: ReasonView;
  readonly view: DatasourceView | null;
  constructor(because: ReasonView, view: DatasourceView | null) {
    super({ code: "NOT_POSSIBLE_NOW", remedy: because.remedy?.kind ?? null, reason: because });
    this.because = because;
    this.view = view;
  }
}

export class KeyReused extends Problem {
  readonly typename = "KeyReused";
  constructor() {
    super({ code: "KEY_REUSED" });
  }
}

export class SlotLimitReached extends Problem {
  readonly typename = "SlotLimitReached";
  readonly limit: number;
  readonly used: number;
  readonly leastUsed: DatasourceView | null;
  constructor(limit: number, used: number, leastUsed: DatasourceView | null) {
    super({ code: "SLOT_LIMIT_REACHED", values: { limit, used } });
    this.limit = limit;
    this.used = used;
    this.leastUsed = leastUsed;
  }
}

export class PlatformUnavailable extends Problem {
  readonly typename = "PlatformUnavailable";
  readonly entry: CatalogEntry | null;
  constructor(entry: CatalogEntry | null, because: ReasonView | null) {
    const code = because?.code === "excluded" ? "EXCLUDED" : "PLATFORM_UNAVAILABLE";
    super({ code, remedy: because?.remedy?.kind ?? null, ...(because === null ? {} : { reason: because }) });
    this.entry = entry;
  }
}

export class PrerequisiteMissing extends Problem {
  readonly typename = "PrerequisiteMissing";
  readonly needs: readonly CatalogEntry[];
  constructor(needs: readonly CatalogEntry[], because: ReasonView) {
    super({ code: "PREREQUISITE_MISSING", reason: because });
    this.needs = needs;
  }
}

export class AlreadyConnected extends Problem {
  readonly typename = "AlreadyConnected";
  readonly view: DatasourceView | null;
  constructor(view: DatasourceView | null, account: string) {
    super({ code: "ALREADY_CONNECTED", values: { account } });
    this.view = view;
  }
}

export class TokenGone extends Problem {
  readonly typename = "TokenGone";
  constructor() {
    super({ code: "TOKEN_GONE" });
  }
}

export class TokenLimitReached extends Problem {
  readonly typename = "TokenLimitReached";
  readonly limit: number;
  constructor(limit: number) {
    super({ code: "TOKEN_LIMIT_REACHED", values: { limit } });
    this.limit = limit;
  }
}

export class OrganisationGone extends Problem {
  readonly typename = "OrganisationGone";
  constructor() {
    super({ code: "ORGANISATION_GONE" });
  }
}

export class SessionGone extends Problem {
  readonly typename = "SessionGone";
  constructor() {
    super({ code: "SESSION_GONE" });
  }
}

/** What was tried, one thing after another, and what is wrong with what was pasted. */
export class KeyRefused extends Problem {
  readonly typename = "KeyRefused";
  readonly platform: string;
  readonly checks: readonly KeyCheck[];
  readonly fields: readonly FieldProblem[];
  constructor(platform: string, checks: readonly KeyCheck[], fields: readonly FieldProblem[]) {
    super({ code: "KEY_REFUSED" });
    this.platform = platform;
    this.checks = checks;
    this.fields = fields;
  }
}

const ErrorCodeEnum = builder.enumType("ErrorCode", {
  description: "A closed list, for programs.",
  values: ERROR_CODES,
});

const messageOf = ({ telling }: Problem, _args: object, { words }: Context): string =>
  telling.reason?.message ?? words.say(`problem.${telling.code}`, telling.values);
const meaningOf = ({ telling }: Problem, _args: object, { words }: Context): string =>
  telling.reason?.meaning ?? words.say(`problem.${telling.code}.meaning`, telling.values);
function remedyOf({ telling }: Problem, _args: object, { words, services }: Context) {
  const kind = telling.remedy === undefined ? PROBLEM_REMEDY[telling.code] : telling.remedy;
  return kind === null ? null : remedy(words, kind, kind === "CONTACT_SUPPORT" ? services.supportUrl : null);
}

const UserError = builder.interfaceRef<Problem>("UserError").implement({
  description: "Something that a person can act on: what happened, what it means for the data, what to do.",
  fields: (t) => ({
    code: t.field({
      type: ErrorCodeEnum,
      ...rule("anybody"),
      description: "Which.",
      resolve: ({ telling }) => telling.code,
    }),
    message: t.string({ ...rule("anybody"), description: "What happened.", resolve: messageOf }),
    meaning: t.string({ ...rule("anybody"), description: "What it means for the data.", resolve: meaningOf }),
    remedy: t.field({
      type: Remedy,
      nullable: true,
      ...rule("anybody"),
      description: "What to do.",
      resolve: remedyOf,
    }),
  }),
  resolveType: (problem) => problem.typename,
});

export const FieldErrorRef = builder.objectRef<FieldProblem>("FieldError").implement({
  description: "What is wrong with one value of the input.",
  ...rule("anybody"),
  fields: (t) => ({
    path: t.exposeString("path", { description: 'Path into the input: "fields.shop".' }),
    message: t.exposeString("message", { description: "What is wrong with it and what would be right." }),
  }),
});

export const problem = (description: string) => ({ description, interfaces: [UserError], ...rule("anybody") });

builder.objectType(InvalidInput, {
  name: "InvalidInput",
  ...problem("The input cannot be right."),
  fields: (t) => ({
    fields: t.field({
      type: [FieldErrorRef],
      description: "Every value that is wrong.",
      resolve: ({ fields }) => [...fields],
    }),
  }),
});
builder.objectType(NotAllowed, {
  name: "NotAllowed",
  ...problem("The caller's role, or the token's scopes, do not allow it."),
  fields: (t) => ({
    ask: t.stringList({ description: "Who can.", resolve: (_problem, _args, ctx) => namesOfAdmins(ctx) }),
  }),
});
builder.objectType(DatasourceGone, {
  name: "DatasourceGone",
  ...problem("There is no such datasource here (any more)."),
});
builder.objectType(NotPossibleNow, {
  name: "NotPossibleNow",
  ...problem("The state of the datasource forbids it now."),
  fields: (t) => ({
    reason: t.field({ type: Reason, description: "Why.", resolve: ({ because }) => because }),
    datasource: t.field({
      type: Datasource,
      nullable: true,
      description: "As it stands.",
      resolve: ({ view }) => view,
    }),
  }),
});
builder.objectType(KeyReused, {
  name: "KeyReused",
  ...problem("The same idempotency key came before with other values."),
});
builder.objectType(SlotLimitReached, {
  name: "SlotLimitReached",
  ...problem("Every slot of the plan is in use."),
  fields: (t) => ({
    limit: t.exposeInt("limit", { description: "Slots of the plan." }),
    used: t.exposeInt("used", { description: "Slots in use." }),
    ways: t.field({
      type: [Remedy],
      description: "The ways out.",
      resolve: (_problem, _args, { words, services }) =>
        (["DISCONNECT_ONE", "REPLACE_ONE", "UPGRADE", "CONTACT_SUPPORT"] as const).map((kind) =>
          remedy(words, kind, kind === "CONTACT_SUPPORT" ? services.supportUrl : null),
        ),
    }),
    leastUsed: t.field({
      type: Datasource,
      nullable: true,
      description: "The one that brought the least lately.",
      resolve: ({ leastUsed }) => leastUsed,
    }),
  }),
});
builder.objectType(PlatformUnavailable, {
  name: "PlatformUnavailable",
  ...problem("This platform cannot be connected now."),
  fields: (t) => ({
    platform: t.field({
      type: Platform,
      nullable: true,
      description: "Which; null where there is none of that name.",
      resolve: ({ entry }) => entry,
    }),
  }),
});
builder.objectType(PrerequisiteMissing, {
  name: "PrerequisiteMissing",
  ...problem("Another platform must be connected first."),
  fields: (t) => ({
    needs: t.field({ type: [Platform], description: "Any one of these.", resolve: ({ needs }) => [...needs] }),
  }),
});
builder.objectType(AlreadyConnected, {
  name: "AlreadyConnected",
  ...problem("This organisation has that account connected already."),
  fields: (t) => ({
    datasource: t.field({ type: Datasource, nullable: true, description: "Where.", resolve: ({ view }) => view }),
  }),
});
builder.objectType(TokenGone, { name: "TokenGone", ...problem("There is no such API token here.") });
builder.objectType(TokenLimitReached, {
  name: "TokenLimitReached",
  ...problem("There are as many living API tokens as there may be."),
  fields: (t) => ({ limit: t.exposeInt("limit", { description: "How many there may be." }) }),
});
builder.objectType(OrganisationGone, {
  name: "OrganisationGone",
  ...problem("There is no such organisation for this person."),
});
builder.objectType(SessionGone, { name: "SessionGone", ...problem("There is no such session of this person.") });

async function namesOfAdmins(ctx: Context): Promise<string[]> {
  const organisation = organisationOf(ctx.caller);
  if (organisation === null) return [];
  const members = await readMembers(ctx.db, organisation);
  return members.filter(({ role }) => role === "owner" || role === "admin").map(({ name }) => name);
}
