// Every component and screen of the app in each of its states, from fixtures of one story: axe finds nothing, nothing scrolls
// sideways, the content policy is kept, and Assamese stands where the browser's own words end.
import type { Browser, BrowserContext, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { accessibilityFindings } from "./accessibility.ts";
import { launchChromium } from "./chromium.ts";
import { type GallerySite, serveGallery } from "./gallery-site.ts";
import { goToScene, watchLoading } from "./scene.ts";
import { sidewaysFindings } from "./sideways.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
/** 22:47 in Kolkata, the minute of the story. */
const storyNow = new Date("2026-11-20T17:17:00Z");
const pagesAtOnce = 3;

let site: GallerySite;
let browser: Browser;
let scenes: string[] = [];

beforeAll(async () => {
  site = await serveGallery();
  browser = await launchChromium();
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery`);
  await page.getByRole("heading", { name: "Gallery" }).waitFor();
  scenes = await page.locator("#scenes").getByRole("link").allTextContents();
});
afterAll(async () => {
  await browser?.close();
  await site?.close();
});

type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;
type SizedOptions = ContextOptions & { viewport: { width: number; height: number } };

async function open(options: ContextOptions): Promise<BrowserContext & AsyncDisposable> {
  const context = await browser.newContext({ reducedMotion: "reduce", ...options });
  context.setDefaultTimeout(60_000);
  await context.clock.setFixedTime(storyNow);
  return Object.assign(context, { [Symbol.asyncDispose]: () => context.close() });
}

/** Looks at every scene with a few pages side by side; what `look` finds is told with the scene's name. */
async function inEveryScene(options: SizedOptions, look: (page: Page) => Promise<string[]>): Promise<string[]> {
  await using context = await open(options);
  const waiting = [...scenes];
  const found: string[] = [];
  const walk = async (): Promise<void> => {
    const page = await context.newPage();
    const loading = watchLoading(page);
    let scene = "";
    page.on("console", (message) => {
      if (message.type() === "error" || message.type() === "warning") found.push(`${scene}: ${message.text()}`);
    });
    page.on("pageerror", (error) => found.push(`${scene}: ${error.message}`));
    await page.goto(`${site.origin}/gallery`);
    for (let next = waiting.shift(); next !== undefined; next = waiting.shift()) {
      scene = next;
      await goToScene(page, loading, scene);
      found.push(...(await look(page)).map((finding) => `${scene}: ${finding}`));
      found.push(...(await sidewaysFindings(page, options.viewport.width)).map((finding) => `${scene}: ${finding}`));
    }
  };
  await Promise.all(Array.from({ length: pagesAtOnce }, walk));
  return found;
}

test("the gallery shows what there is", () => expect(scenes.length).toBeGreaterThanOrEqual(50));

test.each([
  { name: "wide and light", options: { ...wide, colorScheme: "light", locale: "en-IN" } },
  { name: "on a phone and dark", options: { ...phone, colorScheme: "dark", locale: "en-IN" } },
] as const)("axe finds nothing in any state, $name", async ({ options }) => {
  expect(await inEveryScene(options, accessibilityFindings)).toEqual([]);
});

describe.each(["hi-IN", "as-IN"])("in %s", (locale) => {
  test.each([
    { name: "wide", options: wide },
    { name: "a phone", options: phone },
    { name: "320 pixels", options: { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true } },
    { name: "768 pixels", options: { viewport: { width: 768, height: 1024 } } },
  ])("no state scrolls sideways: $name", async ({ options }) => {
    expect(await inEveryScene({ ...options, locale }, async () => [])).toEqual([]);
  });
});

test("Assamese dates, spans and numbers are Assamese words with Latin digits, though the browser has none", async () => {
  await using context = await open({ ...wide, locale: "as-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=datasources`);
  const table = page.getByRole("table").first();
  await table.waitFor();
  const said = (await table.textContent())?.replaceAll("\u00a0", " ") ?? "";
  expect(said).toContain("আজি 22:41");
  expect(said).toContain("6 মিনিট আগতে");
  expect(said).toContain("বুধ 18 নৱে");
  expect(said).toContain("41,286");
  expect(said).not.toMatch(/\b(Today|Yesterday|Nov|min)\b|[০-৯]/u);
});

