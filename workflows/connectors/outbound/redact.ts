// What may be kept of a provider's words: the start of them, with everything that could be a secret taken out.
const SAID_MAX = 200;

const patterns: readonly [RegExp, string][] = [
  [/\b(?:bearer|basic)\s+\S+/gi, "[credential]"],
  [/\bshp[a-z]+_\w+/gi, "[credential]"],
  [/\b(?:sk|rk|pk|ck|cs)_[a-z0-9_]{8,}/gi, "[credential]"],
  [/[\w.+-]+@[\w-]+\.[\w.-]+/g, "[address]"],
  [
    /((?:token|secret|code|key|password|hmac|signature|signed)[\w-]*["']?\s*[:=]\s*["']?)[^"'&\s,}]{6,}/gi,
    "$1[credential]",
  ],
  [/\b(?=[\w~+/=-]*\d)[\w~+/=-]{24,}/g, "[long value]"],
];

/** At most 200 characters, on one line, and no half of one. */
export function saidBy(text: string): string {
  const start = text.slice(0, 4 * SAID_MAX).replaceAll(/\p{Cc}+/gu, " ");
  return patterns
    .reduce((said, [pattern, instead]) => said.replaceAll(pattern, instead), start)
    .slice(0, SAID_MAX)
    .toWellFormed();
}
