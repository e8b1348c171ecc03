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
    says: "Admins can connect and repair datasources. Ask Ananya Das, Arjun Rao.",
  },
  {
    what: "on the page of what must be reconnected",
    scene: "detail-dead-viewer",
    at: main,
    says: "Admins can reconnect this. Ask Ananya Das, Arjun Rao.",
  },
  {
    what: "in the place of the access review",
    scene: "access-review-viewer",
    at: main,
    says: "Access review Whose sign-in each datasource stands on, and when it ends. Admins can open it: ask Ananya Das, Arjun Rao. Go back to the start",
  },
  {
    what: "in the place of the plan",
    scene: "plan-viewer",
    at: main,
    says: "Plan and usage How many apps the plan has room for, and which of them are in use. Admins can open it: ask Ananya Das, Arjun Rao. Go back to the start",
  },
  {
    what: "in the place of the tokens",
    scene: "tokens-viewer",
    at: main,
    says: "Admins make them: ask Ananya Das, Arjun Rao. Go back to the start",
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
  expect(await notice.locator("a, button").count()).toBe(0);
});
