// Rules that a reader would otherwise have to check line by line.
import { describe, expect, test } from "vitest";
import { assertionsIn, type Spot, swallowedIn } from "./syntax.ts";
import { codeFiles, isTest, linesWith, read, type SourceFile } from "./tree.ts";

const product = codeFiles.filter(({ path }) => !isTest(path));
const linesMax = 400;
/** The house rules name what they forbid. */
const others = codeFiles.filter(({ path }) => !path.startsWith("test/style/"));

/** Lines with code on them. */
const codeLines = (text: string) =>
  text.split("\n").filter((line) => line.trim() && !/^\s*(\/\/|\/?\*)/u.test(line)).length;

/** What has no comment on its lines or on the one above. */
function unexplained({ path, text }: SourceFile, spots: readonly Spot[]): string[] {
  const lines = text.split("\n");
  return spots.flatMap(({ start, end }) => {
    const last = text.slice(0, end).split("\n").length - 1;
    const first = text.slice(0, start).split("\n").length - 1;
    const near = lines.slice(Math.max(0, first - 1), last + 1);
    return near.some((line) => /\/\/ |\/\*\*? |\* /u.test(line))
      ? []
      : [`${path}:${first + 1}: ${(lines[first] ?? "").trim().slice(0, 110)}`];
  });
}

describe("code", () => {
  test("no file is over 400 lines", () => {
    const long = codeFiles.map(({ path, text }) => ({ path, lines: codeLines(text) }));
    expect(long.filter(({ lines }) => lines > linesMax).map(({ path, lines }) => `${path}: ${lines}`)).toEqual([]);
  });

  test("lint holds no any, no cycle, files of 400 lines, functions of 70 and of 4 parameters", () => {
    const { rules } = JSON.parse(read(".oxlintrc.json"));
    expect(rules).toMatchObject({
      "typescript/no-explicit-any": "error",
      "typescript/no-floating-promises": ["error", { checkThenables: true }],
      "typescript/switch-exhaustiveness-check": "error",
      "import/no-cycle": "error",
      "max-lines": ["error", { max: 400 }],
      "max-lines-per-function": ["error", { max: 70 }],
      "max-params": ["error", { max: 4 }],
    });
  });

  test("a suppression says why", () => {
    const suppression = /(?:ox|es)lint-disable|@ts-(?:ignore|expect-error|nocheck)/u;
    const withReason = /(?:disable(?:-next-line|-line)? [\w/, -]+ -- \S.{8,}|@ts-expect-error \S.{8,})/u;
    expect(linesWith(others, (line) => suppression.test(line) && !withReason.test(line))).toEqual([]);
  });

  test("an `as` or `!` carries its guarantee on its line or the one above", () => {
    expect(product.flatMap((file) => unexplained(file, assertionsIn(file)))).toEqual([]);
  });

  test("nothing is left for later", () => {
    expect(linesWith(others, (line) => /\b(TODO|FIXME|HACK)\b|\bXXX\b(?!["'])/u.test(line))).toEqual([]);
  });

  test("the environment is read in configuration files only, and handed on from an entry", () => {
    const mayRead = /(^|\/)([\w-]+-)?config\.(ts|mjs)$|(^|\/)(vite|vitest|lingui)\.config\.ts$/u;
    const handsOn = /\bprocess\.env[,)]/u;
    const reads = (line: string, path: string) =>
      /process\.env\b|import\.meta\.env\b/u.test(line) && !mayRead.test(path) && !handsOn.test(line);
    expect(
      linesWith(
        others.filter(({ path }) => !/\.test\.tsx?$/u.test(path)),
        (line, path) => reads(line, path) && !/import\.meta\.env\.(SSR|DEV|PROD)\b/u.test(line),
      ),
    ).toEqual([]);
  });

  test("what runs before anything is installed asks for nothing that Node 20 does not have", () => {
    const first = codeFiles.filter(({ path }) => /^(server\/start|test\/run)\/[\w-]+\.mjs$/u.test(path));
    expect(first.length).toBeGreaterThan(30);
    const newer =
      /\b(?:await )?using \w+ =|\bPromise\.(?:withResolvers|try)\b|\bArray\.fromAsync\b|\bRegExp\.escape\b|\bIterator\.from\b|\.(?:union|intersection|difference|symmetricDifference|isSubsetOf|isSupersetOf|isDisjointFrom)\(|\b(?:Object|Map)\.groupBy\b|\bglobSync\b|\.(?:values|keys|entries)\(\)\s*\.(?:map|filter|toArray|some|every|find|reduce)\(|\bimport defer\b|\bnode:sqlite\b/u;
    expect(linesWith(first, (line) => newer.test(line))).toEqual([]);
    const foreign = /^import .* from "(?!node:|\.{1,2}\/)/u;
    expect(linesWith(first, (line, path) => foreign.test(line) && path !== "test/run/reporter.mjs")).toEqual([]);
  });

  test("no error is swallowed without a reason", () => {
    expect(others.flatMap((file) => unexplained(file, swallowedIn(file)))).toEqual([]);
  });

  test("the product does not print for debugging", () => {
    expect(
      linesWith(
        product,
        (line, path) => /\bconsole\.(log|debug|info)\(/u.test(line) && !path.startsWith("server/start/"),
      ),
    ).toEqual([]);
  });
});

describe("an error that nobody looks at", () => {
  test.each([
    ["try { a() } catch {}", 1],
    ["try { a() } catch { return null; }", 1],
    ["for (const a of b) try { a() } catch { continue; }", 1],
    ["a().catch(() => {}); a().catch(() => undefined); a().catch(function () { return []; });", 3],
    ["a().then(b, () => null)", 1],
    ["try { a() } catch (error) { b(error) }", 0],
    ["try { a() } catch { throw new Error('b') }", 0],
    ["a().catch(b); a().catch((error) => b(error)); a().then(() => null, b)", 0],
  ])("%s has %i", (text, count) => {
    expect(swallowedIn({ path: "a.ts", text: `async function all() { ${text} }` })).toHaveLength(count);
  });
});

describe("tests", () => {
  test("no test is left out or left alone without a reason", () => {
    const alone = /\b(?:it|test|describe)\.(?:only|todo|skip|fails)\b|\.(?:skipIf|runIf)\(|\bretry:/u;
    expect(
      linesWith(
        others.filter(({ path }) => isTest(path)),
        (line) => alone.test(line),
      ),
    ).toEqual([]);
  });

  test("no test sleeps", () => {
    const tests = others.filter(({ path }) => /\.test\.tsx?$/u.test(path));
    expect(
      linesWith(tests, (line) => /await (?:sleep|delay)\(|new Promise\(\((\w+)\) => setTimeout\(\1, \d/u.test(line)),
    ).toEqual([]);
  });

  test("no test cuts the day of now by itself: a day is a zone's", () => {
    const ofNow = /(?:\bnew Date\(\)|[nN]ow(?:Ms)?\(\)).*\.toISOString\(\)\s*\.slice\(0, 10\)/u;
    expect(
      linesWith(
        others.filter(({ path }) => isTest(path)),
        (line) => ofNow.test(line),
      ),
    ).toEqual([]);
  });

  test("nothing tells how this repository is worked on", () => {
    const traces = /\/work\/|\/tmp\/plan|\bissue #?\d+\b|\bSEAMS\b|\bCONTRACT\.md\b/u;
    expect(linesWith(others, (line) => traces.test(line) && !/https?:\/\/\S*issues?/u.test(line))).toEqual([]);
  });
});
