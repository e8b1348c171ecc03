// Every screen as a picture and under axe: light and dark, wide and phone, three languages; the token page with its requests; and
// what is said while the API is away.
import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { checkout } from "@headwater/server/start/places.mjs";
import { webDist } from "@headwater/server/start/web-build.mjs";
import type { Locator, Page } from "playwright-core";
import { beforeAll, expect, test } from "vitest";
import { requestsIn } from "../setup/examples.ts";
import { accessibilityFindings } from "./accessibility.ts";
import { leftOverEnglish } from "./left-over-english.ts";
import { sidewaysFindings } from "./sideways.ts";
import { connectShopify, expectNoComplaints, paths, picture, signIn, type Visit } from "./visit.ts";
import { ownStack } from "./own-stack.ts";

const wide = { viewport: { width: 1440, height: 900 } };
const phone = { viewport: { width: 390, height: 844 }, isMobile: true, hasTouch: true };
const small = { viewport: { width: 320, height: 640 }, isMobile: true, hasTouch: true };
const tablet = { viewport: { width: 768, height: 1024 } };
const languages = { en: "en-IN", hi: "hi-IN", as: "as-IN" };

const own = ownStack();
let datasource = "";

beforeAll(async () => {
  await using first = await own.visit();
  await signIn(first);
  await connectShopify(first, "monsoon-and-moss.myshopify.com");
  datasource = new URL(first.page.url()).pathname;
  await first.page.locator("#main").getByText("Active", { exact: true }).first().waitFor();
});

const screens = () => ({
  overview: paths.overview,
  datasources: paths.datasources,
  connect: paths.connectShopify,
  detail: datasource,
  runs: `${datasource}/runs`,
  timeline: `${datasource}/timeline`,
  access: `${datasource}/access`,
  numbers: `${datasource}/numbers`,
  settings: `${datasource}/settings`,
  welcome: paths.welcome,
  plan: paths.plan,
  review: paths.accessReview,
  mails: paths.mails,
  tokens: paths.tokens,
  nothing: `${paths.datasources}/none`,
});

async function settled({ page, complaints }: Visit): Promise<void> {
  const heading = page.locator("#main h1");
  await heading.waitFor().catch(async (cause: unknown) => {
    const shown = await page.locator("body").innerText();
    throw new Error([`${page.url()} has no heading:`, shown, ...complaints].join("\n"), { cause });
  });
  await expect.poll(() => page.locator('[aria-busy="true"]').count()).toBe(0);
}

const looks = [
  { name: "wide-light", options: { ...wide, colorScheme: "light" } },
  { name: "wide-dark", options: { ...wide, colorScheme: "dark" } },
  { name: "phone-light", options: { ...phone, colorScheme: "light" } },
  { name: "phone-dark", options: { ...phone, colorScheme: "dark" } },
] as const;

/** Goes to each as somebody who has signed in; what is found there is told with the screen's name. */
async function onEveryScreen(visiting: Visit, look: (screen: string) => Promise<readonly string[]>): Promise<string[]> {
  await signIn(visiting);
  const found: string[] = [];
  for (const [screen, path] of Object.entries(screens())) {
    await visiting.go(path);
    await settled(visiting);
    found.push(...(await look(screen)).map((finding) => `${screen}: ${finding}`));
  }
  return found;
}

test.each(looks)("every screen passes axe and breaks no policy: $name", async ({ name, options }) => {
  await using visiting = await own.visit(options);
  const found = await onEveryScreen(visiting, async (screen) => {
    await picture(visiting, `${screen}-${name}`);
    return [
      ...(await accessibilityFindings(visiting.page)),
      ...(await sidewaysFindings(visiting.page, options.viewport.width)),
    ];
  });
  expect(found).toEqual([]);
  await expectNoComplaints(visiting);
});

test.each(Object.entries(languages))(
  "in %s every screen is in that language, with nothing left in another",
  async (language, locale) => {
    await using visiting = await own.visit({ ...wide, locale });
    const left = await onEveryScreen(visiting, async (screen) => {
      expect(await visiting.page.locator("html").getAttribute("lang")).toBe(language);
      await picture(visiting, `${screen}-${language}`);
      return language === "en" ? [] : leftOverEnglish(visiting.page);
    });
    expect(left).toEqual([]);
    await expectNoComplaints(visiting);
  },
);

test.each([
  { name: "320 pixels", options: small },
  { name: "390 pixels in Assamese", options: { ...phone, locale: languages.as } },
  { name: "768 pixels", options: tablet },
])("no screen scrolls sideways: $name", async ({ options }) => {
  await using visiting = await own.visit(options);
  const found = await onEveryScreen(visiting, () => sidewaysFindings(visiting.page, options.viewport.width));
  expect(found).toEqual([]);
});

test("what is served was built for production, though a test had it built: no path of this machine is in it", async () => {
  const scripts = (await readdir(join(webDist, "assets"))).filter((name) => name.endsWith(".js"));
  const texts = await Promise.all(scripts.map((name) => readFile(join(webDist, "assets", name), "utf8")));
  expect(texts.length).toBeGreaterThan(0);
  expect(scripts.filter((_, n) => texts[n]?.includes(checkout) || texts[n]?.includes("jsxDEV"))).toEqual([]);
});

test("the sign-in page passes axe", async () => {
  await using visiting = await own.visit();
  await visiting.go("/sign-in");
  await visiting.page.getByRole("button", { name: "Continue" }).waitFor();
  await picture(visiting, "sign-in");
  expect(await accessibilityFindings(visiting.page)).toEqual([]);
  await expectNoComplaints(visiting);
});

