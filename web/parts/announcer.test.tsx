import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const fresh = () => import("./announcer.tsx");
type Region = Awaited<ReturnType<typeof fresh>>;
const said = ({ Announcer }: Region, since?: number): string =>
  renderToStaticMarkup(<Announcer {...(since === undefined ? {} : { since })} />);

test("what is announced stands in a polite region that only a screen reader meets", async () => {
  const region = await fresh();
  expect(said(region)).toBe('<div role="status" class="vh"></div>');
  region.announce("Sync starts.");
  await vi.advanceTimersByTimeAsync(0);
  expect(said(region)).toBe('<div role="status" class="vh"><span>Sync starts.</span></div>');
});

test("what comes within ten seconds is told together, each once, when they are over", async () => {
  const region = await fresh();
  region.announce("Sync starts.");
  await vi.advanceTimersByTimeAsync(0);
  for (const text of ["Shopify 25%.", "Shopify 25%.", "Klaviyo works again."]) region.announce(text);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(said(region)).toContain("Sync starts.");
  await vi.advanceTimersByTimeAsync(1);
  expect(said(region)).toContain("<span>Shopify 25%.</span><span> Klaviyo works again.</span>");
});

test("the same words said again stand in new elements", async () => {
  const { elementsOf } = await fresh();
  const keys = [1, 2].flatMap((n) => elementsOf({ n, texts: ["The link is sent."] }).map(({ key }) => key));
  expect(new Set(keys).size).toBe(2);
});

test("a region that opens later holds nothing of what was said before", async () => {
  const region = await fresh();
  region.announce("Sync starts.");
  await vi.advanceTimersByTimeAsync(0);
  const since = region.spokenSoFar();
  expect(said(region, since)).toBe('<div role="status" class="vh"></div>');
  region.announce("Sync ends.");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(region, since)).toContain("Sync ends.");
});

test("what does not hold any more stands no longer, and is not said if it was not yet", async () => {
  const region = await fresh();
  for (const text of ["This is the public key.", "Your sign-in is kept."]) region.announce(text);
  await vi.advanceTimersByTimeAsync(0);
  region.unsay("This is the public key.");
  expect(said(region)).toBe('<div role="status" class="vh"><span>Your sign-in is kept.</span></div>');
  for (const text of ["Sign in at Shopify", "First data"]) region.announce(text);
  region.unsay("Sign in at Shopify");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(region)).toBe('<div role="status" class="vh"><span>First data</span></div>');
  region.announce("Upload");
  region.unsay("Upload");
  await vi.advanceTimersByTimeAsync(10_000);
  expect(said(region), "nothing is said over it").toContain("First data");
});
