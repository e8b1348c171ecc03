// The drawer taken up again from its address, by what the server answers, late or not at all: nothing is offered that is not
// known to be right.
import type { Locator, Page } from "playwright-core";
import { expect, test } from "vitest";
import { drawerOf } from "./newcomer.ts";
import { ownGallery } from "./own-gallery.ts";

const { context, show } = ownGallery();

async function inScene(scene: string, look: (drawer: Locator, page: Page) => Promise<void>): Promise<void> {
  await using own = await context();
  const page = await show(await own.newPage(), scene);
  await look(drawerOf(page), page);
}

const currentStep = (drawer: Locator): Locator => drawer.locator("ol.steps [aria-current=step]");
const startAgain = (drawer: Locator): Locator => drawer.getByRole("button", { name: "Start again" });

test("where it stands is being asked for: no step is named, and nothing is said to open", () =>
  inScene("connect-finding", async (drawer) => {
    await drawer.locator("[aria-busy=true]").getByText("Loading").waitFor();
    expect(await currentStep(drawer).count()).toBe(0);
    expect(await drawer.getByRole("button").allTextContents()).toEqual([""]); // the one that closes
  }));

test("where that could not be asked, it is said, and tried again goes on where it stands", () =>
  inScene("connect-finding-failed", async (drawer) => {
    await drawer.getByText("How far this sign-in has come could not be read.").waitFor();
    await drawer.getByRole("button", { name: "Try again" }).click();
    await drawer.getByRole("heading", { name: "Waiting for Meta Ads" }).waitFor();
  }));

test("what waits at the source is opened again from where it stands, in this tab too", () =>
  inScene("connect-found-waiting", async (drawer, page) => {
    const waits = drawer.getByRole("heading", { name: "Waiting for Meta Ads" });
    await waits.waitFor();
    expect(await drawer.getByRole("button", { name: "Open in this tab" }).isEnabled()).toBe(true);
    const opened = page.waitForEvent("popup");
    await drawer.getByRole("button", { name: "Continue to Meta Ads" }).click();
    await drawer.getByRole("button", { name: "Opening Meta Ads…" }).waitFor();
    await waits.waitFor();
    expect(await currentStep(drawer).textContent()).toContain("Sign in at Meta Ads");
    await (await opened).close();
  }));

test("while what waits at the source is being ended, that is said, and nothing opens it again", () =>
  inScene("connect-found-waiting", async (drawer) => {
    await drawer.getByRole("button", { name: "Cancel connecting Meta Ads" }).click();
    await drawer.getByRole("button", { name: "Ending this sign-in…", disabled: true }).waitFor();
    const goOn = drawer.getByRole("button", { name: "Continue to Meta Ads" });
    expect(await goOn.getAttribute("aria-disabled")).toBe("true");
    await goOn.click({ force: true });
    await drawer.getByRole("button", { name: "Open in this tab", disabled: true }).click({ force: true });
    expect(await drawer.getByRole("button", { name: "Opening Meta Ads…" }).count()).toBe(0);
  }));

test("a way back to the source that was lost leaves it waiting where it stood, and says so", () =>
  inScene("connect-continue-lost", async (drawer) => {
    await drawer.getByRole("button", { name: "Continue to Meta Ads" }).click();
    await drawer.getByRole("alert").waitFor();
    expect(await drawer.getByRole("heading", { name: "Waiting for Meta Ads" }).count()).toBe(1);
    expect(await currentStep(drawer).textContent()).toContain("Sign in at Meta Ads");
    expect(await drawer.getByRole("button", { name: "Continue to Meta Ads" }).getAttribute("aria-disabled")).toBe(
      "false",
    );
  }));

test("an attempt that has ended hides none that was begun after it", () =>
  inScene("connect-found-newer", (drawer) =>
    drawer.getByRole("heading", { name: "This sign-in reaches no account at Meta Ads" }).waitFor(),
  ));

test("whose place it takes is known before it can begin again: asked for, and asked once more where that failed", () =>
  inScene("connect-replaces-unread", async (drawer) => {
    await drawer.getByText("How far this sign-in has come could not be read.").waitFor();
    expect(await startAgain(drawer).count()).toBe(0);
    await drawer.getByRole("button", { name: "Try again" }).click();
    await startAgain(drawer).click();
    await drawer.getByRole("button", { name: "Continue to Meta Ads" }).waitFor();
    await drawer.getByRole("heading", { name: "Meta Ads in the place of Old Meta Ads" }).waitFor();
  }));

test("whose place it takes stands in the address, though the server no longer knows it", () =>
  inScene("connect-replaces-told", async (drawer) => {
    await startAgain(drawer).click();
    await drawer.getByRole("button", { name: "Continue to Meta Ads" }).waitFor();
    await drawer.getByRole("heading", { name: "Meta Ads in the place of Old Meta Ads" }).waitFor();
  }));

test("of two secrets that are refused together the first is marked", () =>
  inScene("connect-two-secrets", async (drawer) => {
    const fields = drawer.getByRole("textbox");
    await expect.poll(() => fields.count()).toBe(2);
    const marks = await fields.evaluateAll((all) => all.map((field) => field.getAttribute("aria-invalid")));
    expect(marks.filter((mark) => mark === "true")).toHaveLength(1);
    expect(marks[0]).toBe("true");
    expect(await drawer.getByText("The source no longer accepts the key.").count(), "said once").toBe(1);
  }));

test("whose account a key opens is told before it is connected", () =>
  inScene("connect-key-works", async (drawer) => {
    await drawer.getByText("This key reads Monsoon & Moss (XyZ123)").waitFor();
    await drawer.getByRole("button", { name: "Connect Klaviyo" }).waitFor();
  }));
