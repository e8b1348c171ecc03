// Who may import whom (the rooms), and that no file imports itself by a detour.
import { dirname, join, normalize } from "node:path";
import { describe, expect, test } from "vitest";
import { exportsOf, importsOf, takenBy } from "./syntax.ts";
import { codeFiles, isTest, read } from "./tree.ts";

const packages = [
  { name: "@headwater/connectors", folder: "workflows/connectors", may: [] },
  { name: "@headwater/db", folder: "server/db", may: [] },
  { name: "@headwater/workflows", folder: "workflows", may: ["@headwater/connectors", "@headwater/db"] },
  {
    name: "@headwater/server",
    folder: "server",
    may: ["@headwater/db", "@headwater/workflows", "@headwater/connectors"],
  },
  { name: "@headwater/web", folder: "web", may: [] },
  {
    name: "@headwater/test",
    folder: "test",
    may: ["@headwater/db", "@headwater/workflows", "@headwater/connectors", "@headwater/server", "@headwater/web"],
  },
] as const;

/** What the server takes of the workflows: what a client needs, never what a worker runs. */
const workflowsForServer = /^@headwater\/workflows\/(client\.ts|lifecycle\/[\w-]+\.ts)$/u;
/** These run before anything is installed, when no package name resolves yet. */
const beforeInstall = /^test\/run\//u;

const packageOf = (path: string) => packages.find(({ folder }) => path.startsWith(`${folder}/`));
const edges = codeFiles.map((file) => ({ from: file.path, to: importsOf(file) }));

/** The file in the checkout that an import names, when it names one of ours. */
function targetOf(from: string, specifier: string): string | null {
  if (specifier.startsWith(".")) return normalize(join(dirname(from), specifier));
  const target = packages.find(({ name }) => specifier === name || specifier.startsWith(`${name}/`));
  if (!target) return null;
  return join(target.folder, specifier.slice(target.name.length + 1) || "index.ts");
}

function foreignImports(): string[] {
  return edges.flatMap(({ from, to }) => {
    const home = packageOf(from);
    if (!home || beforeInstall.test(from)) return [];
    return to.flatMap((specifier) => {
      const target = targetOf(from, specifier);
      const owner = target === null ? undefined : packageOf(target);
      if (!owner || owner === home) return [];
      if (specifier.startsWith(".")) return [`${from} leaves its package by a relative path: ${specifier}`];
      const allowed: readonly string[] = home.may;
      return allowed.includes(owner.name) ? [] : [`${from} may not import ${specifier}`];
    });
  });
}

/** Files that reach themselves; each cycle is told once, from its first file. */
function cycles(): string[] {
  const known = new Set(codeFiles.map(({ path }) => path));
  const targets = new Map(
    edges.map(({ from, to }) => [
      from,
      to.flatMap((one) => targetOf(from, one) ?? []).filter((path) => known.has(path)),
    ]),
  );
  const done = new Set<string>();
  const found: string[] = [];
  const walk = (path: string, trail: readonly string[]) => {
    const at = trail.indexOf(path);
    if (at >= 0) found.push([...trail.slice(at), path].join(" -> "));
    if (at >= 0 || done.has(path)) return;
    for (const next of targets.get(path) ?? []) walk(next, [...trail, path]);
    done.add(path);
  };
  for (const path of targets.keys()) walk(path, []);
  return found;
}

/** Opened by its path or its folder's name: Temporal's worker, the connectors of a list, the sandbox's rooms, the tools. */
const isOpenedByName = (path: string) =>
  /(^|\/)(index|twin|workflows|failure-converter)\.ts$|\.config\.ts$/u.test(path) || path.endsWith(".mjs");

/** Values that are exported and that no other file takes. */
function takenByNobody(): string[] {
  const taken = new Set(
    codeFiles.flatMap((file) => takenBy(file).map(({ name, from }) => `${targetOf(file.path, from) ?? from} ${name}`)),
  );
  return codeFiles
    .filter(({ path }) => !isOpenedByName(path) && !taken.has(`${path} *`))
    .flatMap((file) =>
      exportsOf(file)
        .filter(
          ({ name, from }) => from === null && name !== "*" && name !== "default" && !taken.has(`${file.path} ${name}`),
        )
        .map(({ name }) => `${file.path}: ${name}`),
    );
}

describe("rooms", () => {
  test("each package imports only those it may, by their names", () => {
    expect(foreignImports()).toEqual([]);
  });

  test("the server takes of the workflows only what a client needs", () => {
    const taken = edges.flatMap(({ from, to }) =>
      packageOf(from)?.name === "@headwater/server" && !isTest(from)
        ? to
            .filter((one) => one.startsWith("@headwater/workflows") && !workflowsForServer.test(one))
            .map((one) => `${from}: ${one}`)
        : [],
    );
    expect(taken).toEqual([]);
  });

  test("a connector knows nothing of Temporal, Postgres or GraphQL servers, a workflow nothing of HTTP", () => {
    const forbidden = [
      { folder: "workflows/connectors/", packages: /^(@temporalio|postgres$|drizzle|graphql-yoga|@pothos)/u },
      {
        folder: "workflows/temporal/",
        packages: /^(undici|postgres$|drizzle|node:http|node:net|@headwater\/(db|connectors)\/outbound)/u,
      },
      { folder: "workflows/lifecycle/", packages: /^(@temporalio|postgres$|undici|node:)/u },
    ];
    const taken = edges.flatMap(({ from, to }) =>
      forbidden.flatMap(({ folder, packages: never }) =>
        from.startsWith(folder) && !isTest(from)
          ? to.filter((one) => never.test(one)).map((one) => `${from}: ${one}`)
          : [],
      ),
    );
    expect(taken).toEqual([]);
  });

  test("what a file exports is taken by another", () => {
    expect(takenByNobody()).toEqual([]);
  });

  test("no file imports itself by a detour", () => {
    expect(cycles()).toEqual([]);
  });
});

test("no library of the web app that nothing imports", () => {
  const { dependencies }: { dependencies: Record<string, string> } = JSON.parse(read("web/package.json"));
  const imported = edges.filter(({ from }) => from.startsWith("web/")).flatMap(({ to }) => to);
  const isImported = (name: string) => imported.some((one) => one === name || one.startsWith(`${name}/`));
  expect(Object.keys(dependencies).filter((name) => !isImported(name))).toEqual([]);
});
