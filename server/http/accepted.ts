/** What whoever asks would have, by their `Accept` or `Accept-Language` (RFC 9110, 12.4.2). */

export const GRAPHQL_JSON = "application/graphql-response+json";
const PLAIN_JSON = "application/json";

/** Weightiest first, as it stands where two weigh the same; what weighs nothing is left out, and so are the weights. */
export function accepted(header: string | undefined): string[] {
  const ranges = (header ?? "").split(",").map((range) => {
    const [type = "", ...parameters] = range.split(";").map((part) => part.trim());
    const weight = parameters.find((parameter) => /^q=/i.test(parameter));
    const kept = parameters.filter((parameter) => parameter !== weight);
    return {
      range: [type.toLowerCase(), ...kept].join(";"),
      weight: weight === undefined ? 1 : Number(weight.slice(2)),
    };
  });
  return ranges
    .filter(({ range, weight }) => range !== "" && weight > 0)
    .toSorted((a, b) => b.weight - a.weight)
    .map(({ range }) => range);
}

/** The one of the two in which an answer of GraphQL is written; plain JSON where it is the same to whoever asks. */
export function answerType(header: string | undefined): string {
  const types = accepted(header).map((range) => range.split(";")[0]);
  const first = types.find((type) => type === GRAPHQL_JSON || type === PLAIN_JSON || type?.endsWith("*"));
  return first === GRAPHQL_JSON ? GRAPHQL_JSON : PLAIN_JSON;
}
