/** For tests: what the API asks its database while it answers. */
import type { TestApi } from "./api.ts";

/** A sign of life, which goes out every ten seconds, and the driver's own question on a new connection. */
const ofItself = /"processes"|pg_catalog\.pg_type/u;

/** Statements that the API's own pool sent while this was answered, but for what it asks by itself, whenever it does. */
export async function statementsOf<Answer>(
  api: TestApi,
  work: () => Promise<Answer>,
): Promise<{ texts: readonly string[]; answer: Answer }> {
  const { sql } = api.serving.services.db;
  const texts: string[] = [];
  const before = sql.options.debug;
  sql.options.debug = (_connection, text) => {
    if (!ofItself.test(text)) texts.push(text);
  };
  try {
    return { answer: await work(), texts };
  } finally {
    sql.options.debug = before;
  }
}
