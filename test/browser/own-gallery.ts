// A gallery and a browser of a file's own, begun and ended with it.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type GallerySite, serveGallery } from "./gallery-site.ts";
import { bringLetters } from "./letters.ts";
import { openScene } from "./scene.ts";
import { comesWithinMs } from "./visit.ts";

/** 22:47 in Kolkata, the minute of the story. */
const storyNow = new Date("2026-11-20T17:17:00Z");

export type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

export interface OwnGallery {
  /** In the story's minute, in which time stands still or goes on. */
  readonly context: (
    options?: ContextOptions,
    clock?: "still" | "running",
  ) => Promise<BrowserContext & AsyncDisposable>;
  readonly show: (page: Page, scene: string) => Promise<Page>;
  /** Opens the list of them, and says their names. */
  readonly scenes: (page: Page) => Promise<readonly string[]>;
}

export function ownGallery(): OwnGallery {
  let site: GallerySite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([serveGallery(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await site?.close();
  });
  return {
    context: async (options = {}, clock = "still") => {
      const context = await browser.newContext({ reducedMotion: "reduce", locale: "en-IN", ...options });
      context.setDefaultTimeout(comesWithinMs);
      await bringLetters(context);
      await (clock === "still" ? context.clock.setFixedTime(storyNow) : context.clock.install({ time: storyNow }));
      return Object.assign(context, { [Symbol.asyncDispose]: () => context.close() });
    },
    show: async (page, scene) => {
      await openScene(page, site.origin, scene);
      return page;
    },
    scenes: async (page) => {
      await page.goto(`${site.origin}/gallery`);
      await page.getByRole("heading", { name: "Gallery" }).waitFor();
      return page.locator("#scenes").getByRole("link").allTextContents();
    },
  };
}
