// The envelope of a GraphQL answer, read once: data, errors, and what the answer cost.
import { numberIn, type Json } from "../json.ts";
import { type Fields, isFields, isList } from "../read-fields.ts";
import type { BucketReading } from "../session.ts";

export type GraphqlError = {
  readonly message: string;
  readonly code: string;
  readonly path: readonly (string | number)[];
};
export type Envelope = {
  readonly data: Fields | null;
  readonly errors: readonly GraphqlError[];
  readonly bucket: BucketReading | null;
  readonly requestedCost: number | null;
};

export function readEnvelope(body: Json): Envelope | null {
  const whole = asObject(body);
  if (whole === null || (whole["data"] === undefined && whole["errors"] === undefined)) return null;
  const cost = asObject(asObject(whole["extensions"])?.["cost"]);
  return {
    data: asObject(whole["data"]),
    errors: readErrors(whole["errors"]),
    bucket: readBucket(asObject(cost?.["throttleStatus"])),
    requestedCost: numberOrNull(cost?.["requestedQueryCost"]),
  };
}

function readErrors(errors: Json | undefined): GraphqlError[] {
  // `{"errors":"Not Found"}`: a text where a list should be.
  if (typeof errors === "string") return [{ message: errors, code: "", path: [] }];
  return asList(errors).map((error) => {
    const fields = asObject(error) ?? {};
    const code = asObject(fields["extensions"])?.["code"];
    const message = typeof fields["message"] === "string" ? fields["message"] : JSON.stringify(error);
    return {
      message,
      code: typeof code === "string" ? code : codeSaidBy(message),
      path: asList(fields["path"]).filter((step) => typeof step === "string" || typeof step === "number"),
    };
  });
}

/** Some errors come without their code, or under one that is nowhere written down. */
export function codeSaidBy(message: string): string {
  if (/^throttled\b/i.test(message)) return "THROTTLED";
  if (/^access denied\b/i.test(message)) return "ACCESS_DENIED";
  return /internal error|timeout|timed out|went wrong/i.test(message) ? "INTERNAL_SERVER_ERROR" : "";
}

function readBucket(status: Fields | null): BucketReading | null {
  const available = numberOrNull(status?.["currentlyAvailable"]);
  const maximum = numberOrNull(status?.["maximumAvailable"]);
  const restorePerSecond = numberOrNull(status?.["restoreRate"]);
  if (available === null || maximum === null || restorePerSecond === null) return null;
  return { available, maximum, restorePerSecond };
}

export function asObject(value: Json | undefined): Fields | null {
  return isFields(value) ? value : null;
}
export function asList(value: Json | undefined): readonly Json[] {
  return isList(value) ? value : [];
}
function numberOrNull(value: Json | undefined): number | null {
  const number = numberIn(value);
  return Number.isFinite(number) ? number : null;
}
