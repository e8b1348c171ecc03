import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";

beforeEach(() => {
  vi.resetModules();
  vi.useFakeTimers();
});
afterEach(() => void vi.useRealTimers());

const fresh = () => import("./announcer.tsx");
type Region = Awaited<ReturnType<typeof fresh>>;
const said = ({ Announcer }: Region): string => renderToStaticMarkup(<Announcer />);

test("what is announced stands in a polite region that only a screen reader meets", async () => {
  const region = await fresh();
  expect(said(region)).toBe('<div role="status" class="vh"></div>');
  region.announce("Sync starts.");
  await vi.advanceTimersByTimeAsync(0);
  expect(said(region)).toBe('<div role="status" class="vh">Sync starts.</div>');
});

test("what comes within ten seconds is told together, each once, when they are over", async () => {
  const region = await fresh();
  region.announce("Sync starts.");
  await vi.advanceTimersByTimeAsync(0);
  for (const text of ["Shopify 25%.", "Shopify 25%.", "Klaviyo works again."]) region.announce(text);
  await vi.advanceTimersByTimeAsync(9_999);
  expect(said(region)).toContain("Sync starts.");
  await vi.advanceTimersByTimeAsync(1);
  expect(said(region)).toContain("Shopify 25%. Klaviyo works again.");
});
