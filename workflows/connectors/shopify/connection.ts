// A GraphQL connection as it stands in an answer.
import { childOrNull, type Fields } from "../read-fields.ts";

/** The cursor to go on from, or null at the end. */
export function nextOf(connection: Fields): string | null {
  const info = childOrNull(connection, "pageInfo");
  const end = info?.["endCursor"];
  return info?.["hasNextPage"] === true && typeof end === "string" ? end : null;
}

export function idOf(node: Fields): string {
  return typeof node["id"] === "string" ? node["id"] : "";
}
