declare global {
  // Of ECMA-402 since 2025, which TypeScript's library does not know yet.
  namespace Intl {
    interface Locale {
      getTimeZones(): string[] | undefined;
    }
  }
}

/** The region of no place that we know: numbers and times are then written as the world at large writes them. */
export const NO_REGION = "001";

/** Where an organisation is: as it said, else where its zone is. */
export const regionOf = ({ region, zone }: { readonly region: string | null; readonly zone: string }): string =>
  region ?? regionOfZone(zone) ?? NO_REGION;

let regions: ReadonlyMap<string, string> | null = null;

/** Null of a zone that is no place, such as UTC. */
export function regionOfZone(zone: string): string | null {
  regions ??= regionsByZone();
  return regions.get(presentName(zone)) ?? null;
}

/** A zone goes by names of different times; this is the one that it has here. */
const presentName = (timeZone: string): string =>
  new Intl.DateTimeFormat("en", { timeZone }).resolvedOptions().timeZone;

const LETTERS = Array.from("ABCDEFGHIJKLMNOPQRSTUVWXYZ");

function regionsByZone(): Map<string, string> {
  const codes = LETTERS.flatMap((first) => LETTERS.map((second) => first + second));
  // A country of before is told by the name of what it is now.
  const standing = codes.filter((code) => Intl.getCanonicalLocales(`und-${code}`)[0] === `und-${code}`);
  return new Map(
    standing.flatMap((code) =>
      (new Intl.Locale(`und-${code}`).getTimeZones() ?? []).map((zone) => [presentName(zone), code] as const),
    ),
  );
}
