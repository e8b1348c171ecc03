/** No payload grows: rows, documents and lists have no way through Temporal. */
import { ApplicationFailure } from "@temporalio/common";
import type { ActivityInboundCallsInterceptor } from "@temporalio/worker";

const MOST_BYTES = 4_096;
const MOST_STRING_BYTES = 256;

/** What is wrong with a value that is about to travel; null where nothing is. */
export function tooLarge(value: unknown): string | null {
  const text = JSON.stringify(value) ?? "";
  const bytes = Buffer.byteLength(text);
  if (bytes > MOST_BYTES) return `${bytes} bytes, more than ${MOST_BYTES}`;
  const long = longString(value);
  return long === null ? null : `a string of ${long} bytes, more than ${MOST_STRING_BYTES}`;
}

function longString(value: unknown): number | null {
  if (typeof value === "string") {
    const bytes = Buffer.byteLength(value);
    return bytes > MOST_STRING_BYTES ? bytes : null;
  }
  if (typeof value !== "object" || value === null) return null;
  for (const part of Object.values(value)) {
    const found = longString(part);
    if (found !== null) return found;
  }
  return null;
}

export const guardResults: ActivityInboundCallsInterceptor = {
  async execute(input, next) {
    const result = await next(input);
    const problem = tooLarge(result);
    if (problem !== null)
      throw ApplicationFailure.create({ type: "bug", message: `A result of ${problem}`, nonRetryable: true });
    return result;
  },
};
