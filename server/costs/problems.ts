/** Why a file cannot be taken now: thrown by the work, worded for people and told as a status to programs. */
import { Problem } from "../words/problems.ts";

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

export class UploadRefused extends Problem {
  readonly typename = "UploadRefused";
  readonly trouble: UploadTrouble;
  readonly retryAfterSeconds: number | null;
  constructor(trouble: UploadTrouble, told: { retryAfterSeconds?: number; filename?: string } = {}) {
    const { retryAfterSeconds = null, filename = "" } = told;
    super({ code: "UPLOAD_REFUSED", remedy: trouble === "tooMany" ? "WAIT" : "FIX_INPUT", values: { filename } });
    this.trouble = trouble;
    this.retryAfterSeconds = retryAfterSeconds;
  }
  get status(): number {
    return STATUS[this.trouble];
  }
}
