import { keptUnder } from "../../parts/kept.ts";

const most = 5;
const recent = keptUnder("headwater.recent.", () => localStorage);

/** A browser may be shared, and a session may end without a sign-out. */
interface Whose {
  person: string;
  /** The organisation's. */
  slug: string;
}

const nameOf = ({ person, slug }: Whose): string => `${person}.${slug}`;

/** What was chosen last, newest first: by id, in this browser alone. */
export function recentOf(whose: Whose): string[] {
  try {
    const stored: unknown = JSON.parse(recent.read(nameOf(whose)) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string").slice(0, most) : [];
  } catch {
    return []; // no list of ours
  }
}

export function noteRecent(whose: Whose, id: string): void {
  const others = recentOf(whose).filter((other) => other !== id);
  recent.keep(nameOf(whose), JSON.stringify([id, ...others].slice(0, most)));
}

/** The next person at this browser has chosen nothing yet. */
export const forgetRecent = (): void => recent.forget();
