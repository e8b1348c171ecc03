// Sums of decimal texts, exact: whole numbers of the finest digit seen.
export function sumDecimals(texts: readonly string[]): string {
  const digits = Math.max(0, ...texts.map((text) => text.split(".")[1]?.length ?? 0));
  const units = texts.map((text) => {
    const isNegative = text.startsWith("-") && !text.startsWith("--");
    const [whole = "0", fraction = ""] = text.replace(/^-+/, "").split(".");
    const value = BigInt(`${whole}${fraction.padEnd(digits, "0")}`);
    return isNegative ? -value : value;
  });
  const sum = units.reduce((a, b) => a + b, 0n);
  const text = (sum < 0n ? -sum : sum).toString().padStart(digits + 1, "0");
  const whole = text.slice(0, text.length - digits);
  return `${sum < 0n ? "-" : ""}${whole}${digits === 0 ? "" : `.${text.slice(text.length - digits)}`}`;
}
