// A gallery and a browser of a file's own, begun and ended with it.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { launchChromium } from "./chromium.ts";
import { type GallerySite, type GalleryWords, serveGallery } from "./gallery-site.ts";
import { bringLetters } from "./letters.ts";
import { goToScene, openScene, watchLoading } from "./scene.ts";
import { sidewaysFindings } from "./sideways.ts";
import { comesWithinMs } from "./visit.ts";

/** 22:47 in Kolkata, the minute of the story. */
const storyNow = new Date("2026-11-20T17:17:00Z");

const pagesAtOnce = 3;

type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;
type SizedOptions = ContextOptions & { viewport: { width: number; height: number } };

export interface OwnGallery {
  /** In the story's minute, in which time stands still or goes on. */
  readonly context: (
    options?: ContextOptions,
    clock?: "still" | "running",
  ) => Promise<BrowserContext & AsyncDisposable>;
  readonly show: (page: Page, scene: string) => Promise<Page>;
  /** Opens the list of them, and says their names. */
  readonly scenes: (page: Page) => Promise<readonly string[]>;
  /** Looks at each, with a few pages side by side. What is found, also of what scrolls sideways, is told with the scene's name. */
  readonly inEveryScene: (
    options: SizedOptions,
    look: (page: Page, scene: string) => Promise<string[]>,
    script?: string,
  ) => Promise<string[]>;
}

export function ownGallery(words: GalleryWords = "gallery"): OwnGallery {
  let site: GallerySite;
  let browser: Browser;
  beforeAll(async () => {
    [site, browser] = await Promise.all([serveGallery(words), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    site?.close();
  });
  const context: OwnGallery["context"] = async (options = {}, clock = "still") => {
    const opened = await browser.newContext({ reducedMotion: "reduce", locale: "en-IN", ...options });
    opened.setDefaultTimeout(comesWithinMs);
    await bringLetters(opened);
    await (clock === "still" ? opened.clock.setFixedTime(storyNow) : opened.clock.install({ time: storyNow }));
    return Object.assign(opened, { [Symbol.asyncDispose]: () => opened.close() });
  };
  const scenes: OwnGallery["scenes"] = async (page) => {
    await page.goto(`${site.origin}/gallery`);
    await page.getByRole("heading", { name: "Gallery" }).waitFor();
    return page.locator("#scenes").getByRole("link").allTextContents();
  };
  return {
    context,
    scenes,
    show: async (page, scene) => {
      await openScene(page, site.origin, scene);
      return page;
    },
    inEveryScene: async (options, look, script = "") => {
      await using opened = await context(options);
      if (script !== "") await opened.addInitScript(script);
      const taken = new Set<string>();
      const found: string[] = [];
      const walk = async (): Promise<void> => {
        const page = await opened.newPage();
        const loading = watchLoading(page);
        let scene = "";
        page.on("console", (message) => {
          if (message.type() === "error" || message.type() === "warning") found.push(`${scene}: ${message.text()}`);
        });
        page.on("pageerror", (error) => found.push(`${scene}: ${error.message}`));
        for (const next of await scenes(page)) {
          if (taken.has(next)) continue;
          taken.add(next);
          scene = next;
          await goToScene(page, loading, scene);
          const seen = [...(await look(page, scene)), ...(await sidewaysFindings(page, options.viewport.width))];
          found.push(...seen.map((finding) => `${scene}: ${finding}`));
        }
      };
      await Promise.all(Array.from({ length: pagesAtOnce }, walk));
      return found;
    },
  };
}
