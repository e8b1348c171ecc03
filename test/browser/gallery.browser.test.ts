// Every component and screen of the app in each of its states, from fixtures of one story: axe finds nothing, nothing scrolls
// sideways, the content policy is kept, and Assamese stands where the browser's own words end.
import type { Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityFindings } from "./accessibility.ts";
import { brokenWords } from "./broken-words.ts";
import { ownGallery } from "./own-gallery.ts";
import { picture } from "./visit.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const narrow = { viewport: { width: 1024, height: 768 } };

const { context: open, show, scenes, inEveryScene } = ownGallery();

test("the gallery shows what there is", async () => {
  await using context = await open();
  const names = await scenes(await context.newPage());
  expect(names.length).toBeGreaterThanOrEqual(50);
});

test.each([
  { name: "wide and light", options: { ...wide, colorScheme: "light" } },
  { name: "on a phone and dark", options: { ...phone, colorScheme: "dark" } },
  { name: "on a phone and light", options: { ...phone, colorScheme: "light" } },
  { name: "1920 pixels and dark", options: { viewport: { width: 1920, height: 1080 }, colorScheme: "dark" } },
  { name: "1024 pixels, in colours of the reader's own", options: { ...narrow, forcedColors: "active" } },
] as const)("axe finds nothing in any state, $name", async ({ name, options }) => {
  const look = async (page: Page, scene: string) => {
    if (name === "wide and light") await picture({ page }, `gallery-${scene}-en-IN`);
    return accessibilityFindings(page);
  };
  expect(await inEveryScene(options, look)).toEqual([]);
});

describe.each([
  ["hi-IN", "Noto Sans Devanagari"],
  ["as-IN", "Noto Sans Bengali"],
])("in %s", (locale, family) => {
  test("words are measured in letters of their own", async () => {
    await using context = await open({ ...wide, locale });
    const page = await show(await context.newPage(), "datasources");
    const client = await context.newCDPSession(page);
    await client.send("DOM.enable");
    await client.send("CSS.enable");
    const { root } = await client.send("DOM.getDocument", { depth: 0 });
    const { nodeId } = await client.send("DOM.querySelector", { nodeId: root.nodeId, selector: "h1" });
    const { fonts } = await client.send("CSS.getPlatformFontsForNode", { nodeId });
    expect(fonts.map(({ familyName }) => familyName)).toContain(family);
  });

  test.each([
    { name: "wide", options: wide },
    { name: "a phone", options: phone },
    { name: "320 pixels", options: { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true } },
    { name: "768 pixels", options: { viewport: { width: 768, height: 1024 } } },
  ])("no state scrolls sideways, no words lie over others or are broken: $name", async ({ options }) => {
    const look = async (page: Page, scene: string) => {
      if (options === wide) await picture({ page }, `gallery-${scene}-${locale}`);
      return brokenWords(page);
    };
    expect(await inEveryScene({ ...options, locale }, look)).toEqual([]);
  });
});

test("in English, too, nothing lies over anything and no word is broken: 320 pixels", async () => {
  const options = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
  expect(await inEveryScene(options, brokenWords)).toEqual([]);
});

test("with text spaced as wide as a reader may set it nothing lies over anything and no word is broken", async () => {
  const spaced =
    "* { line-height: 1.5 !important; letter-spacing: 0.12em !important; word-spacing: 0.16em !important }";
  const script = `const sheet = new CSSStyleSheet(); sheet.replaceSync(${JSON.stringify(spaced)}); document.adoptedStyleSheets = [sheet];`;
  expect(await inEveryScene(narrow, brokenWords, script)).toEqual([]);
});

test("Assamese dates, spans and numbers are Assamese words with Latin digits, though the browser has none", async () => {
  await using context = await open({ ...wide, locale: "as-IN" });
  const page = await context.newPage();
  await show(page, "datasources");
  const table = page.getByRole("table").first();
  await table.waitFor();
  const said = (await table.textContent())?.replaceAll("\u00a0", " ") ?? "";
  expect(said).toContain("আজি 22:41");
  expect(said).toContain("6 মিনিট আগতে");
  expect(said).toContain("বুধ 18 নৱে");
  expect(said).toContain("41,286");
  expect(said).not.toMatch(/\b(Today|Yesterday|Nov|min)\b|[০-৯]/u);
});

