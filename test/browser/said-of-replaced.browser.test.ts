// What is said of days on which one datasource took another's place: whose they are, and in which currency; and of a day that a tile tells and its chart does not yet.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { type Row, said, unsaid } from "./saying.ts";

const { context: open, show } = ownGallery();

const rows: readonly Row[] = [
  {
    what: "where one took another's place within the days on screen, each says which are its own",
    scene: "overview-replaced",
    at: (page) => page.locator(".strip"),
    says: "Old store · up to 18 Nov, then replaced New store to today 21:30 · from 19 Nov on · days of US/Eastern",
  },
  {
    what: "where only what it is compared with is another's, that is said",
    scene: "overview-since-switch",
    at: (page) => page.locator(".strip"),
    says: "New store · since 19 Nov, compared with the one before it",
  },
  {
    what: "a day that was checked and is before its switch is said not to count from it on the Overview",
    scene: "welcome-done-switched",
    at: (page) => page.getByRole("region", { name: "Your brand is live" }),
    says: "New store: 1,204 here, 1,206 at Shopify On the Overview New store counts from 20 Nov on, so not on 19 Nov.",
  },
  {
    what: "a day whose numbers were deleted with what was replaced says so, and asks nobody to connect a store",
    scene: "overview-lost",
    at: (page) => page.getByRole("main"),
    says: "19 Nov: this counted from Old store, whose data was deleted today 20:30, as Ananya Das chose. Days from 20 Nov on count from New store. 0 of 1 sources complete",
  },
  {
    what: "before that data is deleted: which days become empty, and from when on the new one counts",
    scene: "detail-delete-replaced",
    at: (page) => page.getByRole("alertdialog"),
    says: "On the Overview its days up to 13 Nov 2026 become empty: Kathmandu Tea, which replaced it, counts from 14 Nov 2026 on.",
  },
  {
    what: "among those disconnected, what took its place",
    scene: "datasources-disconnected-replaced",
    at: (page) => page.locator(".being").last(),
    says: ": replaced by Kathmandu Tea, which Ananya Das connected",
  },
  {
    what: "a last day that the switch cut short is said to be so, and never waited for",
    scene: "overview-cut-short",
    at: (page) => page.locator(".strip"),
    says: "Old store to yesterday 22:31 · 19 Nov cut short, replaced on 20 Nov · days of US/Eastern",
  },
  {
    what: "one that was read up to the switch within its last day is complete, and the day is said to go as far as that",
    scene: "overview-cut-whole",
    at: (page) => page.locator(".strip"),
    says: "1 of 1 sources complete Old store · 19 Nov up to the switch · days of US/Eastern",
  },
  {
    what: "and its tiles are complete and compared",
    scene: "overview-cut-whole",
    at: (page) => page.getByRole("article").first(),
    says: "12.4% up, better from ₹7,49,655 Complete",
  },
  {
    what: "before anybody agrees: that the old one is read once more, and how long it has for that",
    scene: "detail-replace",
    at: (page) => page.getByRole("dialog"),
    says: "Then Meta Ads is read once more, up to that moment, before it is disconnected. If its source does not answer within 10 minutes, it ends as far as it was read.",
  },
  {
    what: "or that it cannot be, how far it was read, and what would have to be done first",
    scene: "detail-replace-dead",
    at: (page) => page.getByRole("dialog"),
    says: "Klaviyo will not be read once more. It was read to yesterday 18:40: what its source has recorded since, and records until the switch, is not read and is in no number. To have it, reauthorize Klaviyo first.",
  },
  {
    what: "of what took a place: how far the old one was read",
    scene: "settings-replacement",
    at: (page) => page.getByRole("region", { name: "Replacement" }),
    says: "Old store was read up to the switch, today 09:42.",
  },
  {
    what: "where both have one name, each is told with its platform and account",
    scene: "settings-replacement-alike",
    at: (page) => page.getByRole("region", { name: "Replacement" }),
    says: "It took the place of Monsoon & Moss · BigCommerce · store-s1.mybigcommerce.com.",
  },
  {
    what: "also where what depended on the old one is ticked off",
    scene: "replace-done",
    at: (page) => page.getByRole("region", { name: /^What depended on/u }),
    says: "Amazon Seller was read up to the switch, today 09:42.",
  },
  {
    what: "of the old one while it is read once more",
    scene: "detail-replaced",
    at: (page) => page.locator(".note"),
    says: "Shopify is being read once more, up to the switch, today 22:46, and is disconnected then.",
  },
  {
    what: "and for ever, where it was not",
    scene: "detail-replaced-unread",
    at: (page) => page.locator(".note"),
    says: "Shopify was read to today 16:47. What its source recorded from then up to the switch, today 21:47, could not be read and is in no number.",
  },
  {
    what: "an amount beside the screen's first currency goes by its code in a chart as on a tile",
    scene: "overview-replaced",
    at: (page) => page.locator(".pile .chart").nth(1),
    says: "Net sales in USD Thu 19 Nov USD 8,426",
  },
  {
    what: "a day that is in another currency alone is no gap in the first",
    scene: "overview-replaced",
    at: (page) => page.locator(".pile .chart").nth(0),
    says: "Net sales in INR Thu 19 Nov none in INR",
  },
  {
    what: "a chart that is behind its tile says of a day what the tile says",
    scene: "overview-chart-behind",
    at: (page) => page.locator(".g2"),
    says: "Net sales Thu 19 Nov ₹8,42,610",
  },
];

