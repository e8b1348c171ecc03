// Words of the app that are not seen whole: cut by what they stand in, or wider than the control that bears them. What is data
// may be cut; words of the app are told from it by the signs that the pseudo-locale gives them (web/lingui.pseudo.config.ts).
import type { Page } from "playwright-core";

export const signs = "\\u00c0-\\u024f\\u1e00-\\u1eff\\u228f\\u2290";

const cut = `(() => {
  const isOurs = (words) => /[${signs}]/u.test(words);
  const isShown = (element) =>
    element.checkVisibility({ contentVisibilityAuto: true, visibilityProperty: true }) && !element.closest(".vh, option");
  const seenIn = (element) => {
    const found = [];
    const walker = document.createTreeWalker(element, NodeFilter.SHOW_TEXT);
    while (walker.nextNode()) {
      const text = walker.currentNode;
      if (!isOurs(text.data) || !isShown(text.parentElement)) continue;
      const range = document.createRange();
      range.selectNodeContents(text);
      const rects = [...range.getClientRects()].filter(({ width }) => width > 1);
      const side = (name) => rects.map((rect) => rect[name]);
      if (rects.length > 0)
        found.push({ text, left: Math.min(...side("left")), right: Math.max(...side("right")), bottom: Math.max(...side("bottom")) });
    }
    return found;
  };
  const reaches = ({ left, right }, edge) => right > edge.right + 1 || left < edge.left - 1;
  const isCut = (words) => {
    for (let up = words.text.parentElement; up !== document.body; up = up.parentElement) {
      const { overflowX, overflowY, clipPath } = getComputedStyle(up);
      if (clipPath !== "none" || /auto|scroll/u.test(overflowX + overflowY)) return false;
      const edge = up.getBoundingClientRect();
      if (overflowX !== "visible" && reaches(words, edge)) return true;
      if (overflowY !== "visible" && words.bottom > edge.bottom + 1) return true;
      if (up.matches("button, a, summary, label, td, th, [role]") && getComputedStyle(up).display !== "inline" && reaches(words, edge)) return true;
    }
    return false;
  };
  const cutTexts = seenIn(document.body).filter(isCut).map(({ text }) => text.data);
  const pen = document.createElement("canvas").getContext("2d");
  const cutFields = [...document.querySelectorAll("select, :placeholder-shown")].filter(isShown).flatMap((field) => {
    const words = field.selectedOptions ? (field.selectedOptions[0]?.text ?? "") : field.placeholder;
    const { font, paddingLeft, paddingRight } = getComputedStyle(field);
    pen.font = font;
    const room = field.clientWidth - parseFloat(paddingLeft) - parseFloat(paddingRight);
    return isOurs(words) && pen.measureText(words).width > room + 1 ? [words] : [];
  });
  return [...new Set([...cutTexts, ...cutFields])].slice(0, 5).map((words) => "cuts " + words.trim());
})()`;

export const cutWords = (page: Page): Promise<string[]> => page.evaluate<string[]>(cut);
