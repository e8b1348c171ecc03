/** What a screen reader can say the name of. */
const named = "dialog, [role=dialog], section[aria-labelledby], section[aria-label], main";

/**
 * Where what has the focus leaves the page, the nearest named place around it takes the focus, so that keys and a screen reader go on
 * from there and not from the top. Whoever knows a better place sets it at once; this one asks a moment later.
 */
export function keepFocus(): void {
  let around: readonly Element[] = [];
  addEventListener("focusin", ({ target }) => {
    around = target instanceof Element ? [...pathOf(target)] : [];
  });
  addEventListener("focusout", () => {
    // A press beside everything leaves it on purpose: what was left still stands then.
    queueMicrotask(() => {
      if (isLost() && around[0]?.isConnected) around = [];
    });
  });
  new MutationObserver(() => {
    const left = around[0];
    if (!left || left.isConnected) return;
    requestAnimationFrame(() => {
      if (around[0] !== left || !isLost()) return;
      const place = around.find(
        (element) => element.isConnected && element.checkVisibility() && element.matches(named),
      );
      around = [];
      focusOn(place ?? document.querySelector("main"));
    });
  }).observe(document, { childList: true, subtree: true });
}

/** What is sent with something missing or wrong leads to the first such field, now or once the server has said so. */
export function leadToErrors(): void {
  let watch: MutationObserver | null = null;
  let sent: HTMLFormElement | null = null;
  // Whoever goes on in the form is not led back.
  addEventListener("input", ({ target }) => {
    if (!(target instanceof Node && sent?.contains(target))) return;
    watch?.disconnect();
    sent = null;
  });
  addEventListener("submit", ({ target }) => {
    watch?.disconnect();
    if (!(target instanceof HTMLFormElement)) return;
    sent = target;
    const sentFrom = document.activeElement;
    const lead = (): void => {
      const wrong = target.querySelector<HTMLElement>('[aria-invalid="true"]');
      // Whoever went elsewhere meanwhile is not called back.
      if (wrong && document.activeElement === sentFrom) wrong.focus();
      if (wrong || document.activeElement !== sentFrom) watch?.disconnect();
    };
    watch = new MutationObserver(lead);
    watch.observe(target, { subtree: true, childList: true, attributeFilter: ["aria-invalid"] });
    requestAnimationFrame(() => {
      if (sent === target) lead();
    });
  });
}

const isLost = (): boolean => document.activeElement === null || document.activeElement === document.body;

function* pathOf(element: Element): Iterable<Element> {
  for (let each: Element | null = element; each; each = each.parentElement) yield each;
}

function focusOn(place: Element | null): void {
  const first = place?.matches("dialog") ? place.querySelector("[data-first]") : null;
  const target = first ?? place;
  if (!(target instanceof HTMLElement)) return;
  if (target.tabIndex < 0 && !target.hasAttribute("tabindex")) {
    target.tabIndex = -1;
    target.addEventListener("blur", function left() {
      // The whole window may be left, and come back to.
      if (document.activeElement === target) return;
      target.removeAttribute("tabindex");
      target.removeEventListener("blur", left);
    });
  }
  target.focus({ preventScroll: true });
}
