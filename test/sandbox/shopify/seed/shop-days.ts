// Days as the shop's own calendar cuts them: 23 or 25 hours long where the clocks change.
const offsets = new Map<string, Intl.DateTimeFormat>();

function formatter(zone: string): Intl.DateTimeFormat {
  const known = offsets.get(zone);
  if (known) return known;
  const made = new Intl.DateTimeFormat("en-CA", {
    timeZone: zone,
    hourCycle: "h23",
    year: "numeric",
    month: "2-digit",
    day: "2-digit",
    hour: "2-digit",
    minute: "2-digit",
    second: "2-digit",
  });
  offsets.set(zone, made);
  return made;
}

function wall(seconds: number, zone: string): { day: string; asUtc: number } {
  const part = new Map(
    formatter(zone)
      .formatToParts(seconds * 1000)
      .map((each) => [each.type, each.value]),
  );
  const day = `${part.get("year")}-${part.get("month")}-${part.get("day")}`;
  return { day, asUtc: Date.parse(`${day}T${part.get("hour")}:${part.get("minute")}:${part.get("second")}Z`) / 1000 };
}

// Offsets only change on quarter hours, so one look-up serves a quarter of an hour of orders.
const offsetByQuarter = new Map<string, number>();

function offsetAt(seconds: number, zone: string): number {
  const quarter = Math.floor(seconds / 900);
  const key = `${zone}:${quarter}`;
  const known = offsetByQuarter.get(key);
  if (known !== undefined) return known;
  const at = quarter * 900;
  const offset = wall(at, zone).asUtc - at;
  if (offsetByQuarter.size > 200_000) offsetByQuarter.clear();
  offsetByQuarter.set(key, offset);
  return offset;
}

/** The day in the shop's zone, `2026-11-20`. */
export function dayOf(seconds: number, zone: string): string {
  return new Date((seconds + offsetAt(seconds, zone)) * 1000).toISOString().slice(0, 10);
}

/** The instant a day begins in a zone; where midnight does not exist, the first instant after it. */
export function dayStartSeconds(day: string, zone: string): number {
  const midnight = Date.parse(`${day}T00:00:00Z`) / 1000;
  let low = midnight - 16 * 3600;
  let high = midnight + 16 * 3600;
  while (high - low > 1) {
    const middle = Math.floor((low + high) / 2);
    if (dayOf(middle, zone) < day) low = middle;
    else high = middle;
  }
  return high;
}
