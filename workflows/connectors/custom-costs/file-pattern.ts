// Which files of a folder a feed takes: `*` and `?` in the last part of its pattern, as a shell reads them.

export interface FilePattern {
  /** As the server is asked for it; `.` is where a login ends up. */
  readonly folder: string;
  readonly name: string;
}

/** Null where the folder itself has a wildcard, or no name is left. */
export function readFilePattern(text: string): FilePattern | null {
  const cut = text.lastIndexOf("/");
  const name = text.slice(cut + 1);
  const folder = cut < 0 ? "." : cut === 0 ? "/" : text.slice(0, cut);
  if (name === "" || name === "." || name === ".." || /[*?]/.test(folder)) return null;
  return { folder, name };
}

/** In steps of at most name times pattern, whatever they are. A hidden file has to be asked for by its dot. */
export function isNamed(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  let [at, to, star, from] = [0, 0, -1, 0];
  while (to < name.length) {
    if (at < pattern.length && pattern[at] === "*") {
      star = at;
      from = to;
      at += 1;
    } else if (at < pattern.length && (pattern[at] === "?" || pattern[at] === name[to])) {
      at += 1;
      to += 1;
    } else if (star >= 0) {
      from += 1;
      at = star + 1;
      to = from;
    } else return false;
  }
  return /^\**$/.test(pattern.slice(at));
}