/** The first whole event of a stream, or the whole answer. */
async function firstAnswer(response: Response): Promise<string> {
  let said = "";
  for await (const chunk of response.body ?? []) {
    said += Buffer.from(chunk).toString("utf8");
    if (response.headers.get("content-type")?.includes("event-stream") && /^data: .+\n\n/mu.test(said)) break;
  }
  return said;
}

test("a token is shown once, and the requests of the README are answered with it", async () => {
  await using visiting = await own.visit();
  await signIn(visiting);
  await visiting.go(paths.tokens);
  const { page } = visiting;
  await page.getByRole("button", { name: "Create a token" }).first().click();
  await page.getByLabel("Name", { exact: true }).fill("spreadsheet");
  await page.getByRole("radio", { name: /^Read and manage/u }).check();
  await page.getByRole("button", { name: "Create the token" }).click();
  const secret =
    (
      await page
        .getByText(/^hw_[0-9a-f]{64}_[\w-]{43}_\w+$/u)
        .first()
        .textContent()
    )?.trim() ?? "";
  let id = "";
  for (const { query, accept } of requestsIn(await readFile(join(checkout, "README.md"), "utf8"))) {
    const response = await fetch(`${own.stack.appUrl}/graphql`, {
      method: "POST",
      headers: { authorization: `Bearer ${secret}`, "content-type": "application/json", accept },
      body: JSON.stringify({ query: query.replace("<id>", id) }),
    });
    const said = await firstAnswer(response);
    expect(response.status, said).toBe(200);
    expect(said).not.toContain('"errors"');
    id = /"id":"([^"]+)"/u.exec(said)?.[1] ?? id;
  }
  expect(id).not.toBe("");
  await page.getByRole("button", { name: "I have copied it" }).click();
  await page.reload();
  await settled(visiting);
  expect(await page.locator("body").textContent()).not.toContain(secret);
});

test("the shortcuts lead to the catalog, the filter, the rows, a sync, the list and the help, and can be turned off", async () => {
  await using visiting = await own.visit();
  await signIn(visiting);
  // Which are shown is asked of more than one.
  await connectShopify(visiting, "kuwait-oud.myshopify.com");
  await visiting.go(paths.datasources);
  const { page } = visiting;
  const table = page.getByRole("table", { name: "Connected datasources" });
  await table.getByRole("link").first().waitFor();
  const isOn = async (one: Locator): Promise<boolean> => (await one.and(page.locator(":focus")).count()) === 1;
  /** Pressed again where the page was not listening yet. */
  const leads = (key: string, isThere: () => Promise<boolean>): Promise<void> =>
    expect
      .poll(
        async () => {
          await page.keyboard.press(key);
          return isThere();
        },
        { message: key },
      )
      .toBe(true);
  const search = page.getByPlaceholder("Find a platform");
  for (const key of ["/", "c"]) {
    await leads(key, () => isOn(search));
    expect(await search.inputValue(), "it leads there and is not typed").toBe("");
    await search.blur();
  }
  await leads("f", () => isOn(page.getByRole("group", { name: "Show" }).locator('[aria-pressed="true"]')));
  await leads("j", () => isOn(table.locator("a.src").last()));
  await leads("k", () => isOn(table.locator("a.src").first()));
  await page.keyboard.press("Enter");
  await page.waitForURL(/\/datasources\/[^/]+$/u);
  await page.getByRole("button", { name: /^(?:Sync now|Starting|Queued)/u }).waitFor();
  let syncs = 0;
  page.on("request", (request) => (syncs += request.postData()?.includes('"operationName":"SyncNow"') ? 1 : 0));
  await leads("s", () => Promise.resolve(syncs > 0));
  const isOnList = async (): Promise<boolean> => {
    await page.keyboard.press("s");
    return new URL(page.url()).pathname === paths.datasources;
  };
  await leads("g", isOnList);
  const help = page.getByRole("dialog", { name: "Help and shortcuts" });
  await leads("Shift+Slash", () => help.isVisible());
  await help.getByRole("checkbox", { name: "Use shortcuts of one letter" }).uncheck();
  await page.keyboard.press("Escape");
  await help.waitFor({ state: "hidden" });
  await page.keyboard.press("/");
  expect(await isOn(search)).toBe(false);
  await expectNoComplaints(visiting);
});

/** Keeps whatever stands on a page from now on, however shortly. */
const listen = (page: Page): Promise<void> =>
  page.evaluate(`(() => {
    globalThis.heard = [];
    new MutationObserver((changes) => {
      for (const { target } of changes) heard.push(target.textContent);
    }).observe(document.body, { childList: true, characterData: true, subtree: true });
  })()`);

test("the API is killed: what is shown stays and says its age; it comes back by itself within seconds", async () => {
  await using visiting = await own.visit();
  await signIn(visiting);
  await visiting.go(paths.datasources);
  const { page } = visiting;
  const row = page.getByRole("table", { name: "Connected datasources" }).getByRole("link").first();
  await row.waitFor();
  await listen(page);
  await own.stack.hold("api", { hard: true });
  await page
    .getByText(/^Reconnecting/u)
    .first()
    .waitFor();
  expect(await row.isVisible()).toBe(true);
  await picture(visiting, "reconnecting");
  await own.stack.release("api");
  // Said for two seconds only: what a page has said is kept.
  await expect.poll(() => page.evaluate("heard.some((text) => text.includes('Live again'))")).toBe(true);
  await expect.poll(() => page.getByText(/^(Reconnecting|Live again)/u).count()).toBe(0);
  expect(await row.isVisible()).toBe(true);
});
