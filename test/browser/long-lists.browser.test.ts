// Of a list of any length the page holds what is near the screen; by scrolling, by keys, by search and on paper all of it is there.
import type { Locator, Page } from "playwright-core";
import { describe, expect, test } from "vitest";
import { accessibilityFindings } from "./accessibility.ts";
import { ownGallery } from "./own-gallery.ts";
import { sidewaysFindings } from "./sideways.ts";

const { context: open, show } = ownGallery();
const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };

interface Long {
  name: string;
  scene: string;
  total: number;
  /** What stands in its items, by their order from 0. */
  said: (n: number) => string;
  items: (page: Page) => Locator;
  /** Where its items say which of all they are, and what the first says. */
  place?: { attribute: string; first: number };
  /** Opens it, where it is closed at first. */
  unfold?: (page: Page) => Promise<void>;
}

const accounts = (page: Page): Locator => page.getByRole("list", { name: "Accounts at Meta Ads" });
const drawer = (page: Page): Locator => page.getByRole("dialog", { name: "Connect Meta Ads" });

const openRun = (page: Page): Promise<void> =>
  page
    .getByRole("button", { name: /^History/u })
    .first()
    .click();

const lists: Long[] = [
  {
    name: "accounts behind a sign-in",
    scene: "connect-choose-thousands",
    total: 5_000,
    said: (n) => `act_${10_000 + n}`,
    items: (page) => accounts(page).getByRole("listitem"),
  },
  {
    name: "inactive accounts",
    scene: "connect-choose-thousands",
    total: 1_000,
    said: (n) => `old_${10_000 + n}`,
    items: (page) => page.getByRole("group").getByRole("listitem"),
    unfold: (page) => page.getByText("1,000 inactive accounts").click(),
  },
  {
    name: "DATA",
    scene: "data-panel-thousand",
    total: 1_000,
    said: (n) => `Ads ${String(n).padStart(3, "0")}`,
    items: (page) => page.getByRole("dialog", { name: "DATA" }).getByRole("listitem"),
  },
  {
    name: "runs",
    scene: "detail-runs-thousand",
    total: 1_000,
    said: (n) => `History${10_000 + n}`,
    items: (page) => page.locator(".runs-table > tbody > tr:not([aria-hidden])"),
    place: { attribute: "aria-rowindex", first: 2 },
  },
  {
    name: "slices of a run",
    scene: "detail-runs-thousand",
    total: 1_000,
    said: (n) => `Stream ${10_000 + n}`,
    items: (page) => page.locator(".slices").last().getByRole("listitem"),
    unfold: openRun,
  },
  {
    name: "attempts of a run",
    scene: "detail-runs-thousand",
    total: 1_000,
    said: (n) => `Tried ${10_000 + n}.`,
    items: (page) => page.getByRole("group", { name: "Attempt by attempt" }).getByRole("listitem"),
    unfold: openRun,
  },
  {
    name: "timeline",
    scene: "detail-timeline-thousand",
    total: 1_000,
    said: (n) => `Told ${10_000 + n}`,
    items: (page) => page.getByRole("region", { name: "Timeline" }).getByRole("listitem"),
  },
  {
    name: "what was found in a file",
    scene: "files-thousand",
    total: 1_000,
    said: (n) => `Found ${10_000 + n}.`,
    items: (page) => page.locator(".findings").getByRole("listitem"),
  },
  {
    name: "files given",
    scene: "files-thousand",
    total: 1_000,
    said: (n) => `costs-${10_000 + n}.csv`,
    items: (page) => page.getByRole("region", { name: "Files given" }).getByRole("listitem"),
  },
  {
    name: "connected apps",
    scene: "plan-thousand",
    total: 1_000,
    said: (n) => `App ${10_000 + n}`,
    items: (page) => page.getByRole("region", { name: "Connected apps" }).getByRole("listitem"),
  },
  {
    name: "apps without a slot",
    scene: "plan-thousand",
    total: 1_000,
    said: (n) => `Native ${10_000 + n}`,
    items: (page) =>
      page.getByRole("region", { name: "Takes no slot" }).getByRole("list").first().getByRole("listitem"),
  },
  {
    name: "apps of which some are to pause",
    scene: "plan-smaller-thousand",
    total: 1_000,
    said: (n) => `App ${10_000 + n}`,
    items: (page) => page.locator(".accounts").getByRole("listitem"),
  },
  {
    name: "access that is not used",
    scene: "access-review-thousand",
    total: 1_000,
    said: (n) => `Unused ${10_000 + n}`,
    items: (page) => page.getByRole("region", { name: /^Access not used/u }).getByRole("listitem"),
  },
];

