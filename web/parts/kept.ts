/** What this browser keeps under names that begin alike. One that stores nothing keeps nothing, as on the first visit. */
export function keptUnder(prefix: string, store: () => Storage) {
  return {
    read(name: string): string | null {
      try {
        return store().getItem(prefix + name);
      } catch {
        return null; // none that can be read
      }
    },
    /** Null drops it. */
    keep(name: string, text: string | null): void {
      try {
        if (text === null) store().removeItem(prefix + name);
        else store().setItem(prefix + name, text);
      } catch {
        // Private windows may refuse to store: what is open still has it.
      }
    },
    /** All of which the name begins so. */
    forget(begins = ""): void {
      try {
        for (const key of Object.keys(store())) if (key.startsWith(prefix + begins)) store().removeItem(key);
      } catch {
        // What could not be stored is not there.
      }
    },
  };
}
