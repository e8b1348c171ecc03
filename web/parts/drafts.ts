const prefix = "headwater.draft.";

/** What was typed into a form and not sent yet, through a reload of this tab. */
export function draftOf(form: string): string | null {
  try {
    return sessionStorage.getItem(prefix + form);
  } catch {
    return null; // none that can be read: as on the first visit
  }
}

/** Null drops it. */
export function keepDraft(form: string, draft: string | null): void {
  try {
    if (draft === null) sessionStorage.removeItem(prefix + form);
    else sessionStorage.setItem(prefix + form, draft);
  } catch {
    // A browser that keeps nothing still has it for as long as the page is open.
  }
}

/** The next person in this tab has typed nothing yet. */
export function forgetDrafts(): void {
  try {
    for (const key of Object.keys(sessionStorage)) if (key.startsWith(prefix)) sessionStorage.removeItem(key);
  } catch {
    // What could not be stored is not there.
  }
}