/** Read in the very call in which it is asked for: a browser prints what stands then. */
const onPaper = (item: Locator, within: string): Promise<string> =>
  item.evaluate((element, around) => {
    element.ownerDocument.defaultView?.dispatchEvent(new Event("beforeprint"));
    return element.closest(around)?.textContent ?? "";
  }, within);

const mostThere = 300;
const scrollTo = (item: Locator, where: "start" | "end") =>
  item.evaluate((element, block) => element.scrollIntoView({ block }), where);

describe.each(lists)("$name", ({ scene, total, said, items, unfold, place }) => {
  const { attribute, first } = place ?? { attribute: "aria-posinset", first: 1 };
  const placeOf = async (item: Locator): Promise<number> => Number(await item.getAttribute(attribute)) - first;
  const opened = async (page: Page): Promise<Locator> => {
    await show(page, scene);
    await unfold?.(page);
    const all = items(page);
    await all.first().waitFor();
    return all;
  };

  test.each([
    ["wide", wide],
    ["on a phone", phone],
  ])("are there near the screen, and the last is reached, %s", async (_name, options) => {
    await using context = await open(options);

    const page = await context.newPage();
    const all = await opened(page);
    expect(await all.count()).toBeLessThan(mostThere);
    expect(await placeOf(all.first())).toBe(0);
    const told = place
      ? all.first().locator("xpath=ancestor::table").getAttribute("aria-rowcount")
      : all.first().getAttribute("aria-setsize");
    expect(Number(await told)).toBe(total - 1 + first);
    // By and by, as somebody scrolls: what comes into view is there.
    for (let seen = 0; seen < 180; seen += 6) {
      const next = all.filter({ hasText: said(seen) });
      await next.waitFor();
      await scrollTo(next, "start");
      expect(await placeOf(next)).toBe(seen);
    }
    const last = all.last();
    await scrollTo(last, "end");
    await expect.poll(() => last.textContent()).toContain(said(total - 1));
    expect(await placeOf(last)).toBe(total - 1);
    // Up again: what is before the last fifty comes, and stood nowhere until then.
    await scrollTo(all.filter({ hasText: said(total - 45) }), "start");
    await all.filter({ hasText: said(total - 60) }).waitFor();
    expect(await all.count()).toBeLessThan(mostThere);
    expect(await sidewaysFindings(page, options.viewport.width)).toEqual([]);
    expect(await accessibilityFindings(page)).toEqual([]);
  });

  test("stand on paper, all of them", async () => {
    await using context = await open(wide);

    const page = await context.newPage();
    const all = await opened(page);
    const printed = await onPaper(all.first(), "ul, ol, table");
    const missing = Array.from({ length: total }, (_, n) => said(n)).filter((words) => !printed.includes(words));
    expect(missing).toEqual([]);
    await page.evaluate("dispatchEvent(new Event('afterprint'))");
    await expect.poll(() => all.count()).toBeLessThan(mostThere);
  });
});

