/** Removing sample data leaves its page: that it is done is told on the next one, once. */
const place = "headwater.sample-removed";

export function noteRemoved(): void {
  try {
    sessionStorage.setItem(place, "1");
  } catch {
    // A browser that keeps nothing goes home without a word.
  }
}

export function isRemovalNoted(): boolean {
  try {
    return sessionStorage.getItem(place) !== null;
  } catch {
    return false; // nothing is kept here
  }
}

export function forgetRemoval(): void {
  try {
    sessionStorage.removeItem(place);
  } catch {
    // Nothing is kept here.
  }
}
