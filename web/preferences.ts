import { useSyncExternalStore } from "react";
import { type Language, languages } from "./format/words.ts";
import { hearers } from "./parts/hearers.ts";

export type Theme = "system" | "light" | "dark";
export type Motion = "system" | "none";

export interface Preferences {
  readonly language: Language;
  readonly theme: Theme;
  readonly motion: Motion;
  /** Shortcuts of one letter can be turned off (WCAG 2.1.4). */
  readonly shortcuts: boolean;
}

const key = "headwater.preferences";
const { subscribe, tell } = hearers();
let current: Preferences = load();

function load(): Preferences {
  const stored = readStored();
  const guess = languages.find((language) => navigator.language.startsWith(language)) ?? "en";
  return {
    language: languages.find((language) => language === stored["language"]) ?? guess,
    theme: stored["theme"] === "light" || stored["theme"] === "dark" ? stored["theme"] : "system",
    motion: stored["motion"] === "none" ? "none" : "system",
    shortcuts: stored["shortcuts"] !== false,
  };
}

function readStored(): Record<string, unknown> {
  try {
    const value: unknown = JSON.parse(localStorage.getItem(key) ?? "{}");
    return typeof value === "object" && value !== null ? { ...value } : {};
  } catch {
    return {}; // none that can be read: as on the first visit
  }
}

export function preferences(): Preferences {
  return current;
}

export function setPreferences(change: Partial<Preferences>): void {
  current = { ...current, ...change };
  try {
    localStorage.setItem(key, JSON.stringify(current));
  } catch {
    // Private windows may refuse to store: the choice then lasts as long as the tab.
  }
  apply("theme", current.theme);
  apply("motion", current.motion);
  tell();
}

function apply(name: "theme" | "motion", chosen: Theme | Motion): void {
  if (chosen === "system") delete document.documentElement.dataset[name];
  else document.documentElement.dataset[name] = chosen;
}

export function usePreferences(): Preferences {
  return useSyncExternalStore(subscribe, preferences);
}
