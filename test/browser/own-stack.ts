// A running stack and a browser of a file's own, begun and ended with it.
import type { Browser } from "playwright-core";
import { afterAll, beforeAll } from "vitest";
import { startStack, type RunningStack } from "../setup/stack.ts";
import { launchChromium } from "./chromium.ts";
import { visit, type Visit } from "./visit.ts";

export interface OwnStack {
  readonly stack: RunningStack;
  /** Somebody with a browser of their own, signed in nowhere. */
  readonly visit: (options?: Parameters<typeof visit>[2]) => Promise<Visit>;
}

export function ownStack(): OwnStack {
  let stack: RunningStack;
  let browser: Browser;
  beforeAll(async () => {
    [stack, browser] = await Promise.all([startStack(), launchChromium()]);
  });
  afterAll(async () => {
    await browser?.close();
    await stack?.close();
  });
  return {
    get stack() {
      return stack;
    },
    visit: (options) => visit(browser, stack, options),
  };
}
