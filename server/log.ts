/** One event, one line. Secrets are a class that prints `[secret]`; redaction is the second wall, and the same in every process. */
import { redacting } from "@headwater/connectors/outbound/log-redaction.ts";
import pino from "pino";
import type { DestinationStream } from "pino";

export interface Log {
  info(event: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void;
  error(event: string, facts?: Readonly<Record<string, unknown>>): void;
}

export function openLog(name: string, to: DestinationStream = pino.destination(1)): Log {
  const out = pino({ name, base: { name }, ...redacting }, to);
  return {
    info: (event, facts) => out.info(facts ?? {}, event),
    warn: (event, facts) => out.warn(facts ?? {}, event),
    error: (event, facts) => out.error(facts ?? {}, event),
  };
}

/** What may be written down of an error: its name, message and place, never what it carries. */
export const errorFacts = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof Error ? { error: error.name, message: error.message, stack: error.stack } : { error: String(error) };
