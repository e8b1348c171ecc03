// What somebody reads who may only look: whom to ask, where a button or a page would be for others.
import { expect, test } from "vitest";
import { ownGallery } from "./own-gallery.ts";
import { type Row, unsaid } from "./saying.ts";

const { context: open, show } = ownGallery();
const main: Row["at"] = (page) => page.locator("#main");

const rows: readonly Row[] = [
  {
    what: "above the list",
    scene: "datasources-viewer",
    at: main,
    says: "Admins can connect and repair datasources. Ask Ananya Das or Arjun Rao. Send a request",
  },
  {
    what: "on the page of what must be reconnected",
    scene: "detail-dead-viewer",
    at: main,
    says: "Admins can reconnect this. Ask Ananya Das or Arjun Rao. Send a request",
  },
  {
    what: "at the head of its other tabs, once asked",
    scene: "detail-dead-viewer-asked",
    at: main,
    says: "Admins can reconnect this. Ask Ananya Das or Arjun Rao. Asked, today 22:41",
  },
  {
    what: "on the card of a platform that can be connected",
    scene: "datasources-viewer",
    at: (page) => main(page).getByRole("listitem").filter({ hasText: "Shopify" }).last(),
    says: "Send a request",
  },
  {
    what: "in the bell of who may, with a way to put it aside",
    scene: "inbox",
    at: main,
    says: "Request from Mira Sen and Tarun Bora: reconnect M&M main list at Klaviyo. 2 h ago Put it aside",
  },
  {
    what: "in the place of the access review",
    scene: "access-review-viewer",
    at: main,
    says: "Access review Whose sign-in each datasource stands on, and when it ends. Admins can open it: ask Ananya Das or Arjun Rao. Send a request Go back to the start",
  },
  {
    what: "in the place of the plan",
    scene: "plan-viewer",
    at: main,
    says: "Plan and usage How many apps the plan has room for, and which of them are in use. Admins can open it: ask Ananya Das or Arjun Rao. Send a request Go back to the start",
  },
  {
    what: "in the place of the tokens",
    scene: "tokens-viewer",
    at: main,
    says: "Admins make them: ask Ananya Das or Arjun Rao. Send a request Go back to the start",
  },
];

test("whoever may only look is told whom to ask", async () => {
  await using context = await open();
  expect(await unsaid(rows, await context.newPage(), show)).toEqual([]);
});

test("whoever may do it is told of nobody to ask, and whoever may not has no button", async () => {
  await using context = await open();
  const page = await context.newPage();
  const notice = (await show(page, "detail-dead")).locator("#main .note");
  await notice.getByRole("link", { name: /^Paste a new key/u }).waitFor();
  expect(await notice.getByText("Admins can").count()).toBe(0);
  await show(page, "detail-dead-viewer");
  await notice.getByText("Admins can reconnect this").waitFor();
  expect(await notice.locator("a, button").allInnerTexts()).toEqual(["Send a request"]);
});

test("a request is sent once, and stands with when it was asked", async () => {
  await using context = await open();
  const page = await context.newPage();
  const place = main(await show(page, "detail-dead-viewer"));
  await place.getByRole("button", { name: "Send a request" }).click();
  await place.getByText("Asked, today 22:47").waitFor();
  await expect
    .poll(() => page.locator(".vh[role=status]").allTextContents(), { message: "told aloud" })
    .toContainEqual(expect.stringMatching(/Asked, today\s22:47/u));
  expect(await place.getByRole("button", { name: "Send a request" }).count()).toBe(0);
});

test("whoever waits for a platform, coming soon or in preparation, says so on its card, and takes it back there", async () => {
  await using context = await open();
  const page = await context.newPage();
  await page.addInitScript(
    `addEventListener("asked", ({ detail }) => {
       if (detail.operationName === "SetWish") (window.wishes ??= []).push(detail.variables.input);
     })`,
  );
  await show(page, "datasources-viewer");
  const card = (title: string) => page.locator(".cat", { hasText: title });
  for (const title of ["Mountain", "TikTok Ads"])
    await card(title)
      .getByRole("button", { name: /^Tell me when it opens/u })
      .click();
  await card("Pinterest Ads").getByText("You are told when it opens.").waitFor();
  await card("Pinterest Ads")
    .getByRole("button", { name: /^Take it back/u })
    .click();
  await expect
    .poll(() => page.evaluate("window.wishes"))
    .toEqual([
      { platform: "p-Mountain", isWished: true },
      { platform: "p-TikTok Ads", isWished: true },
      { platform: "p-Pinterest Ads", isWished: false },
    ]);
  expect(await card("Shopify").getByRole("button", { name: /opens/u }).count()).toBe(0);
});

test("what comes to the bell is told aloud, though it changes no datasource", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "datasources-notice");
  await page.getByRole("button", { name: "Notices", exact: true }).waitFor();
  await page.evaluate(`dispatchEvent(new Event("word"))`);
  await page.getByRole("button", { name: "Notices, 1 not read" }).waitFor();
  await page.getByRole("status").filter({ hasText: "Notices, 1 not read" }).waitFor({ state: "attached" });
});

test("the plan marks the app that it pauses", async () => {
  await using context = await open();
  const page = await show(await context.newPage(), "plan-over");
  const apps = page.getByRole("region", { name: "Connected apps" }).getByRole("listitem");
  const marked = apps.filter({ hasText: "paused: the plan has no room for it" });
  await expect.poll(() => apps.count()).toBe(5);
  expect(await marked.getByRole("link").allTextContents()).toEqual(["Google Ads"]);
});
