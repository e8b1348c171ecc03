// The table of ASVS 5.0 is whole, and what it names as proof exists.
import { expect, test } from "vitest";
import { allPaths, read } from "./tree.ts";

const document = "server/access/asvs.md";

/** Of each section, the level of its items one after the other: facts of the standard, in its order. */
const LEVELS: Readonly<Record<string, string>> = {
  "1.1": "22",
  "1.2": "1111122223",
  "1.3": "112222222223",
  "1.4": "222",
  "1.5": "123",
  "2.1": "122",
  "2.2": "112",
  "2.3": "12223",
  "2.4": "23",
  "3.1": "3",
  "3.2": "113",
  "3.3": "12223",
  "3.4": "11222233",
  "3.5": "11122333",
  "3.6": "3",
  "3.7": "22333",
  "4.1": "12233",
  "4.2": "23333",
  "4.3": "22",
  "4.4": "1222",
  "5.1": "2",
  "5.2": "112333",
  "5.3": "113",
  "5.4": "222",
  "6.1": "122",
  "6.2": "111111112222",
  "6.3": "11223333",
  "6.4": "112233",
  "6.5": "22222333",
  "6.6": "2223",
  "6.7": "33",
  "6.8": "2222",
  "7.1": "222",
  "7.2": "1111",
  "7.3": "22",
  "7.4": "11222",
  "7.5": "223",
  "7.6": "22",
  "8.1": "1233",
  "8.2": "1123",
  "8.3": "133",
  "8.4": "23",
  "9.1": "111",
  "9.2": "1222",
  "10.1": "22",
  "10.2": "223",
  "10.3": "22223",
  "10.4": "1111122222233333",
  "10.5": "22222",
  "10.6": "22",
  "10.7": "222",
  "11.1": "2233",
  "11.2": "22233",
  "11.3": "11233",
  "11.4": "1222",
  "11.5": "23",
  "11.6": "23",
  "11.7": "33",
  "12.1": "12233",
  "12.2": "11",
  "12.3": "22223",
  "13.1": "2333",
  "13.2": "222223",
  "13.3": "2233",
  "13.4": "1222233",
  "14.1": "22",
  "14.2": "12223333",
  "14.3": "122",
  "15.1": "12233",
  "15.2": "12233",
  "15.3": "1222222",
  "15.4": "3333",
  "16.1": "2",
  "16.2": "22222",
  "16.3": "2222",
  "16.4": "222",
  "16.5": "2223",
  "17.1": "23",
  "17.2": "22223333",
  "17.3": "22",
};

interface Item {
  readonly id: string;
  readonly level: string;
}
const all = Object.entries(LEVELS).flatMap(([section, levels]) =>
  Array.from(levels, (level, n): Item => ({ id: `${section}.${n + 1}`, level })),
);
/** Levels 1 and 2 whole; authorisation and the client of OAuth up to level 3. */
const asked = all.filter(({ id, level }) => level !== "3" || /^(?:8|10\.[12])\./u.test(id));

const rows = read(document)
  .split("\n")
  .filter((line) => /^\| \d/u.test(line))
  .map((line) => line.split(" | ").map((cell) => cell.replaceAll(/^\| | \|$/gu, "")))
  .map(([id = "", level = "", , standing = "", why = ""]) => ({ id, level, standing, why }));

test("the standard's items are counted right", () => {
  const count = (level: string) => all.filter((item) => item.level === level).length;
  expect([count("1"), count("2"), count("3")]).toEqual([70, 183, 92]);
});

test("each item that is asked for stands there once, with its level, a standing and why", () => {
  expect(rows.map(({ id, level }) => ({ id, level }))).toEqual(asked);
  expect(rows.filter(({ standing }) => !["met", "n.a.", "gap"].includes(standing))).toEqual([]);
  expect(rows.filter(({ why }) => why === "").map(({ id }) => id)).toEqual([]);
});

test("every test that it names exists", () => {
  const named = rows.flatMap(({ id, why }) =>
    [...why.matchAll(/`([^`]+\.test\.tsx?)`: \*(.+?)\*(?=; |$)/gu)].map(([, file = "", title = ""]) => ({
      id,
      file,
      title,
    })),
  );
  expect(named.length).toBeGreaterThan(150);
  expect(named.filter(({ file, title }) => !allPaths.includes(file) || !read(file).includes(title))).toEqual([]);
});

test("what it says of itself is so: no gap of level 1, and how many of level 2", () => {
  const told = read(document);
  const of = (level: string, standing: string) =>
    rows.filter((row) => row.level === level && row.standing === standing).length;
  expect(of("1", "gap")).toBe(0);
  const share = (100 * of("2", "met")) / (of("2", "met") + of("2", "gap"));
  expect(share).toBeGreaterThanOrEqual(95);
  expect(told).toContain(
    `${of("2", "met")} met, ${of("2", "gap")} gaps, ${of("2", "n.a.")} not applicable; ${share.toFixed(1)} %`,
  );
});
