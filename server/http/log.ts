/** One event, one line. Secrets are a class that prints `[secret]`; nothing here relies on redaction by name. */
import pino from "pino";

export interface Log {
  info(event: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void;
  error(event: string, facts?: Readonly<Record<string, unknown>>): void;
}

export function openLog(name: string): Log {
  const out = pino({ name, base: { name } });
  return {
    info: (event, facts) => out.info(facts ?? {}, event),
    warn: (event, facts) => out.warn(facts ?? {}, event),
    error: (event, facts) => out.error(facts ?? {}, event),
  };
}

export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What may be written down of an error: its name, message and place, never what it carries. */
export const errorFacts = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof Error ? { error: error.name, message: error.message, stack: error.stack } : { error: String(error) };
