// The cursor that a link to the next page carries. Cursors have no spaces: a plus is one of their letters, whether the link
// has written it as `%2B` or as it is.
export const cursorIn = (link: URL | null, name: string): string | null =>
  link?.searchParams.get(name)?.replaceAll(" ", "+") ?? null;
