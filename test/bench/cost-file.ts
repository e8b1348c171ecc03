/** Files of costs for the bench: two years of days, five types, no cost twice; short rows, or rows with a long note. */

export type RowKind = "short" | "long";

const TYPES = ["fixed", "marketing", "other", "shipping", "handling"];
const DAYS = Array.from({ length: 700 }, (_, n) =>
  new Date(Date.UTC(2024, 11, 1) + n * 86_400_000).toISOString().slice(0, 10),
);
const LINES_A_PIECE = 2_000;

export async function* costFile(bytes: number, kind: RowKind): AsyncGenerator<Buffer> {
  yield Buffer.from("cost_id,date,cost_type,amount,currency,vendor,name,note\n");
  const note = kind === "long" ? "as it was agreed with those who bring it ".repeat(20) : "";
  for (let n = 0, made = 0; made < bytes;) {
    const lines: string[] = [];
    for (const end = n + LINES_A_PIECE; n < end; n += 1) {
      const about = `INR,"Vendor, ${n % 40}",Row ${n} of the daily export of costs`;
      lines.push(`KEY-2026-${n},${DAYS[n % 700]},${TYPES[n % 5]},${n % 9_000}.25,${about},${note}`);
    }
    const piece = Buffer.from(`${lines.join("\n")}\n`);
    made += piece.length;
    yield piece;
  }
}
