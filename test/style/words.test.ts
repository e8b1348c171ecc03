// One word for one thing, wherever people or API users read it: the schema, the catalogs, the tables, the exported names.
import { describe, expect, test } from "vitest";
import { allPaths, codeFiles, linesWith, read, type SourceFile } from "./tree.ts";

interface Word {
  never: RegExp;
  say: string;
}

const words: readonly Word[] = [
  { never: /\borgani[z]ation/iu, say: "organisation" },
  { never: /fulfi[l]{2}ment|\bfulfi[l]{2}ed\b/iu, say: "fulfilment" },
  { never: /\bintegrations?\b/iu, say: "datasource" },
  { never: /\bjobs?\b/iu, say: "run, slice or command" },
  { never: /\bsync[ _]?jobs?\b/iu, say: "run" },
  { never: /\bdata sources?\b/iu, say: "datasource" },
  { never: /\bcolou?rize\b|\bdisconnection\b/iu, say: "disconnect" },
  { never: /\bworkspaces?\b/iu, say: "organisation" },
  { never: /\bpipelines?\b/iu, say: "run" },
];

/** What people read: beside the words above, those that the program below may use in a narrower sense. */
const forPeople: readonly Word[] = [
  ...words,
  { never: /\b(log|logged|logging)[ -]in(to)?\b/iu, say: "sign in" },
  { never: /\b(log|logged|logging)[ -]out\b/iu, say: "sign out" },
  { never: /\btasks?\b/iu, say: "run or command" },
  { never: /\b(ETL|ingest\w*|synchroni[sz]\w+)\b/iu, say: "sync" },
  { never: /\bworkflows?\b/iu, say: "what it does for people" },
];

/** A source's own pages call a person a user, and a line to it is a connection. */
const inOurWords: readonly Word[] = [
  ...forPeople,
  { never: /\busers?\b/iu, say: "person or member" },
  { never: /\b(a|the|your|this|each) connections?\b/iu, say: "datasource, or that it is connected" },
];

/** Below the surface the word has one meaning, that of the setting `app.tenant`. */
const onTheSurface: readonly Word[] = [...words, { never: /\btenants?\b/iu, say: "organisation" }];

const load = (paths: readonly string[]): SourceFile[] => paths.map((path) => ({ path, text: read(path) }));
const schema = load(allPaths.filter((path) => path.endsWith(".graphql")));
const catalogs = load(allPaths.filter((path) => /locales\/(?:[a-z]+\/)?[a-z]+\.po$/u.test(path)));
const migrations = load(allPaths.filter((path) => path.startsWith("server/db/migrations/") && path.endsWith(".sql")));

const broken = (files: readonly SourceFile[], ours: (line: string) => string, forbidden = words) =>
  forbidden.flatMap(({ never, say }) =>
    linesWith(files, (line) => never.test(ours(line))).map((line) => `${line}  (say ${say})`),
  );

/** The names that a migration gives; its comments are not among them. */
const namesGiven = (line: string) => line.replace(/--.*$/u, "");

describe("words", () => {
  test("the GraphQL schema", () => {
    expect(broken(schema, (line) => line.replaceAll(/([a-z])([A-Z])/gu, "$1 $2"), onTheSurface)).toEqual([]);
  });

  test("the English catalogs", () => {
    // Quoted in inverted commas: a source's own words. The menu above the datasources is called Integrations.
    const english = catalogs.filter(({ path }) => path.endsWith("en.po"));
    const said = (line: string) =>
      line.startsWith("msgstr") || line.startsWith("msgid")
        ? line.replaceAll(/“[^”]*”|"(?:Manage i|I)ntegrations"/gu, "")
        : "";
    const ofSources = english.filter(({ path }) => path.startsWith("workflows/connectors/"));
    expect([
      ...broken(ofSources, said, forPeople),
      ...broken(
        english.filter((one) => !ofSources.includes(one)),
        said,
        inOurWords,
      ),
    ]).toEqual([]);
  });

  test("one kind of digits in every language: the Latin ones, as on every page", () => {
    expect(linesWith(catalogs, (line) => /[\u0966-\u096f\u09e6-\u09ef]/u.test(line))).toEqual([]);
  });

  test("tables and columns", () => {
    expect(broken(migrations, (line) => namesGiven(line).replaceAll("_", " "))).toEqual([]);
  });

  test("exported names", () => {
    const exported = /^export (?:default )?(?:abstract )?(?:async )?(?:const|function\*?|class|interface|type) (\w+)/u;
    const ours = codeFiles.filter(({ path }) => !path.startsWith("test/sandbox/") && !path.startsWith("test/style/"));
    const name = (line: string) => (exported.exec(line)?.[1] ?? "").replaceAll(/([a-z])([A-Z])/gu, "$1 $2");
    expect(broken(ours, name)).toEqual([]);
  });
});
