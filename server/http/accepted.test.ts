import { expect, test } from "vitest";
import { accepted, answerType, GRAPHQL_JSON } from "./accepted.ts";

test("types come by their weight, then as they stand; what weighs nothing is refused", () => {
  expect(accepted(undefined)).toEqual([]);
  expect(accepted("a/b, c/d")).toEqual(["a/b", "c/d"]);
  expect(accepted("a/b;q=0.5, c/d , e/f;Q=0.9, g/h; q=0, */*;q=0.1")).toEqual(["c/d", "e/f", "a/b", "*/*"]);
  expect(accepted("A/B; charset=utf-8;q=0.2,, c/d;q=x")).toEqual(["a/b;charset=utf-8"]);
});

test("GraphQL's own media type is answered where it is liked better than plain JSON", () => {
  for (const own of [
    GRAPHQL_JSON,
    "Application/GraphQL-Response+JSON; charset=utf-8",
    `${GRAPHQL_JSON}, application/json;q=0.9`,
    `application/json;q=0.5, ${GRAPHQL_JSON}`,
    `text/event-stream, ${GRAPHQL_JSON}`,
    `application/json;q=0, */*;q=0.1, ${GRAPHQL_JSON};q=0.2`,
  ])
    expect(answerType(own), own).toBe(GRAPHQL_JSON);
  for (const plain of [
    undefined,
    "*/*",
    "text/html",
    "application/json",
    `application/json, ${GRAPHQL_JSON}`,
    `${GRAPHQL_JSON};q=0.1, application/json`,
    `*/*, ${GRAPHQL_JSON};q=0.9`,
  ])
    expect(answerType(plain), plain).toBe("application/json");
});
