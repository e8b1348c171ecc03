// Documents are true: every path, link and command that a Markdown file names exists.
import { existsSync } from "node:fs";
import { basename, dirname, join } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";
import { buildSchema, parse, validate } from "graphql";
import { describe, expect, test } from "vitest";
import { requestsIn } from "../setup/examples.ts";
import { sections } from "../run/sections.mjs";
import { allPaths, read } from "./tree.ts";

const documents = allPaths.filter((path) => path.endsWith(".md"));
const folders = new Set(
  allPaths.flatMap((path) => path.split("/").map((_, n, parts) => parts.slice(0, n + 1).join("/"))),
);
const { scripts } = JSON.parse(read("package.json"));

/** Made at run time, or an example's own. */
const notInGit =
  /^(\.data|node_modules|~|\/|https?:|mailto:|application\/|web\/dist|test\/bench\/latest\.json)|[<>*{}$]|^@|\.\.\.$/u;
const looksLikePath = (text: string) =>
  /^[\w.@-]+(\/[\w.@-]+)*\/?$/u.test(text) &&
  (text.includes("/") || /\.(ts|tsx|mjs|md|json|sql|po|yaml|graphql|css)$/u.test(text));

const codeSpans = (text: string) =>
  [...text.replaceAll(/```[\s\S]*?```/gu, "").matchAll(/`([^`\n]+)`/gu)].map(([, span = ""]) => span);
const links = (text: string) =>
  [...text.matchAll(/\]\(([^)\s]+)\)/gu)].map(([, target = ""]) => target.split("#")[0] ?? "");
const commandsIn = (text: string) => [...text.matchAll(/\bnpm (?:run ([\w:]+)|(test|start))(?: -- ([\w:-]+))?/gu)];

/** Beside the document, from the top, or somewhere below the document's room. */
function exists(document: string, path: string): boolean {
  const clean = path.replace(/\/$/u, "");
  const room = dirname(document);
  if (existsSync(join(checkout, room, clean)) || existsSync(join(checkout, clean))) return true;
  return [...folders].some((known) => known.startsWith(room === "." ? "" : `${room}/`) && known.endsWith(`/${clean}`));
}

const rooms = ["server", "server/db", "server/start", "workflows", "workflows/connectors", "web", "test"];
/** The folders right below one, generated ones of the build aside. */
const foldersIn = (room: string) =>
  [...folders].filter((path) => dirname(path) === room && !allPaths.includes(path)).map((path) => basename(path));

describe("documents", () => {
  test.each(documents)("%s names only paths that exist", (document) => {
    const text = read(document);
    const named = [...codeSpans(text).filter(looksLikePath), ...links(text)].filter(
      (path) => path && !notInGit.test(path),
    );
    expect(named.filter((path) => !exists(document, path))).toEqual([]);
  });

  test.each(documents)("%s names only commands that exist", (document) => {
    const unknown = commandsIn(read(document)).flatMap(([whole, named, plain, section]) => {
      const script = named ?? plain ?? "";
      const sectionKnown =
        script !== "test" || !section || section.startsWith("--") || sections.some(({ name }) => name === section);
      return script in scripts && sectionKnown ? [] : [whole];
    });
    expect(unknown).toEqual([]);
  });

  test("the front page is one page", () => {
    expect(read("README.md").split("\n").length).toBeLessThan(120);
  });

  test("each room says what lives in it", () => {
    expect(rooms.filter((room) => !documents.includes(`${room}/README.md`))).toEqual([]);
    const front = read("README.md");
    expect(
      rooms.filter(
        (room) =>
          !front.includes(`(${room}/README.md)`) && !front.includes(`(${room})`) && !front.includes(`(${room}/)`),
      ),
    ).toEqual([]);
  });

  test.each(rooms)("%s says what each of its folders is", (room) => {
    const text = read(`${room}/README.md`);
    const named = new Set([...codeSpans(text), ...links(text)].map((path) => path.split("/")[0]));
    expect(foldersIn(room).filter((folder) => !named.has(folder))).toEqual([]);
  });
});

describe("examples", () => {
  test("the requests of the front page fit the schema", () => {
    const schema = buildSchema(read("server/graphql/schema.graphql"));
    const examples = requestsIn(read("README.md"));
    expect(examples.length).toBe(3);
    for (const { query } of examples) expect(validate(schema, parse(query)), query).toEqual([]);
  });
});

describe("packages", () => {
  const manifests = allPaths.filter((path) => path.endsWith("package.json"));

  test.each(manifests)("%s pins every version", (path) => {
    const { dependencies = {}, devDependencies = {} } = JSON.parse(read(path));
    const loose = Object.entries<string>({ ...dependencies, ...devDependencies }).filter(
      ([, version]) => !/^(workspace:\*|npm:[@\w/.-]+@\d[\w.-]*|\d[\w.-]*)$/u.test(version),
    );
    expect(loose).toEqual([]);
  });

  test("there are five commands and their parts", () => {
    expect(Object.keys(scripts).toSorted()).toEqual(["bench", "migrate", "start", "test", "test:long", "test:unit"]);
  });
});
