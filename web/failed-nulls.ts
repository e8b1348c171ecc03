import { CombinedError, type Exchange, mapExchange } from "urql";

/**
 * What failed below a field that is never null shows as a null further up, and its error names the place below. Told where the null
 * stands, the cache holds it as failed; else it would hold it as nothing: a datasource that is gone, a visitor who is nobody.
 */
export function failedNulls(): Exchange {
  return mapExchange({
    onResult(result) {
      const { data, error } = result;
      if (!error || !data || error.networkError) return result;
      const graphQLErrors = error.graphQLErrors.map(({ message, path, extensions }) => ({
        message,
        extensions,
        ...(path && { path: upToNull(data, path) }),
      }));
      return { ...result, error: new CombinedError({ graphQLErrors, response: error.response }) };
    },
  });
}

function upToNull(data: unknown, path: readonly (string | number)[]): readonly (string | number)[] {
  let value = data;
  for (const [n, key] of path.entries()) {
    if (typeof value !== "object" || value === null) return path.slice(0, n);
    value = Reflect.get(value, key);
  }
  return path;
}
