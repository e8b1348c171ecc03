/** The page that was left last, by its path. */
let left: string | null = null;
/** Where the browser's own Back or Forward led, until somebody goes on from there. */
let ledTo: string | null = null;

export function watchWayBack(): void {
  addEventListener("popstate", () => (ledTo = location.pathname));
  for (const event of ["click", "keydown"]) addEventListener(event, () => (ledTo = null), { capture: true });
}

export const leave = (path: string): void => void (left = path);

export const isBack = (): boolean => left !== null && ledTo === location.pathname;

/** Back on a page, the link through which it was left; null on any other way. */
const linkBack = (): HTMLElement | null =>
  isBack() ? document.querySelector<HTMLElement>(`main a[href="${CSS.escape(left ?? "")}"]`) : null;

/** So long a row may come after its page; later one is in the midst of something else. */
const lateMs = 3_000;

/** From its heading a page goes on; back on it, from the link that led away, once that is there. */
export function beginAt(heading: HTMLElement | null): () => void {
  const goTo = (place: HTMLElement | null): void => place?.focus({ preventScroll: true });
  const link = linkBack();
  goTo(link ?? heading);
  const watch = new MutationObserver(() => {
    const late = linkBack();
    const isLeft = document.activeElement !== heading;
    if (late && !isLeft) goTo(late);
    if (late || isLeft || !isBack()) watch.disconnect();
  });
  if (!link && isBack()) watch.observe(document.body, { childList: true, subtree: true });
  const timer = setTimeout(() => watch.disconnect(), lateMs);
  return () => {
    clearTimeout(timer);
    watch.disconnect();
  };
}
