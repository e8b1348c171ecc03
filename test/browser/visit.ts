// One visitor of the app in Chromium: what is done by role and name, and everything that a visit must never produce.
import { mkdirSync } from "node:fs";
import { join } from "node:path";
import { eventually } from "@headwater/server/start/wait.mjs";
import { expect } from "vitest";
import type { Browser, BrowserContext, Page } from "playwright-core";
import { testConfig } from "../setup/config.ts";
import type { RunningStack } from "../setup/stack.ts";
import { leaksIn, listenIn, type Told } from "./secrets.ts";

const slug = "monsoon-and-moss";

export interface Visit {
  page: Page;
  context: BrowserContext;
  stack: RunningStack;
  /** Breaches of the content policy, script errors and answers of 5xx, seen on any page of this visit. */
  complaints: string[];
  told: () => Promise<readonly Told[]>;
  go: (path: string) => Promise<void>;
  [Symbol.asyncDispose](): Promise<void>;
}

type ContextOptions = NonNullable<Parameters<Browser["newContext"]>[0]>;

/** Whatever comes has come by then, on any machine: nothing on a page is waited for less. */
export const comesWithinMs = 300_000;

/** Told from inside the page, where the browser reports it. */
const reportBreaches = `addEventListener('securitypolicyviolation', (event) =>
  window.complain?.('policy: ' + event.violatedDirective + ' ' + event.blockedURI))`;

export async function visit(browser: Browser, stack: RunningStack, options: ContextOptions = {}): Promise<Visit> {
  const context = await browser.newContext({
    viewport: { width: 1440, height: 900 },
    locale: "en-IN",
    // What is looked at stands: no colour on its way to another, no part on its way in.
    reducedMotion: "reduce",
    ...options,
  });
  const complaints: string[] = [];
  await context.exposeBinding("complain", (_source, said: string) => void complaints.push(said));
  await context.addInitScript(reportBreaches);
  context.on("weberror", (error) => void complaints.push(`script: ${error.error().message}`));
  context.on("response", async (response) => {
    if (response.status() < 500) return;
    const at = complaints.push(`${response.status()} ${response.url()}`) - 1;
    complaints[at] += ` ${await response.text().catch(() => "")}`; // gone with its page: its status is told
  });
  const told = listenIn(context, stack.appUrl);
  context.setDefaultTimeout(comesWithinMs);
  const page = await context.newPage();
  return {
    page,
    context,
    stack,
    complaints,
    told,
    async go(path) {
      await page.goto(`${stack.appUrl}${path}`);
    },
    async [Symbol.asyncDispose]() {
      await context.close();
    },
  };
}

export async function signIn({ page, stack, go }: Visit): Promise<void> {
  await go("/sign-in");
  // By what the browser's own password store goes by, so that it works in every language.
  await page.locator('input[autocomplete="username"]').fill(stack.demo.email);
  await page.locator('input[autocomplete="current-password"]').fill(stack.demo.password);
  await page.locator('button[type="submit"]').click();
  await page.waitForURL(`**/${slug}/**`);
}

export const paths = {
  overview: `/${slug}/overview`,
  datasources: `/${slug}/settings/integrations/datasources`,
  connectShopify: `/${slug}/settings/integrations/datasources/connect/shopify`,
  tokens: `/${slug}/settings/developers/tokens`,
  plan: `/${slug}/settings/plan`,
  welcome: `/${slug}/welcome`,
  accessReview: `/${slug}/settings/integrations/access-review`,
  mails: "/me/notifications",
};

/** How many windows of consents stand open. */
export async function openWindows({ page, context }: Visit): Promise<number> {
  const openers = await Promise.all(context.pages().map((one) => one.opener()));
  return openers.filter((opener) => opener === page).length;
}

/** The window that a click opens. Every one of before has closed by itself: else the next consent would come in it. */
export async function openedBy(visiting: Visit, click: () => Promise<void>): Promise<Page> {
  const { page } = visiting;
  const areClosed = async (): Promise<boolean> => (await openWindows(visiting)) === 0;
  if (!(await eventually(areClosed, { withinMs: comesWithinMs }))) throw new Error("A window of before stands open.");
  const opening = page.waitForEvent("popup");
  await click();
  return opening;
}

/** On the way to the source, from the drawer that is open. */
export const toShopify = (visiting: Visit): Promise<Page> =>
  openedBy(visiting, () => visiting.page.getByRole("button", { name: "Continue to Shopify" }).click());

/** The press at the source that ends the consent: its window may close before it has come home. */
export const press = (consent: Page, name: string): Promise<void> =>
  consent.getByRole("button", { name }).click({ noWaitAfter: true });

/** Types the shop's name and goes on; resolves with the consent window. */
export async function openConsent(
  visiting: Visit,
  shop: string,
  connect: string = paths.connectShopify,
): Promise<Page> {
  await visiting.go(connect);
  await visiting.page.getByRole("textbox").first().fill(shop);
  const consent = await toShopify(visiting);
  await consent.getByRole("heading", { name: /^Install Headwater on/u }).waitFor();
  return consent;
}

/** Connects and waits until the app is watching it come in. */
export async function connectShopify(visiting: Visit, shop: string): Promise<void> {
  const consent = await openConsent(visiting, shop);
  await press(consent, "Install");
  await visiting.page.getByRole("link", { name: "Watch it come in" }).click();
  await visiting.page.waitForURL(/\/datasources\/[^/]+$/u);
}

/** A sync finds out what became of the access, unless another reading has done so: its button is gone then. */
export async function syncUntil(page: Page, status: "Reauthorize" | "Inactive"): Promise<void> {
  const sync = page.getByRole("button", { name: "Sync now" });
  const told = page.locator("#main .hd").getByText(status, { exact: true }).first();
  const isTold = async (): Promise<boolean> => {
    await sync.or(told).first().waitFor();
    if (await told.isVisible()) return true;
    await sync.click({ timeout: 20_000 }).catch(() => undefined); // gone, as said above
    return told.isVisible();
  };
  if (!(await eventually(isTold, { withinMs: comesWithinMs, everyMs: 1_000 })))
    throw new Error(`No sync has led to ${status}.`);
}

/** A picture of the page, kept where TEST_PICTURES says, else with the run's other scratch. */
export async function picture({ page }: Pick<Visit, "page">, name: string, { fullPage = false } = {}): Promise<void> {
  mkdirSync(testConfig.pictures, { recursive: true });
  await page.screenshot({ path: join(testConfig.pictures, `${name}.png`), animations: "disabled", fullPage });
}

export async function expectNoComplaints({ complaints, told, stack }: Visit): Promise<void> {
  expect(complaints).toEqual([]);
  const all = await told();
  expect(all.length).toBeGreaterThan(0);
  expect(leaksIn(all, stack), "secrets that the browser was told").toEqual([]);
}
