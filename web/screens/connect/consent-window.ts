export interface ConsentWindow {
  readonly isBlocked: boolean;
  /** To the source, for this attempt. */
  go(url: string, attempt: string): void;
  focus(): void;
  close(): void;
  /** Only a hint: a source's own opener policy makes an open window read as closed. */
  looksClosed(): boolean;
  /** It was opened before, for this attempt, and somebody may be typing in it. */
  isAtSourceFor(attempt: string): boolean;
}

/** Must be called on the click itself. What it is opened for is kept beside its name, and both outlast a reload. */
export function openConsentWindow(): ConsentWindow {
  const width = 620;
  const height = 760;
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 3);
  // Without an address one that stands open is found as it is, and else it is blank.
  const opened = window.open("", "headwater-consent", `popup,width=${width},height=${height},left=${left},top=${top}`);
  return {
    isBlocked: opened === null,
    go: (url, attempt) => {
      note("headwater-window-of", attempt);
      if (opened) opened.location.href = url;
    },
    focus: () => opened?.focus(),
    close: () => opened?.close(),
    looksClosed: () => opened?.closed ?? true,
    isAtSourceFor: (attempt) => opened !== null && noted("headwater-window-of") === attempt && isElsewhere(opened),
  };
}

/** Of a page of another site not even the address can be read. */
function isElsewhere({ location }: Window): boolean {
  try {
    return location.href === "";
  } catch {
    return true; // refused: it is at the source
  }
}

/** The page that a consent ends on reads it (`server/oauth/page.ts`), and leads this tab back to the drawer. */
export const setOutInThisTab = (attempt: string): void => note("headwater-in-this-tab", attempt);

function note(what: string, attempt: string): void {
  try {
    sessionStorage.setItem(what, attempt);
  } catch {
    // A browser that keeps nothing only knows less after a reload.
  }
}

function noted(what: string): string | null {
  try {
    return sessionStorage.getItem(what);
  } catch {
    return null; // nothing that can be read: as if nothing was noted
  }
}