test("of a thousand datasources the rows near the screen are there, the last is reached, and keys walk on", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "datasources-thousand");
  const table = page.getByRole("table").first();
  await table.getByRole("rowheader", { name: "Ads", exact: true }).waitFor();
  expect(await table.getAttribute("aria-rowcount")).toBe("1001");
  const there = () => table.locator("tbody tr:not(.room)").count();
  expect(await there()).toBeLessThan(200);
  await page.evaluate(`globalThis.walked = [];
    addEventListener("focusin", ({ target }) => walked.push(target.querySelector("b")?.textContent))`);
  // At the last of those that are there, a key leads on once the others have come.
  const step = async () => {
    await page.keyboard.press("j");
    return page.evaluate<string[]>("walked");
  };
  await expect.poll(step, { interval: 0 }).toContain("Ads 119");
  const walked = await page.evaluate<string[]>("walked");
  const inOrder = Array.from({ length: 120 }, (_, n) => `Ads ${String(n).padStart(3, "0")}`);
  expect(walked.slice(0, 120), "one after another").toEqual(inOrder);
  const last = table.getByRole("row").filter({ hasText: "Ads 999" });
  await expect
    .poll(async () => {
      await page.evaluate("scrollTo(0, document.documentElement.scrollHeight)");
      return last.isVisible();
    })
    .toBe(true);
  expect(await last.getAttribute("aria-rowindex")).toBe("1001");
  expect(await there()).toBeLessThan(300);
});

test("every warning of a file can be gone to, page by page", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "files-waiting");
  const found = page.locator(".findings li");
  await found.first().waitFor();
  const before = await found.count();
  await page.getByRole("button", { name: "Load more" }).first().click();
  await expect.poll(() => found.count()).toBe(2 * before);
});

test("the search is walked through by keys alone: the field keeps the focus and gives it back, what is marked is told, Enter takes it", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-stopped-runs");
  await page.getByRole("button", { name: "Search or jump to" }).focus();
  await page.keyboard.press("Control+k");
  const field = page.getByRole("combobox", { name: "Search or jump to" });
  await field.fill("शॉपिफ़ाई");
  await page.getByText("4 results").waitFor();
  const marked = page.getByRole("option", { selected: true });
  const all = await page.getByRole("option").allTextContents();
  expect(all[0]).toContain("Shopify");
  const keys = ["ArrowDown", "End", "ArrowDown", "ArrowUp", "Home"] as const;
  for (const [n, place] of [1, -1, 0, -1, 0].entries()) {
    await page.keyboard.press(keys[n] ?? "");
    await expect.poll(() => marked.textContent(), { message: keys[n] ?? "" }).toBe(all.at(place));
    expect(await field.getAttribute("aria-activedescendant")).toBe(await marked.getAttribute("id"));
    expect(await marked.getAttribute("id"), "an id has no spaces").not.toMatch(/\s/u);
  }
  expect(await page.evaluate("document.activeElement.getAttribute('role')")).toBe("combobox");
  await page.keyboard.press("Escape");
  await field.waitFor({ state: "detached" });
  await expect
    .poll(() => page.evaluate("document.activeElement.className"), { message: "focus is given back" })
    .toBe("kbar");
  // Held: what opens it takes nothing from it.
  for (const _ of ["down", "repeated"]) await page.keyboard.down("Enter");
  await page.keyboard.up("Enter");
  await field.fill("disc");
  await marked.getByText("Disconnect Shopify…").waitFor();
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Disconnect Shopify?" }).waitFor();
});

