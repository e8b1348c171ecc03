/** One event, one line. Secrets are a class that prints `[secret]`; nothing here relies on redaction by name. */
import pino from "pino";

export interface Log {
  info(event: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(event: string, facts?: Readonly<Record<string, unknown>>): void;
  error(event: string, facts?: Readonly<Record<string, unknown>>): void;
}

export function openLog(name: string): Log {
  const out = pino({ name, base: { name }, formatters: { log: (facts) => withoutSecrets(facts) } });
  return {
    info: (event, facts) => out.info(facts ?? {}, event),
    warn: (event, facts) => out.warn(facts ?? {}, event),
    error: (event, facts) => out.error(facts ?? {}, event),
  };
}

const SECRET_KEYS =
  /^(password|token|secret|authorization|cookie|set-cookie|code|hmac|state|credential|refresh_?token|access_?token)$/i;
const SECRET_SHAPES: readonly [RegExp, string][] = [
  [/hw_[0-9a-f]{64}_[\w-]{20,}/g, "[secret]"],
  [/shp[a-z]{2}_[\w-]{8,}/g, "[secret]"],
  [/\bBearer\s+\S+/gi, "Bearer [secret]"],
  [/\b(code|hmac|state|access_token|refresh_token|client_secret)=[^&\s"]+/gi, "$1=[secret]"],
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, "[mail]"],
];

/** By key and by shape of value. The second wall: secrets are a class that prints itself, and nothing should come this far. */
export function withoutSecrets(facts: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([key, value]) => [key, SECRET_KEYS.test(key) ? "[secret]" : clean(value)]),
  );
}

function clean(value: unknown): unknown {
  if (typeof value === "string")
    return SECRET_SHAPES.reduce((text, [shape, instead]) => text.replace(shape, instead), value);
  if (Array.isArray(value)) return value.map(clean);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  return withoutSecrets(Object.fromEntries(Object.entries(value)));
}

export const SILENT: Log = { info: () => {}, warn: () => {}, error: () => {} };

/** What may be written down of an error: its name, message and place, never what it carries. */
export const errorFacts = (error: unknown): Readonly<Record<string, unknown>> =>
  error instanceof Error ? { error: error.name, message: error.message, stack: error.stack } : { error: String(error) };
