/**
 * What every log of ours is opened with. The second wall: secrets are a class that prints itself, and nothing should come
 * this far. By the name of a field, however deep, and then by shape over the whole finished line, message and stack too.
 */
const SECRET = "[secret]";
const DEEPEST = 8;

const secretName =
  /(?:password|passwd|secret|token|apikey|privatekey|cookie|authorization|hmac|signature|verifier|credential|credentials)$/;
/** OAuth's two short names are ours as well: a code of ours is words, theirs is a long value. */
const sometimesSecret = new Set(["code", "state"]);
const words = /^(?:[A-Za-z]+(?:[._ -][A-Za-z]+)*|[A-Z0-9]{5})$/;

/** Nothing here takes a quote or a backslash, so that a line stays JSON. */
const shapes: readonly [RegExp, string][] = [
  [/\b(?:bearer|basic)\s+[^\s"\\,;]{6,}/gi, SECRET],
  [/\bshp[a-z]{2}_\w{8,}/gi, SECRET],
  [/\bhw_[0-9a-f]{32,}_[\w-]{8,}/gi, SECRET],
  [/\b(?:sk|rk|pk|ck|cs)_[a-z0-9_]{8,}/gi, SECRET],
  [/\b(code|hmac|state|signature|[a-z_]*token|[a-z_]*secret|password)=[^&\s"\\]+/gi, `$1=${SECRET}`],
  [/:\/\/[^/\s"\\@]+@/g, `://${SECRET}@`],
  [/[\w.+-]+@[a-z0-9-]+(?:\.[a-z0-9-]+)*\.[a-z]{2,}\b/gi, "[address]"],
];
const longValue = /(?<![\w/.-])[\w~+=-]{32,}(?![\w/-])/g;
const uuid = /[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}/gi;
const isRandom = (text: string): boolean => {
  const rest = text.replaceAll(uuid, "");
  return rest.length >= 24 && /\d/.test(rest) && /[a-z]/i.test(rest);
};

export function withoutShapes(line: string): string {
  const plain = shapes.reduce((text, [shape, instead]) => text.replaceAll(shape, instead), line);
  return plain.replaceAll(longValue, (value) => (isRandom(value) ? SECRET : value));
}

export function withoutNames(facts: object, depth = 0): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(facts).map(([name, value]: [string, unknown]) => [
      name,
      isSecret(name, value) ? SECRET : cleaned(value, depth + 1),
    ]),
  );
}

function isSecret(name: string, value: unknown): boolean {
  if (value === null || value === undefined || typeof value === "number" || typeof value === "boolean") return false;
  const plain = name.toLowerCase().replaceAll(/[^a-z]/g, "");
  if (sometimesSecret.has(plain)) return typeof value === "string" && !words.test(value);
  return secretName.test(plain);
}

function cleaned(value: unknown, depth: number): unknown {
  if (typeof value === "bigint") return String(value);
  if (typeof value !== "object" || value === null || value instanceof Date) return value;
  if (depth > DEEPEST) return "[deep]";
  if (value instanceof Error) return errorOf(value, depth);
  if (ArrayBuffer.isView(value)) return "[bytes]";
  if (Array.isArray(value)) return value.map((one: unknown) => cleaned(one, depth + 1));
  if ("toJSON" in value && typeof value.toJSON === "function") return cleaned(value.toJSON(), depth + 1);
  return withoutNames(value, depth);
}

/** Its name, message and place; never what it carries along, such as a query's parameters. */
function errorOf(error: Error, depth: number): Record<string, unknown> {
  const code = "code" in error && typeof error.code === "string" ? { code: error.code } : {};
  const cause = error.cause === undefined ? {} : { cause: cleaned(error.cause, depth + 1) };
  return { type: error.name, message: error.message, stack: error.stack, ...code, ...cause };
}

/** Spread into the options of a log. */
export const redacting = {
  formatters: { log: (facts: object) => withoutNames(facts) },
  hooks: { streamWrite: withoutShapes },
};