test("the connect drawer takes focus, keeps it and gives Escape to the page", async () => {
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=connect-prepare`);
  const field = page.getByRole("textbox", { name: "Your store’s address" });
  await field.waitFor();
  await expect.poll(() => page.evaluate("document.activeElement.name")).toBe("shop");
  for (let n = 0; n < 12; n++) await page.keyboard.press("Tab");
  expect(
    await page.evaluate(
      "document.activeElement === document.body || document.activeElement.closest('dialog') !== null",
    ),
  ).toBe(true);
});

test("a datasource whose consent lacks a scope has its way on in the notice, in the row and in its head", async () => {
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=datasources-ungranted`);
  const ways = page.getByRole("link", { name: /^Grant again/u });
  await ways.first().waitFor();
  expect(await ways.count()).toBe(2);
  const row = page.getByRole("row").filter({ hasText: "tokyo-paper.myshopify.com" });
  expect(await row.textContent()).toContain("Shopify did not grant: read_orders.");
  for (const each of await page.getByRole("table").first().locator("tbody tr").all())
    expect(await each.locator("td.act").locator("a, button").count(), "something to do in every row").toBe(1);
  await page.goto(`${site.origin}/gallery?scene=detail-ungranted`);
  await page
    .locator(".hd")
    .getByRole("link", { name: /^Grant again/u })
    .waitFor();
});

test("on a phone money of other currencies stays beside the tile's own", async () => {
  await using context = await open({ ...phone, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=overview-apart`);
  const tile = page.getByRole("article").filter({ hasText: "Net sales" }).first();
  await tile.getByText("and USD 9,304 and AUD 517.20 apart").waitFor({ state: "visible" });
});

test("a stopped datasource says by whom on every tab", async () => {
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=detail-stopped-runs`);
  const why = page.getByText(/Paused by Arjun Rao/u);
  await why.waitFor();
  expect((await why.textContent())?.replaceAll("\u00a0", " ")).toContain("It goes on by itself tomorrow 22:47.");
});

test("what a definition holds opens beside its tile and gives focus back", async () => {
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=overview-apart`);
  const button = page.getByRole("button", { name: "Net sales: definition, sources, date anchor" });
  await button.click();
  const said = page.getByRole("dialog", { name: "Net sales" });
  await said.getByText("Asia/Kolkata, America/New_York").waitFor();
  await page.keyboard.press("Escape");
  await said.waitFor({ state: "hidden" });
  expect(await button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
});

test("DATA opens by its key, lists each datasource in words, and Escape gives focus back", async () => {
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=overview`);
  await page.getByRole("heading", { level: 1 }).waitFor();
  const panel = page.getByRole("dialog", { name: "DATA" });
  // Two keys within a second: a busy machine may be slower, or the page may not listen yet.
  const opens = async (): Promise<boolean> => {
    if (await panel.isVisible()) return true;
    await page.keyboard.press("g");
    await page.keyboard.press("d");
    return panel.isVisible();
  };
  await expect.poll(opens).toBe(true);
  expect(await panel.getByRole("listitem").filter({ hasText: "Klaviyo" }).textContent()).toContain("Disconnected");
  expect(await panel.getByRole("listitem").filter({ hasText: "Meta Ads" }).textContent()).toContain("Reauthorize");
  await page.keyboard.press("Escape");
  await panel.waitFor({ state: "hidden" });
});

test("a chart is read day by day with the arrow keys", async () => {
  await using context = await open({ ...wide, locale: "en-IN" });
  const page = await context.newPage();
  await page.goto(`${site.origin}/gallery?scene=overview`);
  const cursor = page.getByRole("slider", { name: "Net sales, day by day" });
  await cursor.focus();
  await page.keyboard.press("ArrowLeft");
  const plain = async () => (await cursor.getAttribute("aria-valuetext"))?.replaceAll("\u00a0", " ");
  await expect.poll(plain).toBe("Wed 18 Nov: ₹7,90,610");
});