test("the pointer over a row of the search that is half in view marks it and leaves the list where it is", async () => {
  await using context = await open({ ...wide, viewport: { width: 1440, height: 480 } });
  const page = await context.newPage();
  await show(page, "palette-thousand");
  const list = page.getByRole("listbox", { name: "Found" });
  const box = await list.boundingBox();
  if (!box) throw new Error("The list is not on screen.");
  const marked = () => page.getByRole("option", { selected: true }).textContent();
  const first = await marked();
  await list.evaluate((element) => (element.scrollTop = 60));
  await page.mouse.move(box.x + 40, box.y + box.height / 2);
  await expect.poll(marked).not.toBe(first);
  const amid = await marked();
  await page.mouse.move(box.x + 40, box.y + 3);
  await expect.poll(marked).not.toBe(amid);
  await page.evaluate("new Promise((resolve) => requestAnimationFrame(() => requestAnimationFrame(resolve)))");
  expect(await list.evaluate((element) => element.scrollTop)).toBe(60);
});

test("the connect drawer takes focus, keeps it and gives Escape to the page", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "connect-prepare");
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

test("a datasource whose consent lacks a scope has its way on in the notice and in its row, and once on its own page", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "datasources-ungranted");
  const ways = page.getByRole("link", { name: /^Grant again/u });
  await expect.poll(() => ways.count()).toBe(2);
  const row = page.getByRole("row").filter({ hasText: "tokyo-paper.myshopify.com" });
  expect(await row.textContent()).toContain("Shopify did not grant: read_orders.");
  for (const each of await page.getByRole("table").first().locator("tbody tr").all())
    expect(await each.locator("td.act").locator("a, button").count(), "something to do in every row").toBe(1);
  await show(page, "detail-ungranted");
  await ways.waitFor();
});

test("on the page of a dead datasource the way on stands once, in the notice", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-dead");
  const way = page.getByRole("link", { name: /^Paste a new key/u });
  await page.getByText("its key was revoked yesterday").first().waitFor();
  await expect.poll(() => way.count()).toBe(1);
});

test.each(["detail-paused-by-us", "detail-frozen"])("what is stopped goes on by one button: %s", async (scene) => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, scene);
  await expect.poll(() => page.getByRole("button", { name: /^(?:Resume|Check again)/u }).count()).toBe(1);
});

test("an optional scope that a key lacks is told as missing, not as broken", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "connect-key-works");
  const line = page.getByRole("listitem").filter({ hasText: "Names of flows" });
  await line.waitFor();
  expect(await line.textContent()).not.toContain("does not work");
  expect(await line.textContent()).toContain("not granted, optional");
});

test("where nothing can be connected, no place is counted for it", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "connect-not-possible");
  await page.getByText("All 10 apps are in use.").waitFor();
  expect(await page.getByText("apps after this").count()).toBe(0);
});

test("a sign-in behind which no account can be chosen has a way on", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "connect-choose-closed");
  await page.getByRole("button", { name: "Start again" }).waitFor();
});

test("a menu whose part of the app does not load says so, leaves the page as it is, and is tried again", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  const errors: string[] = [];
  page.on("pageerror", (error) => errors.push(error.message));
  const part = /menu-open/u;
  await page.route(part, (route) => route.abort());
  await show(page, "detail-dead");
  const button = page.getByRole("button", { name: "More actions for Klaviyo" });
  await button.hover();
  await button.click();
  const said = page.getByRole("alertdialog", { name: "This did not open" });
  await said.getByText("the rest of the page works").waitFor();
  await page.getByRole("heading", { level: 1, name: "Klaviyo" }).waitFor();
  await said.getByRole("button", { name: "Try again" }).click();
  await said.getByText("A newer version may have taken its place").waitFor();
  await said.getByRole("button", { name: "Cancel" }).click();
  await expect.poll(() => button.evaluate((element) => element.matches(":focus"))).toBe(true);
  await page.unroute(part);
  const entry = page.getByRole("menuitem", { name: "Disconnect…" });
  // What was asked for before the way was free may still fail, also between a look and a click.
  await page.addLocatorHandler(said, () => said.getByRole("button", { name: "Cancel" }).click());
  const opens = async (): Promise<boolean> => {
    if (!(await entry.isVisible())) await button.click();
    return entry.isVisible();
  };
  await expect.poll(opens).toBe(true);
  expect(errors).toEqual([]);
});