test("what was ticked stays ticked where it left the page, and the search finds what never was on it", async () => {
  await using context = await open(wide);

  const page = await context.newPage();
  await show(page, "connect-choose-thousands");
  const box = (name: string) => accounts(page).getByRole("checkbox", { name: new RegExp(`^${name}\\b`, "u") });
  const connects = (words: string) => drawer(page).getByRole("button", { name: words }).waitFor();
  await scrollTo(box("Client 45"), "start");
  await box("Client 70").check();
  await scrollTo(accounts(page).getByRole("listitem").last(), "end");
  await box("Client 4990").check();
  await connects("Connect 2 accounts");
  await scrollTo(box("Client 4955"), "start");
  await expect.poll(() => box("Client 70").count(), { message: "it has left the page" }).toBe(0);
  const search = page.getByRole("searchbox", { name: "Find an account" });
  await search.fill("act_12344 usd");
  await box("Client 2345").check();
  expect(await accounts(page).getByRole("listitem").count()).toBe(1);
  await connects("Connect 3 accounts");
  await search.fill("");
  await expect.poll(() => accounts(page).getByRole("listitem").count()).toBeGreaterThan(50);
  await search.fill("act_1006");
  await expect.poll(() => box("Client 70").isChecked()).toBe(true);
  await connects("Connect 3 accounts");
});

test("Tab walks from account to account, on from where the focus was left, and back from the end", async () => {
  await using context = await open(wide);

  const page = await context.newPage();
  await show(page, "connect-choose-thousands");
  const focused = () =>
    page.evaluate<string | undefined>("document.activeElement.closest('li')?.querySelector('b').textContent");
  await page.getByRole("searchbox", { name: "Find an account" }).focus();
  for (let n = 1; n <= 120; n++) {
    await page.keyboard.press("Tab");
    expect(await focused()).toBe(`Client ${n}`);
  }
  // Scrolled away from: it keeps the focus, and what is next to it is next.
  await scrollTo(accounts(page).getByText("Client 4955", { exact: true }), "start");
  await accounts(page).getByText("Client 4940", { exact: true }).waitFor();
  expect(await focused()).toBe("Client 120");
  await page.keyboard.press("Tab");
  expect(await focused()).toBe("Client 121");
  await page.keyboard.press("Shift+Tab");
  await page.keyboard.press("Shift+Tab");
  expect(await focused()).toBe("Client 119");
  await page.getByText("1,000 inactive accounts").focus();
  for (let n = 0; n < 60; n++) {
    await page.keyboard.press("Shift+Tab");
    expect(await focused()).toBe(`Client ${5_000 - n}`);
  }
});

test("Tab walks from account to account, however fast", async () => {
  await using context = await open(wide);

  const page = await context.newPage();
  await show(page, "connect-choose-thousands");
  await page.getByRole("searchbox", { name: "Find an account" }).focus();
  await Promise.all(Array.from({ length: 110 }, () => page.keyboard.press("Tab")));
  const focused = page.locator("li:focus-within b");
  await expect.poll(() => focused.textContent()).toBe("Client 110");
});

test("scrolled upwards nothing jumps, also in a browser that does not hold on to what is seen", async () => {
  await using context = await open(phone);

  const page = await context.newPage();
  await show(page, "detail-runs-thousand");
  await page.evaluate("void (document.documentElement.style.overflowAnchor = 'none')");
  const rows = page.locator(".runs-table > tbody > tr[aria-rowindex]");
  const held = rows.filter({ hasText: "History10955" });
  const before = await held.evaluate((row) => {
    row.scrollIntoView();
    return row.getBoundingClientRect().top;
  });
  await rows.filter({ hasText: "History10940" }).waitFor();
  const after = await held.evaluate((row) => row.getBoundingClientRect().top);
  expect(Math.abs(after - before)).toBeLessThan(100);
});

test("what is being typed and what was opened stays, wherever it was scrolled to", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "files-thousand");
  const found = page.locator(".findings").getByRole("listitem");
  const wrong = found.filter({ hasText: "Found 10060." });
  await scrollTo(found.nth(45), "start");
  await wrong.getByRole("button", { name: "Put right" }).click();
  const field = wrong.getByRole("textbox");
  await field.fill("MM-024");
  await field.blur();
  await scrollTo(found.filter({ hasText: "Found 10955." }), "start");
  await found.filter({ hasText: "Found 10940." }).waitFor();
  expect(await field.count()).toBe(1);
  expect(await field.inputValue()).toBe("MM-024");
  await show(page, "detail-runs-thousand");
  const rows = page.locator(".runs-table > tbody > tr[aria-rowindex]");
  await scrollTo(rows.nth(45), "start");
  const opener = rows.filter({ hasText: "History10060" }).getByRole("button");
  await opener.click();
  await page.locator(".slices").last().getByRole("listitem").first().waitFor();
  await opener.blur();
  await scrollTo(rows.filter({ hasText: "History10955" }), "start");
  await rows.filter({ hasText: "History10940" }).waitFor();
  expect(await opener.count()).toBe(1);
  expect(await opener.getAttribute("aria-expanded")).toBe("true");
});

