// The sandbox's fault desk by its own HTTP, as a merchant's developer would use it.

export async function atDesk(
  sandboxUrl: string,
  path: string,
  body: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const response = await fetch(`${sandboxUrl}/_desk/${path}`, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(body),
  });
  if (!response.ok) throw new Error(`The desk refused ${path}: ${response.status} ${await response.text()}`);
  return response.json().then((told: Readonly<Record<string, unknown>>) => told);
}

export interface DayFigures {
  day: string;
  orders: string;
}

/** What the source itself says of each day. */
export async function figuresOf(sandboxUrl: string, shop: string): Promise<DayFigures[]> {
  const response = await fetch(`${sandboxUrl}/_desk/figures/${shop}?of=truth`);
  return response.json().then((days: DayFigures[]) => days);
}
