/** What a person can act on: one class each, thrown by the work, answered as a member of the mutation's union. */
import type { KeyCheck } from "@headwater/connectors/authorization.ts";
import type { CatalogEntry } from "@headwater/connectors/catalog-entry.ts";
import type { DatasourceView } from "../reading/datasources.ts";
import type { Values } from "./catalog.ts";
import type { ReasonView, RemedyKind } from "./reasons.ts";

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
  constructor(view: DatasourceView | null, account: string, because: ReasonView | null = null) {
    super({ code: "ALREADY_CONNECTED", values: { account }, ...(because === null ? {} : { reason: because }) });
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

export class LinkGone extends Problem {
  readonly typename = "LinkGone";
  constructor() {
    super({ code: "LINK_GONE" });
  }
}

export class LinkLapsed extends Problem {
  readonly typename = "LinkLapsed";
  constructor() {
    super({ code: "LINK_LAPSED" });
  }
}

export class TooManyForPlan extends Problem {
  readonly typename = "TooManyForPlan";
  readonly allowance: number;
  readonly used: number;
  readonly views: readonly DatasourceView[];
  constructor(allowance: number, used: number, views: readonly DatasourceView[]) {
    super({ code: "TOO_MANY_FOR_PLAN", values: { allowance, used } });
    this.allowance = allowance;
    this.used = used;
    this.views = views;
  }
}