test("each of these is said", async () => {
  await using context = await open({ viewport: { width: 1440, height: 900 } });
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

test("nobody agrees to a replacement before it is told what of the old one is still read", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "detail-replace-asking");
  const dialog = page.getByRole("dialog");
  const goOn = dialog.getByRole("button", { name: /^Go on/u });
  expect(await goOn.getAttribute("aria-disabled")).toBe("true");
  expect(await said(dialog)).not.toContain("read once more");
  await show(page, "detail-replace-unknown");
  expect(await said(dialog.getByRole("alert"))).toContain(
    "Whether Meta Ads can be read once more before the switch is not known.",
  );
  expect(await goOn.getAttribute("aria-disabled")).toBe("true");
  await dialog.getByRole("button", { name: "Try again" }).click();
  await dialog.getByText("Then Meta Ads is read once more").waitFor();
  expect(await goOn.getAttribute("aria-disabled")).toBe("false");
  await show(page, "detail-replace-dead");
  expect(await said(goOn)).toBe("Go on without it");
});

test("a source that is disconnected is in no list, and the strip leads to its page", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "overview-replaced");
  const links = page.locator(".strip").getByRole("link");
  expect(await links.allInnerTexts()).toEqual(["Old store"]);
  expect(await links.getAttribute("href")).toMatch(/\/datasources\/Old(?: |%20)store$/u);
});

test.each([
  {
    scene: "overview-cut-short",
    why: "None: Old store was not read up to the moment at which it was replaced, so these days stay a part.",
  },
  {
    scene: "overview-states",
    why: "None yet: a part is not held against whole days. There is one once everything through 19 Nov is in from Shopify, Amazon Seller and WooCommerce.",
  },
])("in $scene a tile that is compared with nothing says why, and from when on it will be", async ({ scene, why }) => {
  await using context = await open({ viewport: { width: 1440, height: 900 } });
  const page = await show(await context.newPage(), scene);
  await page.getByRole("button", { name: /^Net sales: definition/u }).click();
  expect(await said(page.locator(".def"))).toContain(`Comparison ${why}`);
});

test("no day that has amounts in another currency is called one without data", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "overview-replaced");
  const [rupees, dollars] = await page.locator(".pile .chart").all();
  for (const chart of [rupees, dollars]) await chart?.locator("summary").click();
  const days = async (chart = rupees) => (await chart?.locator("tbody td").allInnerTexts()) ?? [];
  expect((await days())[0]).toBe("none in INR");
  const inDollars = await days(dollars);
  expect(inDollars).toHaveLength(28);
  expect(inDollars.slice(1).every((text) => text === "none in USD")).toBe(true);
});

test("the drawer leads to the first day of its own", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "replace-done");
  const link = page.getByRole("link", { name: "See the numbers of 20 Nov" });
  expect(await link.getAttribute("href")).toMatch(/overview\?range=custom&from=2026-11-20&to=2026-11-20$/u);
});
