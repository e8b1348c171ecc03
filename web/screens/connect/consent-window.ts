export interface ConsentWindow {
  readonly isBlocked: boolean;
  go(url: string): void;
  focus(): void;
  close(): void;
  /** Only a hint: a source's own opener policy makes an open window read as closed. */
  looksClosed(): boolean;
}

/** Must be called on the click itself. */
export function openConsentWindow(): ConsentWindow {
  const width = 620;
  const height = 760;
  const left = Math.max(0, screenX + (outerWidth - width) / 2);
  const top = Math.max(0, screenY + (outerHeight - height) / 3);
  const opened = window.open(
    "about:blank",
    "headwater-consent",
    `popup,width=${width},height=${height},left=${left},top=${top}`,
  );
  return {
    isBlocked: opened === null,
    go: (url) => {
      if (opened) opened.location.href = url;
    },
    focus: () => opened?.focus(),
    close: () => opened?.close(),
    looksClosed: () => opened?.closed ?? true,
  };
}
