/** On a phone not all of them have room: the one that is open, with what lies on both sides of it. */
export function bringIntoSight(open: HTMLElement | null): void {
  const strip = open?.parentElement;
  if (!open || !strip) return;
  const [tab, room] = [open.getBoundingClientRect(), strip.getBoundingClientRect()];
  strip.scrollLeft += tab.left - room.left - (room.width - tab.width) / 2;
}
