// The requests of a document's shell examples, to be checked and sent by the tests: what a reader copies must work.

export interface Example {
  query: string;
  accept: string;
}

/** Every `ask ... -d '<json>'` line, with the answer it asks for. */
export function requestsIn(markdown: string): Example[] {
  return [...markdown.matchAll(/^ask (.*)-d '(.+)'$/gmu)].map(([, options = "", body = ""]) => ({
    query: String(JSON.parse(body).query),
    accept: /accept: ([\w/-]+)/u.exec(options)?.[1] ?? "application/json",
  }));
}
