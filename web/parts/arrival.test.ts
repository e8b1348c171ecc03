// A part that does not come is told where it is needed and asked for again; a prefetch that fails is nobody's trouble.
import { expect, test } from "vitest";
import { arrivalOf, NotLoaded, withNeeded } from "./arrival.ts";

/** Fails as often as is said, then comes; as in a browser, which asks for no address twice. */
function failing(times: number, told = "https://app.example/assets/palette-1.js") {
  const asked: string[] = [];
  const answer = async (address: string): Promise<string> => {
    asked.push(address);
    if (asked.length <= times) throw new TypeError(`Failed to fetch dynamically imported module: ${told}`);
    return "palette";
  };
  return { ...arrivalOf(() => answer("first"), answer), asked };
}

async function failureOf(part: { promise: () => Promise<string> }): Promise<NotLoaded> {
  const failure: unknown = await part.promise().catch((error: unknown) => error);
  if (!(failure instanceof NotLoaded)) throw new Error("It came.");
  return failure;
}

test("all who need it share one, and it stays", async () => {
  const part = failing(0);
  expect(part.promise()).toBe(part.promise());
  part.prefetch();
  expect(await part.promise()).toBe("palette");
  expect(part.asked).toEqual(["first"]);
});

test("one that did not come is the same failure until somebody tries again, each time under another address", async () => {
  const part = failing(2);
  const failure = await failureOf(part);
  expect(await failureOf(part)).toBe(failure);
  failure.forget();
  (await failureOf(part)).forget();
  expect(await part.promise()).toBe("palette");
  const address = "https://app.example/assets/palette-1.js";
  expect(part.asked).toEqual(["first", `${address}?again=1`, `${address}?again=2`]);
});

test("where the browser does not say which address failed, only a new page is sure to bring it; it is asked for as before", async () => {
  expect((await failureOf(failing(1))).needsNewPage).toBe(false);
  const part = failing(1, "a module script");
  const failure = await failureOf(part);
  expect(failure.needsNewPage).toBe(true);
  failure.forget();
  expect(await part.promise()).toBe("palette");
  expect(part.asked).toEqual(["first", "first"]);
});

test("a part that lacks another one can be tried again where that one can", async () => {
  const needed = failing(1);
  const whole = arrivalOf(() =>
    needed.promise().catch((error: unknown) => {
      if (error instanceof NotLoaded) error.forget();
      throw error;
    }),
  );
  const failure = await failureOf(whole);
  expect(failure.needsNewPage).toBe(false);
  failure.forget();
  expect(await whole.promise()).toBe("palette");
});

test("where the part and what it needs both fail, it is what it needs that is told, whichever failed first", async () => {
  const needs = new NotLoaded(() => undefined, false, null);
  const late = Promise.withResolvers<void>();
  const both = withNeeded(Promise.reject(new TypeError("assets/runs-tab.js")), late.promise);
  late.reject(needs);
  await expect(both).rejects.toBe(needs);
  await expect(withNeeded(Promise.reject(new TypeError("assets/runs-tab.js")), Promise.resolve())).rejects.toThrow(
    "runs-tab",
  );
  expect(await withNeeded(Promise.resolve("palette"), Promise.resolve())).toBe("palette");
});

test("a prefetch that fails is caught, and whoever needs it then asks anew", async () => {
  const part = failing(1);
  part.prefetch();
  await expect.poll(() => part.promise()).toBe("palette");
  expect(part.asked).toHaveLength(2);
});
