const most = 5;
const prefix = "headwater.recent.";

/** A browser may be shared, and a session may end without a sign-out. */
interface Whose {
  person: string;
  /** The organisation's. */
  slug: string;
}

const keyOf = ({ person, slug }: Whose): string => `${prefix}${person}.${slug}`;

/** What was chosen last, newest first: by id, in this browser alone. */
export function recentOf(whose: Whose): string[] {
  try {
    const stored: unknown = JSON.parse(localStorage.getItem(keyOf(whose)) ?? "[]");
    return Array.isArray(stored) ? stored.filter((id) => typeof id === "string").slice(0, most) : [];
  } catch {
    return []; // none that can be read: as on the first visit
  }
}

export function noteRecent(whose: Whose, id: string): void {
  try {
    const others = recentOf(whose).filter((other) => other !== id);
    localStorage.setItem(keyOf(whose), JSON.stringify([id, ...others].slice(0, most)));
  } catch {
    // Private windows may refuse to store: nothing is recent then.
  }
}

/** The next person at this browser has chosen nothing yet. */
export function forgetRecent(): void {
  try {
    for (const key of Object.keys(localStorage)) if (key.startsWith(prefix)) localStorage.removeItem(key);
  } catch {
    // What could not be stored is not there.
  }
}
