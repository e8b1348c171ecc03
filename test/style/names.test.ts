// Names of files, folders and settings.
import { basename, dirname } from "node:path";
import { describe, expect, test } from "vitest";
import { allPaths, codeFiles, linesWith } from "./tree.ts";

const topLevel = new Set(
  `.ci .gitignore .npmrc .oxfmtrc.json .oxlintrc.json LICENSE README.md package.json pnpm-lock.yaml pnpm-workspace.yaml
   server test tsconfig.json vitest.config.ts web workflows`.split(/\s+/u),
);
const drawers = new Set(["utils", "util", "helpers", "helper", "common", "types", "misc", "shared-utils", "stuff"]);
/** A package's front door, a connector's one export, and what the browser or a tool looks for by this name. */
const frontDoors = /^(server\/db|workflows\/connectors|workflows\/connectors\/[a-z0-9-]+|web)\/index\.(ts|html)$/u;

const stem = (path: string) => basename(path).split(".")[0] ?? "";

describe("names", () => {
  test("nothing new stands at the top", () => {
    expect(allPaths.map((path) => path.split("/")[0] ?? "").filter((entry) => !topLevel.has(entry))).toEqual([]);
  });

  test("code files and folders are kebab-case", () => {
    const odd = codeFiles.filter(({ path }) =>
      path.split("/").some((part) => !/^[a-z0-9]+(-[a-z0-9]+)*(\.[a-z0-9-]+)*$/u.test(part)),
    );
    expect(odd.map(({ path }) => path)).toEqual([]);
  });

  test("no file is a drawer", () => {
    const named = (path: string) => drawers.has(stem(path)) || drawers.has(basename(dirname(path)));
    expect(codeFiles.map(({ path }) => path).filter(named)).toEqual([]);
  });

  test("index is only a front door", () => {
    expect(
      codeFiles.map(({ path }) => path).filter((path) => stem(path) === "index" && !frontDoors.test(path)),
    ).toEqual([]);
  });

  test("no exported name ends in a word that fits everything", () => {
    const exported = /^export (?:default )?(?:abstract )?(?:async )?(?:const|function\*?|class|interface|type) (\w+)/u;
    const vague = /(Manager|Service|Helper|Utils?|Impl)$|^(Base|Abstract)[A-Z]/u;
    expect(linesWith(codeFiles, (line) => vague.test(exported.exec(line)?.[1] ?? ""))).toEqual([]);
  });
});
