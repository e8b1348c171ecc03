// A GraphQL connection as it stands in an answer.
import { childOrNull, textOf, type Fields } from "../read-fields.ts";

/** The cursor to go on from, or null at the end. More that nobody can go on to is no end: it would pass for all there is. */
export function nextOf(connection: Fields): string | null {
  const info = childOrNull(connection, "pageInfo");
  return info?.["hasNextPage"] === true ? textOf(info, "endCursor") : null;
}

export function idOf(node: Fields): string {
  return typeof node["id"] === "string" ? node["id"] : "";
}
