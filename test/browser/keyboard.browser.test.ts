// All that opens over a page, opened, walked through and closed by keys alone: the focus goes in, stays in, and comes back to what
// opened it. Found by pressing every button there is, not by a list that somebody has to keep.
import type { Page } from "playwright-core";
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { goToScene, isWhole, type Loading, watchLoading } from "./scene.ts";

const pagesAtOnce = 3;

const { context: open, show, scenes } = ownGallery();
const wide = { viewport: { width: 1440, height: 900 } };

/** What stands open over the page, the newest last. */
const layers = `[...document.querySelectorAll("dialog[open], [role=menu], div[role=dialog]:not([popover]), [popover]:popover-open")]
  .filter((element) => element.checkVisibility())`;
const held = `(() => {
  const active = document.activeElement;
  const top = ${layers}.at(-1);
  const said = (element) => element?.ariaLabel || element?.textContent.trim().slice(0, 40) || element?.tagName;
  return {
    layer: top ? (top.querySelector("h2")?.textContent ?? top.ariaLabel ?? top.role) : null,
    isMenu: top?.role === "menu",
    isModal: top?.matches("dialog") ?? false,
    isIn: top?.contains(active) ?? false,
    isNowhere: active === null || active === document.body,
    isOnOpener: active?.hasAttribute("data-pressed") ?? false,
    active: said(active),
    stops: top ? [...top.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex='0']")]
      .filter((element) => element.tabIndex >= 0 && !element.disabled && element.checkVisibility()).length : 0,
    at: top ? [...top.querySelectorAll("*")].indexOf(active) : -1,
    items: top?.querySelectorAll("[role^=menuitem]").length ?? 0,
    isOnFirst: top?.querySelector("[role^=menuitem]") === active,
  };
})()`;

interface Held {
  layer: string | null;
  isMenu: boolean;
  isModal: boolean;
  isIn: boolean;
  isNowhere: boolean;
  isOnOpener: boolean;
  active: string;
  /** How many Tab may meet; of a group of radios only one. */
  stops: number;
  /** Which element of the layer has the focus. */
  at: number;
  items: number;
  isOnFirst: boolean;
}

const openers = `[...document.querySelectorAll("button:not([lang]), a[href*='/connect/']")].filter((element) =>
  element.checkVisibility() && !element.closest("dialog, [popover]"))`;
/** Of many that do the same to one thing each, one is enough: they begin with the same words, whatever their number. */
const kindOf = `((element) => (element.closest("main") ? "" : "shell ") + (element.ariaLabel ?? element.textContent).replaceAll(/\\d+/gu, "").trim().split(/\\s+/u).slice(0, 2).join(" "))`;

class Walk {
  readonly page: Page;
  readonly loading: Loading;
  readonly scene: string;
  readonly found: string[];
  readonly layers: Set<string>;

  constructor(page: Page, loading: Loading, scene: string, told: { found: string[]; layers: Set<string> }) {
    this.page = page;
    this.loading = loading;
    this.scene = scene;
    this.found = told.found;
    this.layers = told.layers;
  }

  async stand(): Promise<Held> {
    await isWhole(this.page, this.loading, this.scene);
    return this.page.evaluate<Held>(held);
  }

  async press(key: string): Promise<Held> {
    await this.page.keyboard.press(key);
    return this.stand();
  }

  /** The scene as it was at first, with one opener under the focus. */
  async begin(opener: string): Promise<void> {
    await this.page.evaluate("history.pushState(null, '', '/gallery')");
    await this.page.locator("html[data-scene='']").waitFor();
    await this.page.evaluate("sessionStorage.clear()"); // what an opener before it left of a draft
    await goToScene(this.page, this.loading, this.scene);
    await this.page.evaluate(`(() => {
      const opener = ${openers}.find((element) => ${kindOf}(element) === ${JSON.stringify(opener)});
      if (!opener) throw new Error(${JSON.stringify(`${this.scene} has no more: ${opener}`)});
      opener.setAttribute("data-pressed", "");
      opener.focus();
    })()`);
  }

  say(layer: string, what: string): void {
    this.found.push(`${this.scene}: ${layer}: ${what}`);
  }

  /** It has just opened. */
  async layer(at: Held): Promise<void> {
    const name = at.layer ?? "";
    this.layers.add(name);
    if (!at.isIn || (at.isMenu && !at.isOnFirst)) this.say(name, `the focus is on ${at.active}`);
    const met = new Set<number>();
    for (let stop = 0; stop <= at.stops; stop += 1) {
      await this.page.keyboard.press("Tab");
      const now = await this.page.evaluate<Held>(held);
      // From the last one a browser goes to its own buttons, and back to the first.
      if (now.layer !== at.layer || (!now.isIn && !(at.isModal && now.isNowhere))) {
        this.say(name, `Tab leads to ${now.active}`);
        return;
      }
      met.add(now.at);
    }
    if (at.stops > 1 && met.size === 1) this.say(name, `Tab stays on ${at.active}`);
  }

