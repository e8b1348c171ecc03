import { useState } from "react";

/** What a person has looked at after a replacement: kept in this browser, so that it can be gone on with tomorrow. */
export function useCheckedOff(datasource: string): [ReadonlySet<string>, (key: string, isChecked: boolean) => void] {
  const place = `headwater.checked.${datasource}`;
  const [checked, setChecked] = useState(() => read(place));
  const check = (key: string, isChecked: boolean): void => {
    const next = new Set(checked);
    if (isChecked) next.add(key);
    else next.delete(key);
    setChecked(next);
    try {
      localStorage.setItem(place, JSON.stringify([...next]));
    } catch {
      // A browser that keeps nothing still ticks for as long as the page is open.
    }
  };
  return [checked, check];
}

function read(place: string): ReadonlySet<string> {
  try {
    const kept: unknown = JSON.parse(localStorage.getItem(place) ?? "[]");
    return new Set(Array.isArray(kept) ? kept.filter((each) => typeof each === "string") : []);
  } catch {
    return new Set(); // none that can be read: nothing is ticked yet
  }
}
