import { renderToStaticMarkup } from "react-dom/server";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { LongList } from "./long-rows.tsx";

beforeEach(() => void vi.stubGlobal("IntersectionObserver", vi.fn()));
afterEach(() => void vi.unstubAllGlobals());

const markup = (count: number, hasMore: boolean): string =>
  renderToStaticMarkup(
    <LongList
      rows={Array.from({ length: count }, (_, n) => n)}
      rowHeight={30}
      hasMore={hasMore}
      renderRow={(n, placed) => <li key={n} {...placed} />}
    />,
  );

test("of a long list that goes on elsewhere no number is told as the whole", () => {
  expect(markup(201, false)).toContain('<li aria-setsize="201" aria-posinset="1">');
  expect(markup(201, true)).toContain('<li aria-setsize="-1" aria-posinset="1">');
  expect(markup(3, true)).toBe("<li></li><li></li><li></li>");
});
