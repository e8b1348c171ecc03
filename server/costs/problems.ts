/** Why a file cannot be taken now: thrown by the work, worded for people and told as a status to programs. */
import { Problem } from "../words/problems.ts";
import type { RemedyKind } from "../words/reasons.ts";

export class UploadGone extends Problem {
  readonly typename = "UploadGone";
  constructor() {
    super({ code: "UPLOAD_GONE" });
  }
}

export type UploadTrouble =
  | "tooMany"
  | "notNow"
  | "typeToConfirm"
  | "twice"
  | "lapsed"
  | "otherFile"
  | "tooLarge"
  | "otherKey"
  | "takesMore";

const STATUS: Readonly<Record<UploadTrouble, number>> = {
  tooMany: 429,
  notNow: 409,
  typeToConfirm: 422,
  twice: 409,
  lapsed: 403,
  otherFile: 422,
  otherKey: 409,
  takesMore: 409,
  tooLarge: 413,
};

/** Of the others the words say what to do. */
const REMEDY: Readonly<Partial<Record<UploadTrouble, RemedyKind>>> = { tooMany: "WAIT", typeToConfirm: "FIX_INPUT" };

export class UploadRefused extends Problem {
  readonly typename = "UploadRefused";
  readonly trouble: UploadTrouble;
  readonly retryAfterSeconds: number | null;
  constructor(trouble: UploadTrouble, told: { retryAfterSeconds?: number; filename?: string } = {}) {
    const { retryAfterSeconds = null, filename = "" } = told;
    super({ code: "UPLOAD_REFUSED", remedy: REMEDY[trouble] ?? null, values: { filename } });
    this.trouble = trouble;
    this.retryAfterSeconds = retryAfterSeconds;
  }
  get status(): number {
    return STATUS[this.trouble];
  }
}
