/** The page that was left last, by its path. */
let left: string | null = null;
/** Where the browser's own Back or Forward led, until somebody goes on from there. */
let ledTo: string | null = null;

export function watchWayBack(): void {
  addEventListener("popstate", () => (ledTo = location.pathname));
  for (const event of ["click", "keydown"]) addEventListener(event, () => (ledTo = null), { capture: true });
}

export const leave = (path: string): void => void (left = path);

/** Back on a page, the link through which it was left; null on any other way. */
export function linkBack(): HTMLElement | null {
  if (left === null || ledTo !== location.pathname) return null;
  return document.querySelector<HTMLElement>(`main a[href="${CSS.escape(left)}"]`);
}