test("where what has the focus goes, the focus stays near: in its dialog, in its part of the page", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  const focused = () =>
    page.evaluate("document.activeElement.ariaLabel ?? document.activeElement.ariaLabelledByElements[0].textContent");
  await show(page, "calendar-address");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "Copy the address now" }).waitFor();
  await expect.poll(focused).toBe("Copy: Address");
});

test("a file that is read again stays where it is, and keeps the focus", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "files-read-again");
  const button = page.getByRole("button", { name: "Read it this way" });
  await button.waitFor();
  const before = await button.elementHandle();
  const agreed = page.getByRole("checkbox", { name: "Take it although the total differs" });
  await agreed.check();
  await page.evaluate(`globalThis.shown = [];
    new MutationObserver(() => shown.push(document.querySelector(".review").innerText))
      .observe(document.body, { subtree: true, childList: true, characterData: true })`);
  await button.press("Enter");
  const anew = page.getByRole("region", { name: /\.csv waits for you$/u });
  await anew.getByText("Line 112").first().waitFor();
  expect(await before?.evaluate((element) => element.matches(":focus"))).toBe(true);
  expect(await agreed.isChecked(), "agreed to the total of another reading").toBe(false);
  const shown = await page.evaluate<string[]>("shown");
  const begun = shown.findIndex((text) => text.includes("is being read again"));
  expect(shown.slice(begun).filter((text) => text.includes("Being read 40%"))).not.toEqual([]);
  const asNew = shown.slice(begun).filter((text) => text.includes("waits for you") && !text.includes("Line 112"));
  expect(asNew, "what was found before, shown as new").toEqual([]);
});

test("on the narrowest phone the amounts of a file's first rows are in view", async () => {
  const width = 320;
  await using context = await open({ ...phone, viewport: { width, height: 640 } });
  const page = await context.newPage();
  await show(page, "files-waiting");
  const box = await page.getByText("₹2,40,000.00").first().boundingBox();
  expect((box?.x ?? width) + (box?.width ?? 0)).toBeLessThan(width);
});

test("on a phone money of each currency stays on its tile, none larger than another", async () => {
  await using context = await open(phone);
  const page = await context.newPage();
  await show(page, "overview-apart");
  const tile = page.getByRole("article").filter({ hasText: "Net sales" }).first();
  const sizes = await Promise.all(
    ["₹8,42,610", "USD 9,304", "AUD 517.20"].map((amount) =>
      tile.getByText(amount, { exact: true }).evaluate((element) => getComputedStyle(element).fontSize),
    ),
  );
  expect(new Set(sizes).size).toBe(1);
});

test("a stopped datasource says by whom on every tab", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "detail-stopped-runs");
  const why = page.getByText(/Paused by Arjun Rao/u);
  await why.waitFor();
  expect((await why.textContent())?.replaceAll("\u00a0", " ")).toContain("It goes on by itself tomorrow 22:47.");
});

test("what a definition holds opens beside its tile and gives focus back", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "overview-apart");
  const button = page.getByRole("button", { name: "Net sales: definition, sources, date anchor" });
  await button.click();
  const said = page.getByRole("dialog", { name: "Net sales" });
  await said.getByText("Asia/Kolkata, America/New_York").waitFor();
  await page.keyboard.press("Escape");
  await said.waitFor({ state: "hidden" });
  await expect.poll(() => button.evaluate((element) => element === element.ownerDocument.activeElement)).toBe(true);
});

test("DATA opens by its key, lists each datasource in words, and Escape gives focus back", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "overview");
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
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "overview");
  const cursor = page.getByRole("slider", { name: "Net sales, day by day" });
  await cursor.focus();
  await page.keyboard.press("ArrowLeft");
  const plain = async () => (await cursor.getAttribute("aria-valuetext"))?.replaceAll("\u00a0", " ");
  await expect.poll(plain).toBe("Wed 18 Nov: ₹7,90,610");
});
