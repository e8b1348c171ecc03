/**
 * What a release may break. Every breaking or dangerous difference from the last released schema needs a line in
 * `schema-changes.md`: the difference as it is worded here, and a note to those who call us.
 */
import { BreakingChangeType, DangerousChangeType, buildSchema, findSchemaChanges, type GraphQLSchema } from "graphql";

const breaking: ReadonlySet<string> = new Set(Object.values(BreakingChangeType));
/** An optional argument or input field counts too: graphql gives it one name, whether it is called dangerous or safe. */
const dangerous: ReadonlySet<string> = new Set(Object.values(DangerousChangeType));

const noteLine = /^- (?<difference>.+?) Note: (?<note>\S.*)$/u;
const shortestNote = 12;

export interface Differences {
  /** Differences that no line tells of: the build fails. */
  readonly untold: readonly string[];
  /** Lines that tell of no difference, or say nothing: the build fails too, so that the list stays true. */
  readonly idle: readonly string[];
}

function differencesIn(before: GraphQLSchema, after: GraphQLSchema): string[] {
  return findSchemaChanges(before, after)
    .filter(({ type }) => breaking.has(type) || dangerous.has(type))
    .map(({ type, description }) => `${breaking.has(type) ? "Breaking" : "Dangerous"}: ${description}`);
}

export function compareReleased(released: string, now: string, notes: string): Differences {
  const found = new Set(differencesIn(buildSchema(released), buildSchema(now)));
  const told = new Set<string>();
  const idle: string[] = [];
  for (const line of notes.split("\n").filter((each) => each.startsWith("- "))) {
    const { difference = "", note = "" } = noteLine.exec(line)?.groups ?? {};
    if (found.has(difference) && note.length >= shortestNote && !told.has(difference)) told.add(difference);
    else idle.push(line);
  }
  return { untold: [...found].filter((difference) => !told.has(difference)), idle };
}

/** The list after a release: its head alone. What was told stays in the history of the file. */
export const withoutNotes = (notes: string): string =>
  notes
    .split("\n")
    .filter((line) => !line.startsWith("- "))
    .join("\n");
