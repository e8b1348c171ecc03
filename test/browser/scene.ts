// From one scene of the gallery to the next without loading the page anew: each is mounted anew, and looked at once it is still.
import type { Page } from "playwright-core";

const stillFrames = 4;
/** Where something moves on and on. */
const framesAtMost = 120;

/** In the page: what is asked of the server and what is loaded late has come, and nothing has changed for a few pictures. */
const walk = (scene: string): string => `(async () => {
  const scene = ${JSON.stringify(scene)};
  const nextFrame = () => new Promise((resolve) => requestAnimationFrame(resolve));
  const stands = () =>
    document.documentElement.dataset.scene === scene &&
    [...document.querySelectorAll("h1, dialog[open] h2")].some((heading) => heading.checkVisibility());
  let changedAt = 0;
  let frame = 0;
  const watch = new MutationObserver(() => (changedAt = frame));
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  scrollTo(0, 0);
  history.pushState(null, "", "/gallery?scene=" + encodeURIComponent(scene));
  for (const since = performance.now(); !stands(); await nextFrame())
    if (performance.now() - since > 60_000) throw new Error("The scene " + scene + " does not come.");
  await document.fonts.ready;
  changedAt = frame;
  const last = frame + ${framesAtMost};
  while (frame - changedAt < ${stillFrames} && frame < last) {
    await nextFrame();
    frame += 1;
  }
  watch.disconnect();
})()`;

/** The page shows the gallery already. */
export const goToScene = (page: Page, scene: string): Promise<void> => page.evaluate(walk(scene));
