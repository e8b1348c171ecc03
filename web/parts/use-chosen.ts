import { useLocation, useSearch } from "wouter";
import { chosenFrom, withChosen } from "../routes.ts";

/** Puts choices into the address of the page; null takes one out. Back leads away from the page, and to it as it was left. */
export function useChoose(): (choices: Readonly<Record<string, string | null>>) => void {
  const search = useSearch();
  const [path, navigate] = useLocation();
  return (choices) => navigate(`${path}${withChosen(search, choices)}`, { replace: true });
}

/** One of several values, of which the first is what stands without a choice. */
export function useChosen<T extends string>(name: string, values: readonly [T, ...T[]]) {
  const choose = useChoose();
  const chosen = chosenFrom(useSearch(), name, values);
  return [chosen, (next: T) => choose({ [name]: next === values[0] ? null : next.toLowerCase() })] as const;
}
