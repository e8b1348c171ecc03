// Whether a page asks to be scrolled sideways, or words lie over what stands beside them. Measured against the width that was set: on a phone the browser widens its own
// viewport to what overflows, so that `innerWidth` would hide it.
import type { Page } from "playwright-core";

/** What reaches over the edge and is not inside something that scrolls or cuts by itself, named by its place. */
const tooWide = (width: number): string => `(() => {
  const width = ${width};
  if (document.documentElement.scrollWidth <= width) return [];
  const held = (element) => {
    for (let up = element.parentElement; up && up !== document.documentElement; up = up.parentElement)
      if (getComputedStyle(up).overflowX !== "visible") return true;
    return false;
  };
  const over = [...document.body.querySelectorAll("*")]
    .filter((element) => element.getBoundingClientRect().right > width + 0.5 && !held(element))
    .slice(0, 3)
    .map((element) => element.tagName.toLowerCase() + "." + element.className);
  return ["scrolls sideways to " + document.documentElement.scrollWidth + " of " + width + ": " + over.join(", ")];
})()`;

/** A cell that holds what is wider than itself, unless that is cut. */
const overNext = `[...document.querySelectorAll(":is(td, th):not(:last-child)")].flatMap((cell) => {
  const end = cell.getBoundingClientRect().right + 1;
  const over = [...cell.querySelectorAll(":not(.vh)")].find((element) => {
    const { right, width } = element.getBoundingClientRect();
    return right > end && width > 1 && element.checkVisibility() && getComputedStyle(element.parentElement).overflowX === "visible";
  });
  return over ? ["lies over the next cell: " + over.textContent.trim().slice(0, 40)] : [];
}).slice(0, 3)`;

/** Words of two things that stand beside each other, in one place. */
const overNeighbour = `(() => {
  const style = (element) => getComputedStyle(element);
  const shown = { contentVisibilityAuto: true, visibilityProperty: true };
  const inFlow = (element) => ["static", "relative"].includes(style(element).position);
  /** Where words are seen: what is cut is not. */
  const seen = (text, under) => {
    const range = document.createRange();
    range.selectNodeContents(text);
    let rects = [...range.getClientRects()].map(({ left, right, top, bottom }) => ({ left, right, top, bottom }));
    for (let up = text.parentElement; up && up !== under.parentElement; up = up.parentElement) {
      if (!inFlow(up) || !up.checkVisibility(shown)) return [];
      if (style(up).overflowX === "visible") continue;
      const cut = up.getBoundingClientRect();
      rects = rects.map((rect) => ({
        left: Math.max(rect.left, cut.left),
        right: Math.min(rect.right, cut.right),
        top: Math.max(rect.top, cut.top),
        bottom: Math.min(rect.bottom, cut.bottom),
      }));
    }
    return rects.filter((rect) => rect.right - rect.left > 1 && rect.bottom > rect.top);
  };
  const words = (element) => {
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    const rects = [];
    while (walker.nextNode()) if (walker.currentNode.data.trim()) rects.push(...seen(walker.currentNode, element));
    return rects;
  };
  const meet = (one, other) =>
    Math.min(one.right, other.right) - Math.max(one.left, other.left) > 1 &&
    Math.min(one.bottom, other.bottom) - Math.max(one.top, other.top) > 3;
  return [...document.body.querySelectorAll("*")]
    .filter((parent) => parent.children.length > 1 && /flex|grid/u.test(style(parent).display) && parent.checkVisibility(shown))
    .flatMap((parent) => {
      const beside = [...parent.children].filter(inFlow).map((child) => ({ child, rects: words(child) }));
      const said = ({ child }) => child.textContent.trim().slice(0, 30);
      return beside.flatMap((after, n) =>
        beside.slice(0, n)
          .filter((before) => after.rects.some((rect) => before.rects.some((other) => meet(rect, other))))
          .map((before) => "lies over what stands beside it: " + said(before) + " | " + said(after)));
    })
    .slice(0, 3);
})()`;

export async function sidewaysFindings(page: Page, width: number): Promise<string[]> {
  const found = [tooWide(width), overNext, overNeighbour].map((finding) => page.evaluate<string[]>(finding));
  return (await Promise.all(found)).flat();
}