test("of a list that is closed, or folded, there is no more than its ends", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  const closed = async (rows: Locator) => {
    await expect.poll(() => rows.count()).toBeGreaterThan(50);
    expect(await rows.count()).toBeLessThan(150);
    expect(await rows.first().isVisible()).toBe(false);
  };
  await show(page, "datasources-thousand");
  await closed(page.locator("#data-panel li[aria-posinset]"));
  await show(page, "connect-choose-thousands");
  await closed(page.locator("details li[aria-posinset]"));
});

const roomOfARow = `(() => {
  const table = document.querySelector("main table");
  const rows = [...table.querySelectorAll("tr[aria-rowindex]")];
  const room = [...table.querySelectorAll("tr[aria-hidden]")].reduce((sum, { offsetHeight }) => sum + offsetHeight, 0);
  return room / (table.ariaRowCount - 1 - rows.length) / rows[0].offsetHeight;
})()`;

test("the room of rows that are away is that of rows, of others after a filter too, and on a narrower page", async () => {
  await using context = await open(wide);
  const page = await context.newPage();
  await show(page, "datasources-thousand");
  const isOfRows = () => expect.poll(() => page.evaluate<number>(roomOfARow)).toBeCloseTo(1, 0.6);
  await isOfRows();
  await page.getByRole("button", { name: /^Paused/u }).click();
  await expect.poll(() => page.getByRole("table").first().getAttribute("aria-rowcount")).toBe("601");
  await isOfRows();
  await page.setViewportSize(phone.viewport);
  await isOfRows();
});

test("where the list grows long no row leaves its place, and what is being typed stays", async () => {
  await using context = await open(phone);
  const page = await context.newPage();
  await show(page, "files-in-two");
  const found = page.locator(".findings").getByRole("listitem");
  expect(await found.count()).toBe(200);
  const wrong = found.filter({ hasText: "Found 10070." });
  await wrong.getByRole("button", { name: "Put right" }).click();
  const field = wrong.getByRole("textbox");
  await field.fill("MM-024");
  const more = page.locator(".findings + .more");
  await scrollTo(more, "end");
  const row = await found.filter({ hasText: "Found 10195." }).elementHandle();
  const top = () => row?.evaluate((element) => element.isConnected && element.getBoundingClientRect().top);
  const before = await top();
  await more.dispatchEvent("click");
  await found.filter({ hasText: "Found 10999." }).waitFor();
  expect(await top()).toBe(before);
  expect(await field.count()).toBe(1);
  await scrollTo(found.last(), "end");
  await expect.poll(() => found.filter({ hasText: "Found 10170." }).count(), { message: "it is away" }).toBe(0);
  expect(await field.inputValue()).toBe("MM-024");
});

test.each([
  ["overview-thousand", "Complete through"],
  ["access-review-thousand", "Grants that end in the next 90 days"],
])("of a thousand names in a row the first are there, and the others by and by: %s", async (scene, region) => {
  await using context = await open(phone);
  const page = await context.newPage();
  await show(page, scene);
  const names = page.getByRole("region", { name: region }).getByText(/^Account 1\d{4}/u);
  await names.first().waitFor();
  expect(await names.count()).toBe(50);
  const printed = await onPaper(names.first(), "section");
  expect(new Set(printed.match(/Account 1\d{4}/gu)).size, "on paper").toBe(1_000);
  await page.evaluate("dispatchEvent(new Event('afterprint'))");
  await page.getByRole("button", { name: "and 950 more" }).click();
  await expect.poll(() => names.count()).toBe(100);
  expect(await accessibilityFindings(page)).toEqual([]);
  expect(await sidewaysFindings(page, phone.viewport.width)).toEqual([]);
});
