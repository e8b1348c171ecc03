/** Sums of decimal texts with no float in between: whole numbers of the smallest unit, small ones as numbers, large as BigInt. */

const SAFE_DIGITS = 14;

/** The sum, with as many decimals as the longest summand has. */
export function exactSum(amounts: readonly string[]): string {
  let scale = 0;
  let isSmall = amounts.length < 100;
  for (const amount of amounts) {
    const dot = amount.indexOf(".");
    if (dot >= 0) scale = Math.max(scale, amount.length - dot - 1);
    if (amount.length > SAFE_DIGITS) isSmall = false;
  }
  if (isSmall && scale <= 4) {
    let sum = 0;
    for (const amount of amounts) sum += Number(units(amount, scale));
    if (Math.abs(sum) < Number.MAX_SAFE_INTEGER) return decimal(String(sum), scale);
  }
  let sum = 0n;
  for (const amount of amounts) sum += BigInt(units(amount, scale));
  return decimal(String(sum), scale);
}

export const negated = (amount: string): string => (amount.startsWith("-") ? amount.slice(1) : `-${amount}`);

/** `-12.5` at scale 2 is `-1250`. */
function units(amount: string, scale: number): string {
  const dot = amount.indexOf(".");
  if (dot < 0) return scale === 0 ? amount : amount + "0".repeat(scale);
  return amount.slice(0, dot) + amount.slice(dot + 1) + "0".repeat(scale - (amount.length - dot - 1));
}

function decimal(text: string, scale: number): string {
  if (scale === 0) return text;
  const isNegative = text.startsWith("-");
  const digits = (isNegative ? text.slice(1) : text).padStart(scale + 1, "0");
  return `${isNegative ? "-" : ""}${digits.slice(0, -scale)}.${digits.slice(-scale)}`;
}
