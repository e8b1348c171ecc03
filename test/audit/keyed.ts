// Two lists of what is said under a key, ours and theirs: what is lost, wrong, doubled, or kept though it is gone.

export async function readTold<T>(url: string): Promise<T> {
  const response = await fetch(url);
  if (!response.ok) throw new Error(`The sandbox answered ${response.status} to ${url}`);
  const body: T = JSON.parse(await response.text());
  return body;
}

/** By what makes it one row; twice the same is `doubled`. */
export function keyed(
  rows: readonly (readonly [key: string, says: string])[],
  findings: string[],
): Map<string, string> {
  const map = new Map<string, string>();
  for (const [key, says] of rows) {
    if (map.has(key)) findings.push(`doubled: ${key}`);
    map.set(key, says);
  }
  return map;
}

export function compareKeyed(
  told: ReadonlyMap<string, string>,
  held: ReadonlyMap<string, string>,
  what: string,
  findings: string[],
): void {
  for (const [key, says] of told) {
    const ours = held.get(key);
    if (ours === undefined) findings.push(`lost ${what}: ${key} (${says})`);
    else if (ours !== says) findings.push(`wrong ${what}: ${key} (told ${says}, held ${ours})`);
  }
  for (const [key, says] of held) if (!told.has(key)) findings.push(`kept ${what} though gone: ${key} (${says})`);
}
