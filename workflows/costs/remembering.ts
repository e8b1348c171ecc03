/** Most cells of a column come again and again: what one was read as is kept, of short cells and only so many. */

const KEPT = 4_096;
const LONGEST = 40;

export function remembering<T extends object | string | boolean | null>(
  read: (text: string) => T,
): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const before = known.get(text);
    if (before !== undefined) return before;
    const fresh = read(text);
    if (text.length > LONGEST) return fresh;
    if (known.size === KEPT) known.clear();
    // A copy: what is cut out of a longer text would keep all of that text.
    known.set(Buffer.from(text, "utf16le").toString("utf16le"), fresh);
    return fresh;
  };
}
