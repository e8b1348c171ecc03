// From one scene of the gallery to the next without loading the page anew: each is mounted anew, and looked at once it is still.
import { eventually } from "@headwater/server/start/wait.mjs";
import type { Page, Request } from "playwright-core";
import { comesWithinMs } from "./visit.ts";

const stillFrames = 4;
/** What has just been loaded may be shown a third of a second later: React shows no two late parts sooner after one another. */
const stillFramesOnceLoaded = 24;
/** Where something moves on and on. */
const framesAtMost = 120;

const go = (scene: string): string => `(async () => {
  const scene = ${JSON.stringify(scene)};
  const stands = () =>
    document.documentElement.dataset.scene === scene &&
    [...document.querySelectorAll("h1, dialog[open] h2")].some((heading) => heading.checkVisibility());
  scrollTo(0, 0);
  history.pushState(null, "", "/gallery?scene=" + encodeURIComponent(scene));
  for (const since = performance.now(); !stands(); await new Promise((resolve) => requestAnimationFrame(resolve)))
    if (performance.now() - since > ${comesWithinMs}) throw new Error("The scene " + scene + " does not come.");
  await document.fonts.ready;
})()`;

/** Nothing has changed for a few pictures. */
const still = (frames: number): string => `(async () => {
  let changedAt = 0;
  let frame = 0;
  const watch = new MutationObserver(() => (changedAt = frame));
  watch.observe(document, { subtree: true, childList: true, attributes: true, characterData: true });
  while (frame - changedAt < ${frames} && frame < ${framesAtMost}) {
    await new Promise((resolve) => requestAnimationFrame(resolve));
    frame += 1;
  }
  watch.disconnect();
})()`;

export interface Loading {
  /** How much was ever asked for. */
  begun: number;
  /** How much of that was waited for. */
  seen: number;
  readonly underWay: Set<Request>;
}

/** What a page loads, late parts of the app among it. */
export function watchLoading(page: Page): Loading {
  const loading = { begun: 0, seen: 0, underWay: new Set<Request>() };
  // What was asked for before this was watched is none of it.
  const ended = (request: Request): void => void loading.underWay.delete(request);
  page.on("request", (request) => {
    loading.begun += 1;
    loading.underWay.add(request);
  });
  page.on("requestfinished", ended);
  page.on("requestfailed", ended);
  return loading;
}

/** A part that comes late is waited for, however still the page is meanwhile. */
export async function isWhole(page: Page, loading: Loading, scene: string): Promise<void> {
  for (let isFirst = true; isFirst || loading.seen !== loading.begun; isFirst = false) {
    const isLoaded = await eventually(() => loading.underWay.size === 0, { withinMs: comesWithinMs, everyMs: 10 });
    if (!isLoaded) throw new Error(`A part of the scene ${scene} does not come.`);
    const frames = loading.seen === loading.begun ? stillFrames : stillFramesOnceLoaded;
    loading.seen = loading.begun;
    await page.evaluate(still(frames));
  }
}

/** The page shows the gallery already. */
export async function goToScene(page: Page, loading: Loading, scene: string): Promise<void> {
  await page.evaluate(go(scene));
  await isWhole(page, loading, scene);
}

/** By its address; it is all there and hears keys when this resolves. */
export async function openScene(page: Page, origin: string, scene: string): Promise<void> {
  const loading = watchLoading(page);
  await page.goto(`${origin}/gallery?scene=${scene}`);
  await page.locator("h1, dialog[open] h2").first().waitFor();
  await isWhole(page, loading, scene);
}
