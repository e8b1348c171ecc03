// Which word was meant by one that is written a little wrongly.
import { expect, test } from "vitest";
import { editsBetween, nearestOf } from "./nearest.ts";

test.each([
  ["MM-204", ["MM-024", "MM-201", "MM-304"], "MM-024"],
  ["mm-204", ["MM-024"], "MM-024"],
  ["TEE-BLACK-M", ["TEE-BLK-M", "TEE-WHT-M"], "TEE-BLK-M"],
  ["MM-204", ["MM-209", "MM-201"], "MM-201"],
  ["MM-204", ["MM-204-XL", "MM-2", "XX-999"], null],
  ["AB", ["BA", "CD"], "BA"],
  ["AB", ["CD"], null],
  ["नीम-१२", ["नीम-२१"], "नीम-२१"],
  ["A", [], null],
])("%s among %j is %s", (wanted, known, meant) => {
  expect(nearestOf(wanted, known)).toBe(meant);
  expect(nearestOf(wanted, known.toReversed()), "in whatever order they come").toBe(meant);
});

/** All there is to it, without any shortcut. */
function plainly(one: string, other: string): number {
  const turned =
    one.length > 1 && other.length > 1 && one[0] === other[1] && one[1] === other[0]
      ? 1 + plainly(one.slice(2), other.slice(2))
      : Infinity;
  if (one === "" || other === "") return one.length + other.length;
  const same = one[0] === other[0] ? 0 : 1;
  return Math.min(
    turned,
    1 + plainly(one.slice(1), other),
    1 + plainly(one, other.slice(1)),
    same + plainly(one.slice(1), other.slice(1)),
  );
}

test("counts the same as the plain definition", () => {
  const words = ["", "a", "ab", "ba", "abc", "acb", "cab", "abcd", "badc", "aabb", "abab"];
  for (const one of words)
    for (const other of words)
      for (const most of [1, 2]) {
        const edits = plainly(one, other);
        expect(editsBetween(one, other, most), `${one} ${other}`).toBe(edits > most ? null : edits);
      }
});

test("ten thousand that begin alike are gone through for a page of findings in no time", () => {
  const known = Array.from({ length: 10_000 }, (_, n) => `MM-${String(n).padStart(5, "0")}`);
  expect(nearestOf("MM-0420", known)).toBe("MM-00420");
});