  async closed(name: string): Promise<void> {
    const now = await this.press("Escape");
    if (now.layer === name) this.say(name, "Escape does not close it");
    else if (!now.isOnOpener) this.say(name, `closed, and the focus is on ${now.active}`);
  }

  async opener(opener: string): Promise<void> {
    await this.begin(opener);
    const at = await this.press("Enter");
    if (at.layer === null) return;
    await this.layer(at);
    await this.closed(at.layer);
    for (let item = 0; at.isMenu && item < at.items; item += 1)
      // The second time the part of the app that it opens is there at once.
      if (await this.item(opener, item)) await this.item(opener, item);
  }

  /** Whether it opens something. */
  async item(opener: string, item: number): Promise<boolean> {
    await this.begin(opener);
    const menu = await this.press("Enter");
    for (let n = 0; n < item; n += 1) await this.page.keyboard.press("ArrowDown");
    // A choice within the menu, of language or look, opens nothing.
    if ((await this.page.evaluate("document.activeElement.role")) !== "menuitem") return false;
    const at = await this.press("Enter");
    if (at.layer === null || at.layer === menu.layer) return false;
    await this.layer(at);
    await this.closed(at.layer);
    return true;
  }
}

interface Scene {
  readonly name: string;
  /** What it opens that no scene before it has. */
  readonly kinds: readonly string[];
}

const nthOf = (list: readonly string[], page: number): string[] => list.filter((_, n) => n % pagesAtOnce === page);

/** Every opener goes to the first scene that has it, in the order of the gallery, whichever page was there first. */
function assigned(names: readonly string[], kindsByScene: ReadonlyMap<string, readonly string[]>): Scene[] {
  const seen = new Set<string>();
  const isNew = (name: string, kind: string): boolean => {
    const place = kind.startsWith("shell ") ? kind : `${name.split("-")[0] ?? ""} ${kind}`;
    return !seen.has(place) && seen.add(place).has(place);
  };
  return names.map((name) => ({ name, kinds: (kindsByScene.get(name) ?? []).filter((kind) => isNew(name, kind)) }));
}

test("every dialog and menu takes the focus, keeps it, goes by Escape and gives it back", async () => {
  await using context = await open(wide);
  const told = { found: [] as string[], layers: new Set<string>() };
  const pages = await Promise.all(
    Array.from({ length: pagesAtOnce }, async () => {
      const page = await context.newPage();
      const loading = watchLoading(page);
      return { page, loading, names: await scenes(page) };
    }),
  );
  const names = pages[0]?.names ?? [];
  const kindsByScene = new Map<string, readonly string[]>();
  const look = async ({ page, loading }: (typeof pages)[number], n: number): Promise<void> => {
    for (const name of nthOf(names, n)) {
      const one = new Walk(page, loading, name, told);
      await goToScene(page, loading, name);
      const first = await one.stand();
      if (first.layer === null) kindsByScene.set(name, await page.evaluate<string[]>(`${openers}.map(${kindOf})`));
      else await one.layer(first);
    }
  };
  await Promise.all(pages.map(look));
  const waiting = assigned(names, kindsByScene);
  const walk = async ({ page, loading }: (typeof pages)[number]): Promise<void> => {
    for (let scene = waiting.shift(); scene !== undefined; scene = waiting.shift()) {
      // What was pressed in another scene is forgotten: by which page, was chance.
      if (scene.kinds.length > 0) await scenes(page);
      for (const kind of scene.kinds) await new Walk(page, loading, scene.name, told).opener(kind);
    }
  };
  await Promise.all(pages.map(walk));
  expect(told.found).toEqual([]);
  expect(told.layers.size, "the walk meets them").toBeGreaterThanOrEqual(35);
});

test.each([
  ["plan", "Change the plan", "Keep the plan"],
  ["plan-over", "Choose which apps pause", "Leave it as it is"],
])("what opens in the page itself gives the focus back to what opened it: %s", async (scene, opener, way) => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, scene);
  if (scene === "plan") await page.getByLabel("Plan", { exact: true }).selectOption("free");
  await page.getByRole("button", { name: opener }).press("Enter");
  await page.getByRole("button", { name: way }).press("Enter");
  await expect.poll(() => page.evaluate<Held>(held).then(({ active }) => active)).toBe(opener);
});

test("a name that is saved with Enter leaves the focus in its field", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "settings-history-limited");
  const field = page.getByRole("textbox", { name: "Name" });
  await field.fill("Shop of the moss");
  await field.press("Enter");
  await page.getByText("Saving…", { exact: true }).waitFor();
  expect(await field.evaluate((element) => element.matches(":focus"))).toBe(true);
});
